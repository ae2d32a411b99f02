"""Takes every observation for a possible split brain."""

import os
from dataclasses import replace

from haproof.node.decide import Claim, Observation, Rules, SplitBrain
from haproof.node.program import Node, main


class Suspects(Rules):
    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        found = super().split_brain(claim, seen)
        return replace(found, risk="possible") if found.risk == "none" else found


class Alarmist(Node):
    rules_type = Suspects


if __name__ == "__main__":
    os._exit(main(node_type=Alarmist))
