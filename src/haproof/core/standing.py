"""How the latest run compares with those before: since when it is ready or not, and what fails since when."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from haproof.core.history import Run


class Since(Struct, frozen=True):
    """A slice, or a kind of evidence, that is not PASS in the latest run, and the run (from 0) since when."""

    id: str
    status: str
    run: int


class Standing(Struct, frozen=True, kw_only=True):
    """Runs are counted from 0. `since` is the first of the latest runs that are all ready, or all not.

    `first_bad` is the first run of all that was not ready, None where all were.
    """

    ready: int
    since: int
    first_bad: int | None
    failing: tuple[Since, ...]


def standing(runs: Sequence[Run]) -> Standing:
    """Of one or more runs, oldest first."""
    last = len(runs) - 1
    bad = [n for n, run in enumerate(runs) if not run.ready]
    latest = runs[last]
    return Standing(
        ready=len(runs) - len(bad),
        since=_start(runs, last, lambda run: run.ready == latest.ready),
        first_bad=bad[0] if bad else None,
        failing=tuple(
            Since(row.id, row.status, _start(runs, last, _has(row.id, row.status)))
            for row in latest.rows
            if row.status != "PASS"
        ),
    )


def _start(runs: Sequence[Run], last: int, same: Callable[[Run], bool]) -> int:
    """The first run of the stretch up to `last` of which this is true."""
    first = last
    while first > 0 and same(runs[first - 1]):
        first -= 1
    return first


def _has(row_id: str, status: str) -> Callable[[Run], bool]:
    """Whether a run has this row in this state."""
    return lambda run: any((row.id, row.status) == (row_id, status) for row in run.rows)
