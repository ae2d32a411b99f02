"""The load of the replication-lag slice: rounds of rows that do not compress, and what became of them."""

import random
from dataclasses import dataclass

from haproof.core.targets import HEAVY_ROW_BYTES, HEAVY_ROWS, LIGHT_ROW_BYTES, LIGHT_ROWS
from haproof.lab.ground import ADMIN
from haproof.lab.postgres import Server, Session
from haproof.lab.wal import inserted

# Its commit does not wait for the standby: that wait could last for ever, and is made elsewhere, bounded.
SETUP = """
set synchronous_commit = local;
create schema haproof_lab;
create table haproof_lab.lag_rows (
    id bigint generated always as identity primary key,
    load text not null, round integer not null, payload bytea not null
);
create table haproof_lab.lag_probes (id integer primary key)
"""
INSERT = b"insert into haproof_lab.lag_rows (load, round, payload) values (%s, %s, %s)"
SMALLEST_ROUND = b"""
select min(row_count), min(row_bytes) from (
    select count(*) as row_count, min(octet_length(payload)) as row_bytes
    from haproof_lab.lag_rows where load = %s group by round
) rounds
"""
CONTENT = """
select count(*), encode(sha256(string_agg(
    sha256(convert_to(id || '/' || load || '/' || round || '/', 'UTF8') || payload), ''::bytea order by id
)), 'hex') from haproof_lab.lag_rows
"""


@dataclass(frozen=True)
class Load:
    """One unit of load: so many rows, each a transaction, of so many bytes."""

    name: str
    rows: int
    row_bytes: int


LIGHT = Load("light", LIGHT_ROWS, LIGHT_ROW_BYTES)
HEAVY = Load("heavy", HEAVY_ROWS, HEAVY_ROW_BYTES)
BACKLOG = Load("backlog", HEAVY_ROWS, HEAVY_ROW_BYTES)


class Loader:
    """Writes rounds in a session whose commits wait for neither disk nor standby."""

    def __init__(self, session: Session, choices: random.Random) -> None:
        self._session = session
        self._session.execute(b"set synchronous_commit = off")
        self._random = choices

    def write(self, load: Load, number: int) -> int:
        """One round, each row committed by itself; the bytes of WAL that it made."""
        payloads = [self._random.randbytes(load.row_bytes) for _ in range(load.rows)]
        before = inserted(self._session)
        for payload in payloads:
            self._session.execute(INSERT, (load.name, number, payload))
        return self.position() - before

    def position(self) -> int:
        """The end of all WAL made so far, as a byte number."""
        return inserted(self._session)

    def written(self, load: Load) -> tuple[int | None, int | None]:
        """The fewest rows of any round, and the fewest bytes of any of its rows, as the database has them."""
        row = self._session.execute(SMALLEST_ROUND, (load.name,)).fetchone()
        return (None, None) if row is None else (row[0], row[1])


def content(server: Server) -> tuple[int, str | None]:
    """Count and digest of all rows on one server; no digest of no rows."""
    rows, digest = server.rows(CONTENT, ADMIN)[0]
    return rows, digest
