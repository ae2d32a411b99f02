"""A figure's course as a small chart: one of many, all of one shape, along the time of the evidence."""

import math
from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from haproof.core.figures import separated
from haproof.core.history import History, Run, Series
from haproof.core.trend import Change
from haproof.render.charts.chart import CROSS, Chart, Shape, Table, box, dot, line, mark, words
from haproof.render.history import SHOWN_RUNS
from haproof.render.history.course import course, drawn_top, target_words
from haproof.render.history.wording import count, exact_words, label, number_words

HEIGHT, TOP, BOTTOM = 118.0, 22.0, 96.0
LEFT, RIGHT = 0.03, 0.97
FARTHEST_TARGET = 4
"""A target is drawn up to this many times the worst run; farther away it is named at the top."""

HEADROOM = 1.15
UP = "M0,-7L4.5,1L-4.5,1Z"
"""A triangle that points beyond the top."""

Place = Callable[[int], float]


class Frame(Struct, frozen=True):
    """The runs that are drawn (from `first` on), where they are along the axis, and the value at the top."""

    history: History
    first: int
    place: Place
    top: float

    @property
    def runs(self) -> range:
        """Their positions in the history."""
        return range(self.first, len(self.history.runs))


def chart(history: History, series: Series, change: Change | None, key: str) -> Chart:
    """One figure over the latest runs."""
    first = max(len(history.runs) - SHOWN_RUNS, 0)
    values = series.values[first:]
    limit, top = series.limit, drawn_top(values)
    near = limit is not None and 0 < limit <= FARTHEST_TARGET * max(top, 1e-9)
    top = (max(top, limit) if near and limit else top) * HEADROOM or 1.0
    frame = Frame(history, first, _axis(history.runs[first:]), top)
    return Chart(
        key=key,
        title=label(series.figure, series.name),
        description=_described(series),
        height=HEIGHT,
        shapes=tuple(_drawn(frame, series, change, near)),
        legend=series.name,
        table=Table(
            ("Run", "Evidence of", "System version", "Value", "Status"),
            tuple(_row(history.runs[n], n, series) for n in frame.runs),
        ),
    )


def value_words(series: Series, position: int, exact: bool = False) -> str:
    """`342 ms`, `not measured`, `not given`."""
    point = series.point(position)
    if point.value is None:
        return "not measured" if point.given else "not given"
    return (exact_words if exact else number_words)(point.value, series)


def _row(run: Run, position: int, series: Series) -> tuple[str, ...]:
    """The data of one run."""
    said = value_words(series, position, exact=True), series.point(position).status or "–"
    return (f"{position + 1:,}", run.evidence_of or "no known time", run.version, *said)


def _described(series: Series) -> str:
    """The course in one sentence."""
    told = course(series)
    last = len(series.values) - 1
    target = target_words(series)
    return (
        f"First {number_words(told.first, series)}, latest {value_words(series, last)}, "
        f"worst {number_words(told.worst, series)} in run {told.worst_run + 1:,}; "
        f"measured in {told.measured:,} of {count(len(series.values))}"
        + (f"; target {target}." if target else "; informational, without a target.")
    )


def _axis(runs: Sequence[Run]) -> Place:
    """Where a run is: by the time of its evidence, or by its number where the times do not tell."""
    count = len(runs)
    times = [run.at.timestamp() for run in runs if run.at]
    span = max(times) - min(times) if times else 0.0
    width = RIGHT - LEFT - 0.02
    by_time = span > 0 and len(times) == count

    def place(index: int) -> float:
        at = runs[index].at
        if by_time and at is not None:
            return LEFT + 0.01 + width * (at.timestamp() - times[0]) / span
        return 0.5 if count == 1 else LEFT + 0.01 + width * index / (count - 1)

    return place


def _drawn(frame: Frame, series: Series, change: Change | None, near: bool) -> list[Shape]:
    """Ground, change, target, breaks, then the course itself, the newest value in words."""
    x = {n: frame.place(n - frame.first) for n in frame.runs}
    shapes = [box("lane", 0, 1, TOP, BOTTOM - TOP)]
    if change is not None and change.since in x:
        worse = change.after > change.before
        shapes.append(box("unnoticed" if worse else "healthy", x[change.since] - 0.01, 1, TOP, BOTTOM - TOP))
    shapes.append(line("axis", 0, BOTTOM, 1, BOTTOM))
    shapes += _target(series, near, frame.top)
    for n in frame.runs[1:]:
        if n in frame.history.breaks:
            middle = (x[n - 1] + x[n]) / 2
            shapes.append(line("edge", middle, TOP, middle, BOTTOM))
        elif not math.isnan(series.values[n - 1]) and not math.isnan(series.values[n]):
            ends = (series.values[n - 1], series.values[n])
            shapes.append(line("outline", x[n - 1], _y(ends[0], frame.top), x[n], _y(ends[1], frame.top)))
    for n in frame.runs:
        shapes += _point(frame, series, n, x[n])
    return [*shapes, *_words(frame, series)]


def _words(frame: Frame, series: Series) -> list[Shape]:
    """The newest value, the scale, and the first and last date."""
    last = len(series.values) - 1
    beyond = any(value > frame.top for value in series.values[frame.first :])
    scale = f"0 to {number_words(float(f'{frame.top:.3g}'), series)}{', ▲ above' if beyond else ''}"
    ends = _dates(frame.history.runs[frame.first], frame.history.runs[-1])
    shapes = [
        words("strong", RIGHT, TOP - 8, value_words(series, last), "end"),
        words("muted", LEFT, BOTTOM + 15, ends[0], "start"),
    ]
    if last > frame.first:
        shapes.append(words("muted", RIGHT, BOTTOM + 15, ends[1], "end"))
    return [*shapes, words("muted", 0.5, BOTTOM + 15, scale, "middle")]


def _dates(first: Run, last: Run) -> tuple[str, str]:
    """What stands at the ends of the axis."""
    if first.at is None or last.at is None:
        return "first", "latest"
    if first.day == last.day:
        return first.at.strftime("%H:%M"), last.at.strftime("%H:%M UTC")
    return first.day, last.day


def _target(series: Series, near: bool, top: float) -> list[Shape]:
    """The line that must not be passed, or where it is."""
    limit = series.limit
    if limit is None:
        return [words("muted", LEFT, TOP - 8, "no target", "start")]
    named = f"target {separated(limit)}{f' {series.unit}' if series.unit else ''}"
    if not near and limit:
        return [words("muted", LEFT, TOP - 8, f"{named}, far above", "start")]
    y = _y(limit, top)
    return [line("target", 0, y, 1, y), words("muted", LEFT, TOP - 8, named, "start")]


def _point(frame: Frame, series: Series, position: int, x: float) -> list[Shape]:
    """A run: a dot, a cross where its check failed or nothing was measured, a triangle where it is beyond the
    top, nothing where it is not given. Each says in words what it is."""
    point = series.point(position)
    if not point.given:
        return []
    if point.value is None:
        shape = mark("over", x, TOP + 8, CROSS)
    elif point.value > frame.top:
        shape = mark("over-fill" if point.status == "FAIL" else "series", x, TOP + 8, UP)
    elif point.status == "FAIL":
        shape = mark("over", x, _y(point.value, frame.top), CROSS)
    else:
        shape = dot("series", x, _y(point.value, frame.top), 2.5)
    run = frame.history.runs[position]
    said = f"run {position + 1:,}, {run.day}, version {run.version}: {value_words(series, position)}"
    return [replace(shape, inside=(*shape.inside, Shape("title", {}, text=said)))]


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(value / top, 1)
