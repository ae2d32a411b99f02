"""Knows no reason to block a protected write."""

import os

from haproof.node.decide import Instant, Rules, State
from haproof.node.program import Node, main


class NoWriteBlock(Rules):
    def write_block(self, state: State, now: Instant) -> str | None:
        return None


class Unblocked(Node):
    rules_type = NoWriteBlock


if __name__ == "__main__":
    os._exit(main(node_type=Unblocked))
