"""The figures of VAL17 that its history carries: whoever reads the history derives the same ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from haproof.core.histories.operation import Operation
from haproof.core.histories.outage import (
    acknowledged_during,
    block_held,
    detected_ms,
    held_ms,
    recovered_ms,
    statuses,
)
from haproof.core.histories.table import Compared, compare, finals
from haproof.core.histories.timing import trials
from haproof.core.histories.writes import writes

WATCHED, SILENT = "loss", "silent"
"""Names of trials: losses through which every node is asked, and losses in which nobody asks."""


@dataclass(frozen=True)
class OutageFigures:
    """What was said and promised while PostgreSQL was away; `held_ms` is the longest outage.

    `invalid` says of each answer of success that promises nothing what is wrong with it."""

    detected_ms: list[float | None]
    recovered_ms: list[float | None]
    held_ms: float | None
    block_held: bool | None
    acknowledged: tuple[str, ...]
    invalid: tuple[str, ...]
    table: Compared

    @classmethod
    def of(cls, operations: Sequence[Operation]) -> "OutageFigures":
        """The figures of a whole history."""
        watched, silent = trials(operations, WATCHED), trials(operations, SILENT)
        answers, attempts = statuses(operations), writes(operations)
        held = [length for outage in watched if (length := held_ms(outage)) is not None]
        return cls(
            detected_ms=[detected_ms(outage, answers) for outage in watched],
            recovered_ms=[recovered_ms(outage, answers) for outage in watched],
            held_ms=max(held, default=None),
            block_held=block_held(watched, answers),
            acknowledged=acknowledged_during((*watched, *silent), attempts),
            invalid=tuple(write.invalid for write in attempts if write.invalid is not None),
            table=compare(attempts, finals(operations)),
        )


def every(readings: Iterable[bool | None]) -> bool | None:
    """True if each is; False once one is; None where one could not be read."""
    found = set(readings)
    return False if False in found else None if None in found or not found else True


def some(readings: Iterable[bool | None]) -> bool | None:
    """True once one is; None where one could not be read; else False."""
    found = set(readings)
    return True if True in found else None if None in found or not found else False
