"""What it detects leaves no audit event."""

import os
from collections.abc import Iterable

from haproof.node.decide import Event
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class NoEvents(Store):
    def write_events(self, session: Session, events: Iterable[tuple[str, Event]], deadline: float) -> None:
        pass


class Silent(Node):
    store_type = NoEvents


if __name__ == "__main__":
    os._exit(main(node_type=Silent))
