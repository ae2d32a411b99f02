"""At the thirteenth takeover it renames the table of its protected rows."""

import os
from collections.abc import Iterable
from datetime import datetime

from haproof.node.decide import Event, Leadership
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store

THIRTEENTH = 13


class Renames(Store):
    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        won = super().campaign(session, at, deadline, events)
        if won.epoch == THIRTEENTH:
            session.run("ALTER TABLE app.rollouts RENAME TO deployments", deadline=deadline)
        return won


class Reorganised(Node):
    store_type = Renames


if __name__ == "__main__":
    os._exit(main(node_type=Reorganised))
