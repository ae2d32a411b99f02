"""Four clients that write rows from before the base backup until after the moment that is restored to.

Each writes its intention down before it sends a row, so that no row can be restored that nobody sent.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator

import psycopg

from haproof.core.histories.point_in_time_lines import Answered, Sent
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.postgres import Session

TABLE = "create table pitr_rows (id bigint primary key, payload text not null)"
PAYLOAD = "repeat(md5(%(id)s::text), 30)"
INSERT = f"insert into pitr_rows values (%(id)s, {PAYLOAD})".encode()
ROWS = b"select id from pitr_rows where payload = repeat(md5(id::text), 30) order by id"
STORED = b"select count(*) from pitr_rows"
IDS_OF_A_WRITER = 10_000_000
THINK_SECONDS = 0.003
END_SECONDS = 10.0
UNKNOWN = ("08", "57")
"""Classes of SQLSTATE that do not say whether the row is there: connection lost, server shutting down."""


class Writers:
    """Clients in threads, each with a session of its own."""

    def __init__(self, raw: RawFile, connect: Callable[[], Session], count: int = 4) -> None:
        self._raw = raw
        self._connect = connect
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._work, args=(number,), daemon=True) for number in range(1, count + 1)
        ]

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        """They write until the block ends, and finish what is in flight."""
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in self._threads:
                thread.join(END_SECONDS)

    def _work(self, number: int) -> None:
        count = 0
        with contextlib.suppress(psycopg.Error), contextlib.closing(self._connect()) as session:
            while not self._stop.wait(THINK_SECONDS):
                count += 1
                write(self._raw, session, number * IDS_OF_A_WRITER + count)


def write(raw: RawFile, session: Session, row: int) -> bool:
    """One row; whether it was acknowledged. Raises psycopg.Error where the session cannot go on."""
    raw.write(Sent(t_ms=raw.ms(), id=row))
    try:
        session.execute(INSERT, {"id": row})
    except psycopg.Error as fault:
        state = fault.sqlstate
        unknown = state is None or state.startswith(UNKNOWN)
        raw.write(Answered(t_ms=raw.ms(), id=row, outcome="unknown" if unknown else "refused"))
        raise
    raw.write(Answered(t_ms=raw.ms(), id=row, outcome="acknowledged"))
    return True
