"""Fenced by the database, it shows no write block and says that it accepts writes."""

import os

from haproof.node.decide import Instant, Rules, State
from haproof.node.program import Node, main


class Unblocked(Rules):
    def _fenced(self, state: State, now: Instant) -> str | None:
        return None


class Wrong(Node):
    rules_type = Unblocked


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
