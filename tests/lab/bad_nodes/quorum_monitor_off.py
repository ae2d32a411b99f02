"""Its quorum monitor stops when its session ends, and nobody is told."""

import os

from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main


class OneSession(QuorumMonitor):
    def poll(self, deadline: float) -> None:
        if self._session is not None or not self._node.prepared.is_set():
            super().poll(deadline)


class Unwatched(Node):
    monitor_type = OneSession


if __name__ == "__main__":
    os._exit(main(node_type=Unwatched))
