"""A standby that was missed once is missed for ever."""

import os

from haproof.node.decide import Limits, Quorum, Rules, State
from haproof.node.program import Node, main


class BearsAGrudge(Rules):
    def __init__(self, limits: Limits) -> None:
        super().__init__(limits)
        self.seen = self.missed = False

    def _measured(self, state: State) -> Quorum:
        found = super()._measured(state)
        self.seen |= found.health == "healthy"
        self.missed |= self.seen and found.write_block
        return Quorum("degraded", True, "the standby left once") if self.missed else found


class Unforgiving(Node):
    rules_type = BearsAGrudge


if __name__ == "__main__":
    os._exit(main(node_type=Unforgiving))
