"""Writes that an end of PostgreSQL catches half done, by intention and not by luck."""

import contextlib
from collections.abc import Iterator

from haproof.lab.in_flight import COMMIT_DELAY_MS, SLOW, await_commits, rows_held
from haproof.lab.load import CROWD, Load
from haproof.lab.postgres import Server, StopMode
from haproof.lab.scenario import Stage


@contextlib.contextmanager
def writes_caught(stage: Stage, server: Server, load: Load, mode: StopMode) -> Iterator[None]:
    """Begin the block, which ends PostgreSQL at once, when the writers' rows are half written.

    A stop finds rows that wait to be inserted: their sessions are lost before the commit. A kill finds
    commits that are not flushed, which are lost; they are slow until PostgreSQL is started again.
    """
    with contextlib.ExitStack() as stack:
        if mode == "fast":
            held = stack.enter_context(rows_held(stage.journal, server, load.protected_rows))
            load.hurry()
            stage.journal.saw("rows that wait inside PostgreSQL", sessions=held.await_waiting(CROWD))
        else:
            server.reconfigure(**SLOW)
            load.hurry()
            stage.journal.saw("commits in flight", sessions=await_commits(server, CROWD))
            stage.waits.pause(stage.random.uniform(0, COMMIT_DELAY_MS / 1000))
        yield
