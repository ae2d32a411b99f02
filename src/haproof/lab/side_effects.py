"""Whether asking writes: rows that change while a system is asked, against a time in which it is not."""

import time
from collections.abc import Callable, Mapping

from haproof.lab.journal import Journal
from haproof.lab.measure import Waits
from haproof.lab.row_versions import StateTables, changed_rows

ROUNDS = 3
"""A system may write by itself, now and then: only what changes in every round is due to the asking."""

QUIET = 2
"""A quiet time is so many times as long: something that is written at every second chance falls into each."""

AFTERMATH_SECONDS = 0.2
"""A write that a request caused may come a moment after its answer: rows are compared only then."""


class SideEffects:
    """Changed rows of the system's own tables, in times of `seconds` at least."""

    def __init__(self, tables: StateTables, waits: Waits, journal: Journal, seconds: float) -> None:
        self._tables = tables
        self._waits = waits
        self._journal = journal
        self._seconds = seconds

    def of(self, what: str, ask: Callable[[], None]) -> int:
        """How many more rows change while `ask` is carried out, and shortly after, than without it.

        The smallest difference of `ROUNDS` rounds; where nothing changes one round is enough, and no quiet
        time is needed. Raises SystemFailed where a table is gone.
        """
        usual: dict[str, int] = {}
        more: list[int] = []
        for number in range(1, ROUNDS + 1):
            began_s = time.monotonic()
            asked = self._changes(ask, self._seconds)
            took_s = time.monotonic() - began_s
            quiet = self._changes(lambda: None, QUIET * took_s) if asked else {}
            usual = {table: max(usual.get(table, 0), quiet.get(table, 0)) for table in usual | quiet}
            more.append(excess(asked, usual))
            self._journal.saw(what, round=number, seconds=round(took_s, 3), changes=asked, without=quiet)
            if not more[-1]:
                break
        return min(more)

    def _changes(self, ask: Callable[[], None], seconds: float) -> dict[str, int]:
        before, until_s = self._tables.versions(), time.monotonic() + seconds
        ask()
        self._waits.pause(max(until_s - time.monotonic(), AFTERMATH_SECONDS))
        return changed_rows(before, self._tables.versions())


def excess(asked: Mapping[str, int], quiet: Mapping[str, int]) -> int:
    """Changed rows beyond what a table changes by itself: as many as in the quiet time, and one more."""
    total = 0
    for table, rows in asked.items():
        itself = quiet.get(table, 0)
        total += max(rows - (-(-itself // QUIET) + 1 if itself else 0), 0)
    return total
