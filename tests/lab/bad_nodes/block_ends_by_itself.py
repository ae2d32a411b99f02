"""Its write block ends after three seconds, whether PostgreSQL is back or not."""

import os
from datetime import timedelta

from haproof.node.decide import Instant, Quorum, Rules, State
from haproof.node.program import Node, main

PATIENCE = timedelta(seconds=3)


class Impatient(Rules):
    def quorum(self, state: State, now: Instant) -> Quorum:
        found = super().quorum(state, now)
        lost_at = state.last_lost_at
        if found.health == "lost" and lost_at is not None and now.wall - lost_at > PATIENCE:
            return Quorum("lost", False, found.reason)
        return found


class Restless(Node):
    rules_type = Impatient


if __name__ == "__main__":
    os._exit(main(node_type=Restless))
