"""Durations of a history: trials and their ends, and the gaps between acknowledgements.

All are milliseconds of the history's clock, rounded to microseconds; None where the end of one never came.
"""

import itertools
from collections.abc import Iterable, Sequence

from msgspec import Struct

from haproof.core.histories.operation import Operation
from haproof.core.histories.writes import Write


class Trial(Struct, frozen=True):
    """One fault: its number in its series, its marks, and the moment at which its waiting ended."""

    number: int
    fault: Operation
    gone_ms: float | None
    heal_ms: float | None
    end_ms: float

    @property
    def at_ms(self) -> float:
        """Just before the fault."""
        return self.fault.t_ms

    @property
    def hit(self) -> str | None:
        """The node that the fault hit; None where it hit the database."""
        return self.fault.node


def trials(operations: Sequence[Operation], series: str) -> list[Trial]:
    """The trials of a series (`sigkill` for `sigkill-1`, `sigkill-2`, …) by number, without marks of others.

    A trial that has no `end` line ends with the history.
    """
    last_ms = max((line.t_ms for line in operations), default=0)
    marks: dict[int, dict[str, Operation]] = {}
    for line in operations:
        name, _, number = (line.trial or "").rpartition("-")
        if name == series and number.isascii() and number.isdecimal():
            marks.setdefault(int(number), {}).setdefault(line.kind, line)
    return [_trial(number, found, last_ms) for number, found in sorted(marks.items()) if "fault" in found]


def _trial(number: int, marks: dict[str, Operation], last_ms: float) -> Trial:
    def at(kind: str) -> float | None:
        return marks[kind].t_ms if kind in marks else None

    end_ms = at("end")
    return Trial(number, marks["fault"], at("gone"), at("heal"), last_ms if end_ms is None else end_ms)


def accepting_ms(trial: Trial, attempts: Sequence[Write]) -> float | None:
    """From the fault to the first write acknowledged after it: sent after it, and not by the node it hit."""
    first = first_accepted(trial, attempts)
    return None if first is None else rounded(first.done_ms - trial.at_ms)


def first_accepted(trial: Trial, attempts: Sequence[Write]) -> Write | None:
    """That write itself; None where none was acknowledged before the trial's end."""
    accepted = [
        write
        for write in attempts
        if write.acknowledged
        and trial.at_ms <= write.sent_ms
        and write.done_ms <= trial.end_ms
        and (trial.hit is None or write.by != trial.hit)
    ]
    return min(accepted, key=lambda write: write.done_ms, default=None)


def named_ms(trial: Trial, operations: Iterable[Operation]) -> float | None:
    """From the fault to the first status answer, of another node than it hit, that names a new holder."""
    times = [
        line.t_ms
        for line in operations
        if line.op == "status"
        and line.kind == "ok"
        and trial.at_ms <= line.t_ms <= trial.end_ms
        and line.node != trial.hit
        and line.holder not in (None, trial.hit)
    ]
    return rounded(min(times) - trial.at_ms) if times else None


def gap_ms(attempts: Iterable[Write], begin_ms: float, end_ms: float) -> float | None:
    """The longest time without an acknowledgement, from the last one before `begin_ms` up to `end_ms`.

    A gap that is still open at `end_ms` counts up to it. None where nothing was acknowledged before
    `begin_ms`: then nobody knows when the gap began.
    """
    times = sorted(write.done_ms for write in attempts if write.acknowledged)
    before = [moment for moment in times if moment <= begin_ms]
    if not before:
        return None
    inside = [before[-1], *(moment for moment in times if begin_ms < moment < end_ms), end_ms]
    return rounded(max(b - a for a, b in itertools.pairwise(inside)))


def rounded(milliseconds: float) -> float:
    """Milliseconds with microseconds kept."""
    return round(milliseconds, 3)


def worst(values: Sequence[float | None]) -> float | None:
    """The largest; None where there is none, or where one of them was not measured."""
    measured = [value for value in values if value is not None]
    return max(measured) if measured and len(measured) == len(values) else None
