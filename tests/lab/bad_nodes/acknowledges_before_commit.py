"""Acknowledges a row, and commits it when the next one comes: the last one is lost with the node."""

import os
from contextlib import suppress

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.store import Store
from haproof.node.writes import NotWritten, OutcomeUnknown, Writes, Written


class OneBehind(Writes):
    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._open: list[Session] = []

    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        while self._open:
            with suppress(NotWritten, OutcomeUnknown), self._open.pop() as session:
                super().commit(session)
        return super().write(epoch, rollout_id, payload)

    def commit(self, session: Session) -> None:
        self._open.append(session)

    def _give_back(self, epoch: int, session: Session) -> None:
        pass  # its transaction is still open


class WriteBehind(Node):
    writes_type = OneBehind


if __name__ == "__main__":
    os._exit(main(node_type=WriteBehind))
