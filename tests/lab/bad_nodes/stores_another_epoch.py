"""Stores each row under the first epoch that it ever led, and answers with the right one."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes, Written


class Stale(Writes):
    first = 0

    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        written = super()._stage(session, epoch, rollout_id, payload, deadline)
        session.run("UPDATE app.rollouts SET epoch = 1 WHERE id = $1", [rollout_id], deadline=deadline)
        return written


class Wrong(Node):
    writes_type = Stale


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
