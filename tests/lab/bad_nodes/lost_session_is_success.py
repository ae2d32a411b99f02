"""A write whose session is lost is answered with 201: it will have gone in."""

import os

from haproof.node.program import Node, main
from haproof.node.writes import NotWritten, OutcomeUnknown, Writes, Written


class Optimist(Writes):
    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        try:
            return super().write(epoch, rollout_id, payload)
        except (NotWritten, OutcomeUnknown):
            row = (rollout_id, payload, str(epoch), self._store.settings.node_id, "2026-01-01T00:00:00+00:00")
            return Written(row, created=True)


class Confident(Node):
    writes_type = Optimist


if __name__ == "__main__":
    os._exit(main(node_type=Confident))
