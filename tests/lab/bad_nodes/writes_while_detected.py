"""Shows the risk, and goes on to take writes: no fence, no write block."""

import os

from haproof.node.decide import Instant, Rules, State
from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store


class Unblocked(Rules):
    def _fenced(self, state: State, now: Instant) -> str | None:
        return None


class Unfenced(Store):
    def fence(self, session: Session, epoch: int, deadline: float) -> int:
        super().fence(session, epoch, deadline)
        return epoch


class Wrong(Node):
    rules_type = Unblocked
    store_type = Unfenced


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
