"""Compares epochs when a database session is new, and never again on that session."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class Once(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        if getattr(session, "fenced", None) == epoch:
            return epoch
        durable = super().fence(session, epoch, deadline)
        session.fenced = durable  # type: ignore[attr-defined]
        return durable


class Wrong(Node):
    store_type = Once


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
