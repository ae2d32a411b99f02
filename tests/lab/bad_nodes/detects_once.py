"""After one recovery it never finds a divergence again."""

import os

from haproof.node.decide import Claim, Observation, Rules, SplitBrain, State
from haproof.node.program import Node, main


class Once(Rules):
    done = False

    def recovered(self, state: State) -> State:
        self.done = True
        return super().recovered(state)

    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        found = super().split_brain(claim, seen)
        if self.done and found.risk == "detected":
            return SplitBrain("none", *[getattr(found, name) for name in found.__slots__[1:]])
        return found


class Wrong(Node):
    rules_type = Once


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
