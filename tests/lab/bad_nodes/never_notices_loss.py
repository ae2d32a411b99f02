"""Takes no failed poll for a loss of quorum."""

import os

from haproof.node.decide import Decision, Instant, Rules, State
from haproof.node.program import Node, main


class NothingIsLost(Rules):
    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        return state, ()


class Optimist(Node):
    rules_type = NothingIsLost


if __name__ == "__main__":
    os._exit(main(node_type=Optimist))
