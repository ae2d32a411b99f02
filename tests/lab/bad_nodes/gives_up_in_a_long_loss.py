"""Comes back from a short loss; after three seconds without PostgreSQL it stops asking for it."""

import os
import time

from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main

PATIENCE_SECONDS = 3.0


class GivesUp(QuorumMonitor):
    lost_s: float | None = None

    def poll(self, deadline: float) -> None:
        if self.lost_s is not None and time.monotonic() - self.lost_s > PATIENCE_SECONDS:
            return
        super().poll(deadline)
        if self._session is not None:
            self.lost_s = None
        elif self.lost_s is None:
            self.lost_s = time.monotonic()


class Resigned(Node):
    monitor_type = GivesUp


if __name__ == "__main__":
    os._exit(main(node_type=Resigned))
