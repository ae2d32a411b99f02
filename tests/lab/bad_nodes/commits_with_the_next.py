"""A row is committed with the next write on its connection, or after 300 ms."""

import os
import threading
import time
from contextlib import suppress

from haproof.node.program import Node, main
from haproof.node.session import Session, SessionLost, SqlError
from haproof.node.writes import NotWritten, Writes, Written

connection = threading.local()


class Later(Writes):
    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        before = getattr(connection, "pending", None)
        if before is not None:
            before()
        deadline = time.monotonic() + 1
        try:
            session = self._store.open_write_session(epoch, deadline=deadline)
            written = self._stage(session, epoch, rollout_id, payload, deadline)
        except (SessionLost, SqlError) as error:
            raise NotWritten(str(error)) from error
        connection.pending = once(session)
        timer = threading.Timer(0.3, connection.pending)
        timer.daemon = True
        timer.start()
        return written


def once(session: Session):  # type: ignore[no-untyped-def]
    lock = threading.Lock()

    def commit() -> None:
        with lock, suppress(SessionLost, SqlError):
            if not session.closed:
                session.run("COMMIT", deadline=time.monotonic() + 1)
                session.close()

    return commit


class Wrong(Node):
    writes_type = Later


if __name__ == "__main__":
    os._exit(main(node_type=Wrong))
