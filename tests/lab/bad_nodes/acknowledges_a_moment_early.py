"""Acknowledges a row 2 ms before it commits it."""

import os
import threading
import time
from contextlib import suppress

from haproof.node.program import Node, main
from haproof.node.session import Session
from haproof.node.writes import NotWritten, OutcomeUnknown, Writes


class Hasty(Writes):
    def commit(self, session: Session) -> None:
        threading.Thread(target=self._commit_later, args=(session,)).start()

    def _commit_later(self, session: Session) -> None:
        time.sleep(0.002)
        with suppress(NotWritten, OutcomeUnknown):
            super().commit(session)
        session.close()

    def _give_back(self, epoch: int, session: Session) -> None:
        pass  # its transaction is still open


class TwoMillisecondsAhead(Node):
    writes_type = Hasty


if __name__ == "__main__":
    os._exit(main(node_type=TwoMillisecondsAhead))
