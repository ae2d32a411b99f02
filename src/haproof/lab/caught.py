"""Writes that an end of PostgreSQL catches half done, by intention and not by luck."""

import contextlib
from collections.abc import Iterator

from haproof.lab.held_commits import commits_held
from haproof.lab.in_flight import COMMIT_DELAY_MS, SLOW, await_commits, rows_held
from haproof.lab.load import CROWD, Load
from haproof.lab.postgres import Server, StopMode
from haproof.lab.scenario import Stage

HELD = 2
"""Sessions that a kill finds waiting in their commit; those of the other writers go on."""


@contextlib.contextmanager
def writes_caught(
    stage: Stage, server: Server, load: Load, mode: StopMode, held: int = HELD
) -> Iterator[None]:
    """Begin the block, which ends PostgreSQL at once, when the writers' rows are half written.

    A stop finds rows that wait to be inserted: their sessions are lost before the commit. A kill finds up to
    `held` sessions that wait in their commit, and commits that are not flushed: both are lost. Those are slow
    until PostgreSQL is started again; of the former the triggers stay until `let_commits_go`.
    """
    with contextlib.ExitStack() as stack:
        if mode == "fast":
            rows = stack.enter_context(rows_held(stage.journal, server, load.protected_rows))
            load.hurry()
            stage.journal.saw("rows that wait inside PostgreSQL", sessions=rows.await_waiting(CROWD))
        else:
            commits = held and stack.enter_context(
                commits_held(stage.journal, server, load.protected_rows, held)
            )
            server.reconfigure(**SLOW)
            load.hurry()
            waiting = commits.await_waiting(held) if commits else 0
            stage.journal.saw("commits in flight", sessions=await_commits(server, CROWD), waiting=waiting)
            stage.waits.pause(stage.random.uniform(0, COMMIT_DELAY_MS / 1000))
        yield
