"""Acknowledges a row before it commits it: what was written last is lost when the node is killed."""

import os
import threading

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import Writes

BEHIND_SECONDS = 0.1


class LateCommit(Writes):
    def commit(self, session: Session) -> None:
        threading.Timer(BEHIND_SECONDS, self._commit_now, [session]).start()

    def _commit_now(self, session: Session) -> None:
        super().commit(session)
        session.close()

    def _give_back(self, epoch: int, session: Session) -> None:
        pass  # its transaction is still open


class WriteBehind(Node):
    writes_type = LateCommit


if __name__ == "__main__":
    os._exit(main(node_type=WriteBehind))
