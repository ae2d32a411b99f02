"""What is said of a figure's course, and on which scale it is drawn, in every format."""

import math
from collections.abc import Sequence

from msgspec import Struct

from haproof.core.comparable import bound
from haproof.core.figures import median
from haproof.core.history import Series

OUTLIER = 5
"""A value of so many times the median is far above the others, if few are."""

FEWEST_FOR_OUTLIERS = 4


class Course(Struct, frozen=True, kw_only=True):
    """First and latest value, the worst and its run (from 0), and in how many runs it was measured.

    `latest` is None where the latest run did not measure the figure, `given` False where it lacks it.
    """

    first: float
    latest: float | None
    given: bool
    worst: float
    worst_run: int
    measured: int


def course(series: Series) -> Course:
    """The course of a figure that at least one run measured."""
    values = series.values
    measured = [value for value in values if not math.isnan(value)]
    worst = max(measured)
    last = len(values) - 1
    return Course(
        first=measured[0],
        latest=None if math.isnan(values[last]) else values[last],
        given=bool(series.given[last]),
        worst=worst,
        worst_run=next(n for n, value in enumerate(values) if value == worst),
        measured=len(measured),
    )


def target_words(series: Series) -> str:
    """`<= 5,000 ms`; empty without a target."""
    if series.target is None:
        return ""
    return f"{bound(series.target)}{f' {series.unit}' if series.unit else ''}"


def drawn_top(values: Sequence[float]) -> float:
    """The largest value that decides the scale: one far above all others (a tenth of them at most) does not
    flatten the rest."""
    measured = [value for value in values if not math.isnan(value)]
    top = max(measured, default=0.0)
    if len(measured) < FEWEST_FOR_OUTLIERS:
        return top
    ceiling = OUTLIER * median(measured)
    ordinary = [value for value in measured if value <= ceiling]
    few = len(measured) - len(ordinary) <= max(1, len(measured) // 10)
    return max(ordinary) if few and ordinary and max(ordinary) > 0 else top
