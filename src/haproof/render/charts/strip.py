"""A row of measurements: dots while they can be told apart, columns of a histogram beyond that."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from haproof.core.figures import median
from haproof.core.model import Metric
from haproof.render.charts.chart import CROSS, Shape, box, dot, line, mark, named, words
from haproof.render.charts.scale import LEFT, RIGHT, Scale
from haproof.render.document.wording import NOT_MEASURED, figure

MOST_DOTS = 120
COLUMNS = 80
GOLDEN = 0.6180339887
"""Its multiples modulo 1 spread evenly: a jitter that is the same on every run."""


class Measurements(Struct, frozen=True):
    """Measurements of one kind in milliseconds; `missing` counts the attempts that gave none."""

    name: str
    values: tuple[float, ...]
    missing: int = 0
    limit: float | None = None

    def renamed(self, name: str) -> "Measurements":
        """The same measurements under another name."""
        return Measurements(name, self.values, self.missing, self.limit)

    @property
    def count(self) -> int:
        """Attempts, measured or not."""
        return len(self.values) + self.missing

    def worst(self) -> str:
        """The largest; an attempt without a figure is worse than any."""
        if self.missing or not self.values:
            return NOT_MEASURED
        return figure(max(self.values), "ms", self.limit)

    def best(self) -> str:
        """The smallest of those measured."""
        return figure(min(self.values), "ms", self.limit) if self.values else NOT_MEASURED

    def middle(self) -> str:
        """The median of those measured."""
        return figure(median(list(self.values)), "ms", self.limit) if self.values else NOT_MEASURED


def measurements(name: str, given: Any, limit: float | None = None) -> Measurements | None:
    """A figure or an array of figures as measurements; None where nothing was given."""
    if isinstance(given, Metric):
        given = given.value
        if given is None:
            return Measurements(name, (), 1, limit)
    if isinstance(given, int | float):
        return Measurements(name, (given,), 0, limit)
    if not isinstance(given, list | tuple) or not given:
        return None
    values = tuple(value for value in given if value is not None)
    return Measurements(name, values, len(given) - len(values), limit)


def strip(row: Measurements, scale: Scale, y: float, height: float) -> list[Shape]:
    """The row's measurements and their median."""
    shapes = (_columns if len(row.values) > MOST_DOTS else _dots)(row, scale, y, height)
    if len(row.values) > 2:
        middle = scale.x(median(list(row.values)))
        shapes.append(line("middle", middle, y, middle, y + height))
    return shapes


def _dots(row: Measurements, scale: Scale, y: float, height: float) -> list[Shape]:
    """One mark each: a dot, or a cross where the limit is missed."""
    shapes = []
    for n, value in enumerate(row.values):
        drift = ((n + 1) * GOLDEN) % 1 - 0.5 if len(row.values) > 1 else 0
        place = scale.x(value), y + height / 2 + drift * (height - 12)
        missed = row.limit is not None and value > row.limit
        shapes.append(mark("over", *place, CROSS) if missed else dot("series", *place, 3.5))
    return shapes


def _columns(row: Measurements, scale: Scale, y: float, height: float) -> list[Shape]:
    """A histogram over the axis; the smallest count is still to be seen."""
    counts = [0] * COLUMNS
    missed = [False] * COLUMNS
    width = (RIGHT - LEFT) / COLUMNS
    for value in row.values:
        column = min(int((scale.x(value) - LEFT) / width), COLUMNS - 1)
        counts[column] += 1
        missed[column] |= row.limit is not None and value > row.limit
    tallest = max(counts)
    shapes = []
    for n, count in enumerate(counts):
        if count:
            size = max(2.0, (height - 3) * count / tallest)
            left = LEFT + n * width
            ink = "over-fill" if missed[n] else "series"
            shapes.append(box(ink, left, left + width * 0.88, y + height - size, size))
    return shapes


def heading(row: Measurements, y: float, said: str) -> Shape:
    """The row's name and its summary, or how many attempts gave no figure."""
    if row.missing:
        return named(LEFT, y, row.name, "over-text", f"{row.missing:,} of {row.count:,} {NOT_MEASURED}")
    return named(LEFT, y, row.name, "muted", said)


def axis(scale: Scale, top: float, bottom: float) -> list[Shape]:
    """Grid lines from `top` to `bottom`, and their labels below."""
    shapes = [line("grid", tick.x, top, tick.x, bottom) for tick in scale.ticks]
    shapes.append(line("axis", LEFT, bottom, RIGHT, bottom))
    return shapes + [words("muted", tick.x, bottom + 16, tick.label) for tick in scale.ticks if tick.label]


def all_values(rows: Sequence[Measurements]) -> list[float]:
    """Every measurement of every row."""
    return [value for row in rows for value in row.values]
