"""Stores each row a second time, under another id."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written

AGAIN = """
INSERT INTO app.rollouts (id, payload, epoch, node_id, created_at)
SELECT 'copy-of-' || id, payload, epoch, node_id, created_at FROM app.rollouts WHERE id = $1
ON CONFLICT (id) DO NOTHING
"""


class Copies(Writes):
    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        written = super()._stage(session, epoch, rollout_id, payload, deadline)
        session.run(AGAIN, [rollout_id], deadline=deadline)
        return written


class Zealous(Node):
    writes_type = Copies


if __name__ == "__main__":
    os._exit(main(node_type=Zealous))
