"""Dates each term three seconds before it began."""

import os
from collections.abc import Iterable
from datetime import datetime, timedelta

from haproof.node.decide import Event, Leadership
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class Backdated(Store):
    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        return super().campaign(session, at - timedelta(seconds=3), deadline, events)


class Wrong(Node):
    store_type = Backdated


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
