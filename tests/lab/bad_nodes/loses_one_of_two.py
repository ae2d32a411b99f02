"""Of two writes at the same moment it keeps one, and acknowledges both."""

import os
import threading

from haproof.node.program import Node, main
from haproof.node.store import Store
from haproof.node.writes import Writes, Written


class OneAtATime(Writes):
    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._busy = threading.Lock()

    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        if not self._busy.acquire(blocking=False):
            row = (rollout_id, payload, str(epoch), self._store.settings.node_id, "2026-01-01T00:00:00+00:00")
            return Written(row, created=True)
        try:
            return super().write(epoch, rollout_id, payload)
        finally:
            self._busy.release()


class SingleMinded(Node):
    writes_type = OneAtATime


if __name__ == "__main__":
    os._exit(main(node_type=SingleMinded))
