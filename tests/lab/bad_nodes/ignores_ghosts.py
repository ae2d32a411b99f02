"""Does not count the epochs that nobody closed."""

import os
from dataclasses import replace

from haproof.node.decide import Claim, Observation, Rules, SplitBrain
from haproof.node.program import Node, main


class OneOpenEpoch(Rules):
    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        return super().split_brain(claim, replace(seen, open_epochs=seen.open_epochs[:1]))


class Unhaunted(Node):
    rules_type = OneOpenEpoch


if __name__ == "__main__":
    os._exit(main(node_type=Unhaunted))
