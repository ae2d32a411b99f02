"""Comes up on a new cluster only: a node that was killed does not come back."""

import os
import sys
import time

from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main


class WantsANewCluster(QuorumMonitor):
    def poll(self, deadline: float) -> None:
        first = self._session is None and not self._node.prepared.is_set()
        super().poll(deadline)
        if first and self._session is not None:
            holder = "SELECT holder_id FROM haproof_ha.leadership_state WHERE current_epoch > 1"
            if self._session.run(holder, deadline=time.monotonic() + 1):
                sys.stderr.write("this cluster is not new\n")
                sys.stderr.flush()
                os._exit(5)


class Newcomer(Node):
    monitor_type = WantsANewCluster


if __name__ == "__main__":
    os._exit(main(node_type=Newcomer))
