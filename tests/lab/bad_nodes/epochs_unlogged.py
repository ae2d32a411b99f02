"""Keeps epochs in tables that PostgreSQL empties after a crash."""

import os
from collections.abc import Iterable
from datetime import datetime

from haproof.node.decide import Event, Leadership
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store

_UNLOGGED = """
DO $$ BEGIN
IF EXISTS (SELECT FROM pg_class WHERE relname = 'leadership_state' AND relpersistence = 'p') THEN
    ALTER TABLE haproof_ha.leadership_state SET UNLOGGED;
    ALTER TABLE haproof_ha.leader_epochs SET UNLOGGED;
END IF;
INSERT INTO haproof_ha.leadership_state (singleton) VALUES (true) ON CONFLICT DO NOTHING;
END $$
"""


class Unlogged(Store):
    def ensure_schema(self, session: Session, deadline: float) -> None:
        super().ensure_schema(session, deadline)
        session.run(_UNLOGGED, deadline=deadline)

    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        self.horizon._epoch = 0
        return super().campaign(session, at, deadline, events)


class Wrong(Node):
    store_type = Unlogged


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
