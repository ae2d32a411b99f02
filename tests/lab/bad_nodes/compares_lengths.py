"""Takes a write for a repeated one when id and length are the same."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import _SELECT, Writes, Written


class ByLength(Writes):
    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        rows = session.run(_SELECT, [rollout_id], deadline=deadline)
        if rows and len(rows[0][1] or "") == len(payload):
            payload = rows[0][1] or ""
        return super()._stage(session, epoch, rollout_id, payload, deadline)


class Wrong(Node):
    writes_type = ByLength


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
