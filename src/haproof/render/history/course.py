"""What is said of a figure's course, in every format."""

from msgspec import Struct

from haproof.core.comparable import bound
from haproof.core.history import Series


class Course(Struct, frozen=True, kw_only=True):
    """First and latest value, the worst and its run (from 1), and in how many runs it was measured.

    `latest` is None where the latest run did not measure the figure, `given` False where it lacks it.
    """

    first: float
    latest: float | None
    given: bool
    margin_percent: float | None
    worst: float
    worst_run: int
    measured: int


def course(series: Series) -> Course:
    """The course of a figure that at least one run measured."""
    measured = [(point.value, n) for n, point in enumerate(series.points, 1) if point.value is not None]
    worst, worst_run = max(measured, key=lambda one: (one[0], -one[1]))
    last = series.points[-1]
    return Course(
        first=measured[0][0],
        latest=last.value,
        given=last.given,
        margin_percent=last.margin_percent,
        worst=worst,
        worst_run=worst_run,
        measured=len(measured),
    )


def target_words(series: Series) -> str:
    """`<= 5,000 ms`; empty without a target."""
    if series.target is None:
        return ""
    return f"{bound(series.target)}{f' {series.unit}' if series.unit else ''}"
