"""A new leader deletes the rows of the last 300 ms before it, to be safe."""

import os
from collections.abc import Iterable
from datetime import datetime

from haproof.node.decide import Event, Leadership
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store

_REWIND = """
DELETE FROM app.rollouts WHERE created_at > clock_timestamp() - interval '300 ms' AND node_id <> $1
"""


class Rewinding(Store):
    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        session.run(_REWIND, [self.settings.node_id], deadline=deadline)
        return super().campaign(session, at, deadline, events)


class Wrong(Node):
    store_type = Rewinding


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
