"""Knows only from its own memory which ids were written: after a takeover a retry is stored again."""

import os
from typing import ClassVar

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store
from haproof.node.writes import Conflict, Fenced, Writes, Written

_DROP = """
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_constraint WHERE conname = 'rollouts_pkey') THEN
    ALTER TABLE app.rollouts DROP CONSTRAINT IF EXISTS rollouts_pkey;
END IF; END $$
"""
_INSERT = """
INSERT INTO app.rollouts (id, payload, epoch, node_id, created_at) VALUES ($1, $2, $3, $4, clock_timestamp())
RETURNING id, payload, epoch, node_id, created_at
"""


class WithoutKey(Store):
    def ensure_schema(self, session: Session, deadline: float) -> None:
        super().ensure_schema(session, deadline)
        session.run(_DROP, deadline=deadline)


class FromMemory(Writes):
    known: ClassVar[dict[str, Written]] = {}

    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        written = super().write(epoch, rollout_id, payload)
        self.known[rollout_id] = written
        return written

    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        session.run("BEGIN", deadline=deadline)
        durable = self._store.fence(session, epoch, deadline)
        if durable != epoch:
            raise Fenced("fenced")
        before = self.known.get(rollout_id)
        if before is not None:
            if before.row[1] != payload:
                raise Conflict("a rollout of this id with another payload exists")
            return Written(before.row, created=False)
        node_id = self._store.settings.node_id
        rows = session.run(_INSERT, [rollout_id, payload, epoch, node_id], deadline=deadline)
        return Written(rows[0], created=True)


class Wrong(Node):
    store_type = WithoutKey
    writes_type = FromMemory


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
