"""List-append transactions: a few keys, each a list that only grows, so that the order of all appends to a
key can be read back from the database and every anomaly of isolation shows as a cycle."""

import time
from typing import Any, ClassVar

import psycopg

from haproof.lab.workload.clients import Writer
from haproof.lab.workload.schema import APPEND, READ_LIST

MOST_STEPS = 4
MOST_APPENDS = 1_000_000
"""Numbers that one client has for itself, so that each appended number is unique in its trial."""

KEYS_AT_ONCE = 4
WINDOW_SECONDS = 4.0
"""A list is appended to for so long, then the next keys take their turn: short lists keep the history
small."""

WINDOWS = 60
"""After so many the first keys come again; a trial ends before."""


class ListAppender(Writer):
    """Reads of and appends to the trial's lists, two to four in one transaction."""

    via: ClassVar[str] = "pooled"
    _appended = 0

    def work(self) -> None:
        """One transaction."""
        session, operation = self._live(), self._next()
        steps = self._steps()
        self._invoked("txn", operation, [list(step) for step in steps])
        known = [list(step) for step in steps]
        try:
            session.execute(f"begin isolation level {self._config.isolation_level}")
            for step in known:
                self._carry_out(session, step)
            session.execute("commit")
        except (psycopg.Error, OSError) as fault:
            self._failed(fault, "txn", operation, known)
            if session.broken or session.closed:
                raise
            session.execute("rollback")
            return
        self._ended("ok", "txn", operation, known)

    def _steps(self) -> list[tuple[Any, ...]]:
        """What the transaction will do; appended numbers are used once in a run."""
        steps: list[tuple[Any, ...]] = []
        for _ in range(self._random.randint(2, MOST_STEPS)):
            key = self._key()
            if self._random.random() < 0.5:
                steps.append(("r", key, None))
            else:
                self._appended += 1
                steps.append(("append", key, self._number() * MOST_APPENDS + self._appended))
        return steps

    def _number(self) -> int:
        """This client's number among its kind, from its name."""
        return int(self.name.rpartition("-")[2])

    def _key(self) -> int:
        """One of the keys whose turn it is."""
        window = int((time.monotonic() - self._config.started_s) / WINDOW_SECONDS) % WINDOWS
        return self._config.first_key + window * KEYS_AT_ONCE + self._random.randrange(KEYS_AT_ONCE)

    @staticmethod
    def _carry_out(session: psycopg.Connection[Any], step: list[Any]) -> None:
        kind, key, value = step
        if kind == "append":
            session.execute(APPEND, (value, key))
            return
        row = session.execute(READ_LIST, (key,)).fetchone()
        step[2] = list(row[0]) if row is not None else None
