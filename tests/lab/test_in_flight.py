"""Writes are held where a fault should find them, in a real PostgreSQL, and let go afterwards."""

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from haproof.lab.faults import nodes as faults
from haproof.lab.ground import ADMIN
from haproof.lab.held_commits import commits_held, let_commits_go
from haproof.lab.in_flight import SLOW, await_commits, endless_commits, rows_held, slow_commits, tables_of
from haproof.lab.journal import Journal
from haproof.lab.postgres import Server
from haproof.lab.secret import Secrets
from lab.in_process import shared_ground

pytestmark = pytest.mark.lab

ROWS = "select id from rows;"
INSERT = b"insert into rows values (%s)"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with shared_ground() as ground:
        found = Server.create(ground, ground.work, "postgres")
        found.start()
        found.execute('create table rows (id integer primary key); create table "odd ""one" (id integer)')
        found.execute('create view several as select id from rows union all select id from "odd ""one"')
        yield found


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    found = Journal(tmp_path / "journal.jsonl", Secrets())
    yield found
    found.close()


def last(folder: Path) -> dict[str, object]:
    line: dict[str, object] = json.loads((folder / "journal.jsonl").read_text().splitlines()[-1])
    return line


def test_the_tables_of_a_query_are_told(server: Server) -> None:
    assert tables_of(server, ROWS) == [("public", "rows")]
    assert tables_of(server, "select * from several") == [("public", 'odd "one'), ("public", "rows")]
    assert tables_of(server, "select 1") == []
    assert tables_of(server, "select from nowhere") == []


def test_new_rows_wait_while_they_are_held_and_reading_goes_on(server: Server, journal: Journal) -> None:
    server.execute("truncate rows")
    with server.connect(ADMIN) as writes, rows_held(journal, server, ROWS) as held:
        assert held.in_force
        assert held.waiting() == 0
        thread = threading.Thread(target=writes.execute, args=(INSERT, (1,)))
        thread.start()
        assert held.await_waiting(1, seconds=20) == 1
        assert server.rows(ROWS, ADMIN) == []
        assert thread.is_alive()
        held.release()
        thread.join(20)
        assert server.rows(ROWS, ADMIN) == [(1,)]


@pytest.mark.parametrize("statement", [None, "select 1", "select * from nowhere"])
def test_what_cannot_be_held_is_left_alone(
    server: Server, journal: Journal, tmp_path: Path, statement: str | None
) -> None:
    server.execute("truncate rows")
    with rows_held(journal, server, statement) as held:
        assert not held.in_force
        assert held.await_waiting(4, seconds=20) == 0
        server.execute("insert into rows values (1)")
    assert last(tmp_path)["held"] is False


def test_a_table_that_others_use_is_left_alone(server: Server, journal: Journal) -> None:
    server.execute("truncate rows")
    with server.connect(ADMIN) as other:
        other.execute(b"begin")
        other.execute(INSERT, (1,))
        with rows_held(journal, server, ROWS) as held:
            assert not held.in_force
            server.execute("insert into rows values (2)")
        other.execute(b"rollback")


def test_commits_are_slow_for_as_long_as_it_is_asked_for(server: Server) -> None:
    before = server.settings(*SLOW)
    with slow_commits(server):
        assert server.settings(*SLOW) == {
            "commit_delay": "100000",
            "commit_siblings": "0",
            "wal_writer_delay": "10s",
            "wal_writer_flush_after": "1GB",
        }
        with server.connect(ADMIN) as writes:
            writes.execute(b"set application_name = 'not the lab'")
            thread = threading.Thread(target=keeps_writing, args=(writes, done := threading.Event()))
            thread.start()
            assert await_commits(server, 1, seconds=20) == 1
            done.set()
            thread.join(20)
    assert server.settings(*SLOW) == before
    assert await_commits(server, 1, seconds=0) == 0


def keeps_writing(session: psycopg.Connection[tuple[object, ...]], done: threading.Event) -> None:
    while not done.is_set():
        session.execute(b"insert into rows select coalesce(max(id), 0) + 1 from rows")


