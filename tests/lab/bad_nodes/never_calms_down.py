"""A possible split brain, once seen, stays possible although its cause is gone."""

import os
from dataclasses import replace

from haproof.node.decide import Claim, Limits, Observation, Rules, SplitBrain
from haproof.node.program import Node, main


class Remembers(Rules):
    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.warned = False

    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        found = super().split_brain(claim, seen)
        self.warned |= found.risk == "possible"
        return replace(found, risk="possible") if found.risk == "none" and self.warned else found


class Haunted(Node):
    rules_type = Remembers


if __name__ == "__main__":
    os._exit(main(node_type=Haunted))
