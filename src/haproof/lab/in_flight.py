"""Writes held inside PostgreSQL on purpose, so that a fault falls into them and not beside them.

    with rows_held(stage.journal, server, statement) as held:
        load.hurry()
        held.await_waiting(4)         # so many sessions now wait to insert their row
        ...                           # the fault

    with slow_commits(server): ...    # each commit takes a tenth of a second until it is flushed

    with endless_commits(server): ... # no commit that waits for a standby goes through

The first is what an index build does to a table: whoever wants to insert waits, whoever reads goes on. The
second leaves durability as it is: a commit is acknowledged no earlier than it is flushed. The third is what a
lost standby does where commits wait for it.
"""

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
from psycopg import sql

from haproof.errors import LabError
from haproof.lab.ground import ADMIN
from haproof.lab.journal import Journal
from haproof.lab.postgres import Server, Session

LOCK_MS = 500
"""How long the table may be in use by others before it is left alone."""

WAIT_SECONDS = 0.3
"""How long writes may take to get where they are held; a system that takes turns gets fewer there."""

LOOK_SECONDS = 0.002

COMMIT_DELAY_MS = 100
SLOW = {
    "commit_delay": str(COMMIT_DELAY_MS * 1000),
    "commit_siblings": "0",
    "wal_writer_delay": "10s",
    "wal_writer_flush_after": "1GB",
}
"""A commit waits before it flushes (PostgreSQL's longest delay), and nobody else flushes in its place: what
was acknowledged without a flush is not on disk."""

NOBODY = "haproof_nobody"
"""A standby that no server has."""

_OIDS = b"""
select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = %s and c.relname = %s
"""
_WAITING = b"select count(*) from pg_locks where not granted and relation = any(%s)"
_COMMITTING = """
select count(*) from pg_stat_activity
where backend_type = 'client backend' and state = 'active' and backend_xid is not null
    and application_name <> 'haproof-lab'
"""


class Held:
    """The tables that take no new row now; none of them where they could not be locked."""

    def __init__(self, session: Session, tables: list[int]) -> None:
        self._session = session
        self._tables = tables

    @property
    def in_force(self) -> bool:
        """Whether rows are held at all."""
        return bool(self._tables)

    def waiting(self) -> int:
        """How many sessions wait to write to one of the tables now."""
        if not self._tables:
            return 0
        row = self._session.execute(_WAITING, (self._tables,)).fetchone()
        return int(row[0]) if row else 0

    def await_waiting(self, fewest: int, seconds: float = WAIT_SECONDS) -> int:
        """Wait until so many sessions wait to write, at most so long; how many do."""
        return until_enough(self.waiting, fewest, seconds if self._tables else 0)

    def release(self) -> None:
        """Let the rows in."""
        self._session.close()  # which ends its transaction, and with it the lock


@contextlib.contextmanager
def rows_held(journal: Journal, server: Server, statement: str | None) -> Iterator[Held]:
    """Within this block the tables that a statement reads take no new row; it may outlive the server.

    Where the tables cannot be told or locked, nothing is held, and the block runs all the same.
    """
    session = server.connect(ADMIN)
    try:
        names = tables_of(server, statement) if statement is not None else []
        tables = _locked(session, names)
        journal.act("rows.hold", tables=[".".join(name) for name in names], held=bool(tables))
        yield Held(session, tables)
    finally:
        session.close()


def tables_of(server: Server, statement: str) -> list[tuple[str, str]]:
    """Schema and name of each table that a query reads; empty where PostgreSQL does not explain it."""
    try:
        rows = server.rows(f"explain (verbose, format json) {statement.strip().rstrip(';')}", ADMIN)
    except LabError:
        return []
    return sorted(set(_relations(rows[0][0]))) if rows else []


def _relations(plan: Any) -> Iterator[tuple[str, str]]:
    """Every table of a plan as PostgreSQL tells it in JSON."""
    if isinstance(plan, dict):
        if "Relation Name" in plan and "Schema" in plan:
            yield str(plan["Schema"]), str(plan["Relation Name"])
        plan = list(plan.values())
    if isinstance(plan, list):
        for part in plan:
            yield from _relations(part)


def _locked(session: Session, names: list[tuple[str, str]]) -> list[int]:
    """Lock the tables against new rows; their numbers, none where one could not be locked."""
    if not names:
        return []
    tables = sql.SQL(", ").join(sql.Identifier(*name) for name in names)
    try:
        session.execute(b"begin")
        session.execute(f"set local lock_timeout = {LOCK_MS}".encode())
        session.execute(sql.SQL("lock table {} in share mode").format(tables))
        return [row[0] for name in names for row in session.execute(_OIDS, name).fetchall()]
    except psycopg.Error:
        with contextlib.suppress(psycopg.Error):
            session.execute(b"rollback")
        return []


@contextlib.contextmanager
def slow_commits(server: Server) -> Iterator[None]:
    """Within this block each commit takes a tenth of a second until it is flushed."""
    server.reconfigure(**SLOW)
    yield
    server.reconfigure(**dict.fromkeys(SLOW))


@contextlib.contextmanager
def endless_commits(server: Server) -> Iterator[None]:
    """Within this block a commit waits for a standby that is not there; it goes through when the block ends.

    Its row is not to be seen before, so whoever acknowledges it has not waited.
    """
    server.reconfigure(synchronous_standby_names=NOBODY)
    yield
    server.reconfigure(synchronous_standby_names=None)


def await_commits(server: Server, fewest: int, seconds: float = WAIT_SECONDS) -> int:
    """Wait until so many sessions of others are about to end a transaction that writes, at most so long.

    Most of such a transaction is its commit while commits are slow.
    """
    with contextlib.closing(server.connect(ADMIN)) as session:

        def committing() -> int:
            row = session.execute(_COMMITTING.encode()).fetchone()
            return int(row[0]) if row else 0

        return until_enough(committing, fewest, seconds)


def until_enough(count: Callable[[], int], fewest: int, seconds: float) -> int:
    """Count until there are so many, at most so long; the last count."""
    until_s = time.monotonic() + seconds
    while (found := count()) < fewest and time.monotonic() < until_s:
        time.sleep(LOOK_SECONDS)
    return found