def test_a_killed_server_loses_what_waits_and_is_not_slow_when_it_is_back(
    server: Server, journal: Journal
) -> None:
    server.execute("truncate rows")
    before = server.settings(*SLOW)
    server.reconfigure(**SLOW)
    with server.connect(ADMIN) as asynchronous:
        asynchronous.execute(b"set synchronous_commit = off")
        asynchronous.execute(INSERT, (1,))
        assert server.rows(ROWS, ADMIN) == [(1,)], "committed and to be read, and not flushed"
        with faults.database_stopped(journal, server, "immediate"):
            server.await_end()
    server.await_connections()
    assert server.rows(ROWS, ADMIN) == []
    assert server.settings(*SLOW) == before


def test_a_held_commit_is_lost_with_a_killed_server(server: Server, journal: Journal) -> None:
    server.execute("truncate rows")
    with contextlib.ExitStack() as stack:
        held = stack.enter_context(commits_held(journal, server, ROWS, most=2))
        assert held.in_force
        writers = [stack.enter_context(server.connect(ADMIN)) for _ in range(2)]
        threads = [threading.Thread(target=killed, args=(one, n)) for n, one in enumerate(writers)]
        for thread in threads:
            thread.start()
        assert held.await_waiting(2, seconds=20) == 2
        server.execute("insert into rows values (3)")  # the third is not held
        assert server.rows(ROWS, ADMIN) == [(3,)]
        with faults.database_stopped(journal, server, "immediate"):
            server.await_end()
            for thread in threads:
                thread.join(20)
    server.await_connections()
    let_commits_go(journal, server)
    assert server.rows(ROWS, ADMIN) == [(3,)]
    assert server.rows("select from pg_trigger where not tgisinternal", ADMIN) == []


def killed(session: psycopg.Connection[tuple[object, ...]], number: int) -> None:
    with pytest.raises(psycopg.OperationalError):
        session.execute(INSERT, (number,))


def test_a_held_commit_goes_through_when_it_is_let_go(server: Server, journal: Journal) -> None:
    server.execute("truncate rows")
    with server.connect(ADMIN) as writes:
        with commits_held(journal, server, ROWS, most=1) as held:
            thread = threading.Thread(target=writes.execute, args=(INSERT, (1,)))
            thread.start()
            assert held.await_waiting(1, seconds=20) == 1
            assert server.rows(ROWS, ADMIN) == []
        thread.join(20)
    assert server.rows(ROWS, ADMIN) == [(1,)]
    server.execute("insert into rows values (2)")  # the trigger holds nobody any more
    let_commits_go(journal, server)


@pytest.mark.parametrize("statement", [None, "select 1", "select * from nowhere"])
def test_commits_that_cannot_be_held_are_left_alone(
    server: Server, journal: Journal, tmp_path: Path, statement: str | None
) -> None:
    with commits_held(journal, server, statement, most=2) as held:
        assert not held.in_force
        assert held.await_waiting(1, seconds=20) == 0
    assert last(tmp_path)["held"] is False


def test_a_commit_that_waits_for_nobody_is_through_when_it_need_not(server: Server) -> None:
    server.execute("truncate rows")
    with server.connect(ADMIN) as writes:
        thread = threading.Thread(target=writes.execute, args=(INSERT, (1,)))
        with endless_commits(server):
            thread.start()
            assert await_waiting_for_standby(server) == 1
            assert server.rows(ROWS, ADMIN) == []
        thread.join(20)
        assert server.rows(ROWS, ADMIN) == [(1,)]
    assert server.settings("synchronous_standby_names") == {"synchronous_standby_names": ""}


def await_waiting_for_standby(server: Server) -> int:
    """How many sessions wait for a standby, once one does; 0 where none does in 20 s."""
    until_s = time.monotonic() + 20
    while time.monotonic() < until_s:
        statement = "select count(*) from pg_stat_activity where wait_event = 'SyncRep'"
        if (found := int(server.rows(statement, ADMIN)[0][0])) > 0:
            return found
    return 0
