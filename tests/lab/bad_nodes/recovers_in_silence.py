"""An operator's recovery leaves no audit event; a risk that ends by itself does."""

import os
from collections.abc import Iterable
from datetime import datetime

from haproof.node.decide import Event, Leadership
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class TellsElectionsOnly(Store):
    def campaign(
        self, session: Session, at: datetime, deadline: float, events: Iterable[Event] = ()
    ) -> Leadership:
        return super().campaign(session, at, deadline)


class Discreet(Node):
    store_type = TellsElectionsOnly


if __name__ == "__main__":
    os._exit(main(node_type=Discreet))
