"""Commits held inside PostgreSQL on purpose: at a kill nobody can know their outcome, and they are lost.

    with commits_held(stage.journal, server, statement, most=2) as held:
        load.hurry()
        held.await_waiting(1)         # so many sessions have sent their commit, and wait in it
        ...                           # the kill
    ...                               # PostgreSQL is started again
    let_commits_go(stage.journal, server)

A deferred constraint trigger on the tables waits for a lock of the lab's: it runs in the commit, before
anything of it is durable. No more than `most` sessions are held; the others' commits go their own way.
"""

import contextlib
from collections.abc import Iterator, Sequence

import psycopg
from psycopg import sql

from haproof.lab.ground import ADMIN
from haproof.lab.in_flight import LOCK_MS, WAIT_SECONDS, tables_of, until_enough
from haproof.lab.journal import Journal
from haproof.lab.postgres import Server, Session

CLASS, KEY = 0x6861, 0x7072
"""Of the lab's advisory lock: two numbers, where a leadership lock is mostly one; any that nobody uses."""

FUNCTION = f"""
create schema if not exists haproof_lab;
create or replace function haproof_lab.wait_in_commit() returns trigger language plpgsql as $wait$
begin
    if not pg_catalog.pg_try_advisory_xact_lock_shared({CLASS}, {KEY})
        and (select count(*) < {{most}} from pg_catalog.pg_locks
            where locktype = 'advisory' and classid = {CLASS} and objid = {KEY} and not granted)
    then
        perform pg_catalog.pg_advisory_xact_lock_shared({CLASS}, {KEY});
    end if;
    return null;
end
$wait$;
"""
TRIGGER = """
create constraint trigger haproof_wait_in_commit after insert or update on {}
deferrable initially deferred for each row execute function haproof_lab.wait_in_commit()
"""
LOCK = f"select pg_advisory_lock({CLASS}, {KEY})".encode()
WAITING = f"""
select count(*) from pg_locks
where locktype = 'advisory' and classid = {CLASS} and objid = {KEY} and not granted
""".encode()


class HeldCommits:
    """The sessions that wait in their commit; none where the tables could not be prepared."""

    def __init__(self, session: Session, in_force: bool) -> None:
        self._session = session
        self.in_force = in_force

    def waiting(self) -> int:
        """How many sessions wait in their commit now."""
        if not self.in_force:
            return 0
        row = self._session.execute(WAITING).fetchone()
        return int(row[0]) if row else 0

    def await_waiting(self, fewest: int, seconds: float = WAIT_SECONDS) -> int:
        """Wait until so many sessions wait in their commit, at most so long; how many do."""
        return until_enough(self.waiting, fewest, seconds if self.in_force else 0)


@contextlib.contextmanager
def commits_held(journal: Journal, server: Server, statement: str | None, most: int) -> Iterator[HeldCommits]:
    """Within this block up to `most` sessions that write to the tables of a query are held in their commit.

    Where the tables cannot be told or prepared nothing is held, and the block runs all the same.
    """
    session = server.connect(ADMIN)
    try:
        names = tables_of(server, statement) if statement is not None else []
        held = bool(names) and _prepared(session, names, most)
        journal.act("commits.hold", tables=[".".join(name) for name in names], held=held)
        yield HeldCommits(session, held)
    finally:
        session.close()  # which lets them go, where the server is still there


def let_commits_go(journal: Journal, server: Server) -> None:
    """Take the triggers away. Those that are in use stay: they hold nobody without the lab's lock."""
    with contextlib.closing(server.connect(ADMIN)) as session:
        try:
            session.execute(f"set lock_timeout = {LOCK_MS}".encode())
            session.execute(b"drop function if exists haproof_lab.wait_in_commit() cascade")
        except psycopg.Error as fault:
            journal.saw("triggers that stay", why=str(fault).splitlines()[0])


def _prepared(session: Session, names: Sequence[tuple[str, str]], most: int) -> bool:
    """Put the trigger on each table and take the lock; False, and nothing changed, where that cannot be."""
    try:
        session.execute(b"begin")
        session.execute(f"set local lock_timeout = {LOCK_MS}".encode())
        session.execute(FUNCTION.format(most=int(most)).encode())
        for name in names:
            session.execute(sql.SQL(TRIGGER).format(sql.Identifier(*name)))
        session.execute(LOCK)
        session.execute(b"commit")
    except psycopg.Error:
        with contextlib.suppress(psycopg.Error):
            session.execute(b"rollback")
        return False
    return True
