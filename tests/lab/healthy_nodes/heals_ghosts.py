"""Healthy: a leader closes epochs that nobody closed by itself, half a second after it saw them."""

import os
import time

from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main

GHOST_SECONDS = 0.5
CLOSE = (
    "UPDATE haproof_ha.leader_epochs SET resigned_at = clock_timestamp(), notes = 'closed by the leader'"
    " WHERE resigned_at IS NULL AND epoch <> $1"
)


class Heals(QuorumMonitor):
    seen_s: float | None = None

    def poll(self, deadline: float) -> None:
        super().poll(deadline)
        state, now = self._node.view()
        claim = self._node.rules.claim(state, now)
        if state.risk != "possible" or claim is None or self._session is None:
            self.seen_s = None
            return
        self.seen_s = time.monotonic() if self.seen_s is None else self.seen_s
        if time.monotonic() - self.seen_s >= GHOST_SECONDS:
            self._session.run(CLOSE, [claim.epoch], deadline=time.monotonic() + 1)


class Healer(Node):
    monitor_type = Heals


if __name__ == "__main__":
    os._exit(main(node_type=Healer))
