"""Compares its epoch with the durable one, and writes afterwards, in another transaction."""

import os

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class ChecksBefore(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        durable = super().fence(session, epoch, deadline)
        session.run("COMMIT", deadline=deadline)
        session.run("BEGIN ISOLATION LEVEL READ COMMITTED", deadline=deadline)
        return durable


class LooksThenLeaps(Node):
    store_type = ChecksBefore


if __name__ == "__main__":
    os._exit(main(node_type=LooksThenLeaps))
