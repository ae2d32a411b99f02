"""Believes in its own epoch: neither the database nor its own poll fences a stale leader."""

import os

from haproof.node.decide import Instant, Rules, State
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class NoFence(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        super().fence(session, epoch, deadline)
        return epoch


class NoFencedState(Rules):
    def _fenced(self, state: State, now: Instant) -> str | None:
        return None


class Unfenced(Node):
    store_type = NoFence
    rules_type = NoFencedState


if __name__ == "__main__":
    os._exit(main(node_type=Unfenced))
