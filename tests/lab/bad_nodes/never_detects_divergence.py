"""Does not compare its own epoch with the durable one."""

import os
from dataclasses import replace

from haproof.node.decide import Claim, Observation, Rules, SplitBrain
from haproof.node.program import Node, main


class OwnEpochOnly(Rules):
    def split_brain(self, claim: Claim | None, seen: Observation) -> SplitBrain:
        if claim is not None:
            seen = replace(seen, leadership=replace(seen.leadership, epoch=claim.epoch))
        return super().split_brain(claim, seen)


class Blind(Node):
    rules_type = OwnEpochOnly


if __name__ == "__main__":
    os._exit(main(node_type=Blind))
