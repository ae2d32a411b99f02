"""Promises one row in ten, and keeps it nowhere."""

import os

from haproof.node.program import Node, main
from haproof.node.writes import Writes, Written


class Careless(Writes):
    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        if rollout_id.endswith("3"):
            row = (rollout_id, payload, str(epoch), self._store.settings.node_id, "2026-01-01T00:00:00+00:00")
            return Written(row, created=True)
        return super().write(epoch, rollout_id, payload)


class Leaky(Node):
    writes_type = Careless


if __name__ == "__main__":
    os._exit(main(node_type=Leaky))
