"""A figure's course as a small chart: one of many, all of one shape, run after run from left to right."""

from collections.abc import Sequence

from haproof.core.figures import number, separated
from haproof.core.history import History, Point, Series
from haproof.render.charts import Chart
from haproof.render.charts.chart import CROSS, Shape, Table, box, dot, line, mark, words
from haproof.render.document.labels import LABELS
from haproof.render.history.course import course, target_words

SHOWN_RUNS = 100
"""Most runs that a chart draws: the latest ones."""

HEIGHT, TOP, BOTTOM = 112.0, 20.0, 92.0
LEFT, RIGHT = 0.03, 0.97
FARTHEST_TARGET = 4
"""A target is drawn up to this many times the worst run; farther away it is named at the top."""

HEADROOM = 1.15


def chart(history: History, series: Series, position: int) -> Chart:
    """One figure over the latest runs."""
    first = max(len(series.points) - SHOWN_RUNS, 0)
    points, times = series.points[first:], [entry.evidence_of for entry in history.entries[first:]]
    label = LABELS.get(series.name, series.name.replace("_", " "))
    return Chart(
        key=f"course-{position}",
        title=label,
        description=_described(series),
        height=HEIGHT,
        shapes=tuple(_drawn(series, points, first, [bool(stop) for stop in history.breaks[first:]])),
        table=Table(
            ("Run", "Evidence of", "Value", "Status"),
            tuple(
                (str(first + n), time or "no known time", value_words(series, point), point.status or "–")
                for n, (point, time) in enumerate(zip(points, times, strict=True), 1)
            ),
        ),
    )


def value_words(series: Series, point: Point) -> str:
    """`342 ms`, `not measured`, `not given`."""
    if point.value is None:
        return "not measured" if point.given else "not given"
    return f"{number(point.value, _limit(series))}{f' {series.unit}' if series.unit else ''}"


def _described(series: Series) -> str:
    """The course in one sentence."""
    told = course(series)
    unit = f" {series.unit}" if series.unit else ""
    target = target_words(series)
    return (
        f"First {number(told.first, _limit(series))}{unit}, latest {value_words(series, series.points[-1])}, "
        f"worst {number(told.worst, _limit(series))}{unit} in run {told.worst_run}; "
        f"measured in {told.measured} of {len(series.points)} runs"
        + (f"; target {target}." if target else "; informational, without a target.")
    )


def _limit(series: Series) -> float | None:
    """The numeric target."""
    value = series.target.value if series.target else None
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _drawn(series: Series, points: Sequence[Point], first: int, breaks: Sequence[bool]) -> list[Shape]:
    """Ground, target, breaks, then the course itself, newest value named."""
    worst = max((point.value for point in points if point.value is not None), default=0.0)
    limit = _limit(series)
    near = bool(limit) and limit is not None and limit <= FARTHEST_TARGET * max(worst, 1e-9)
    top = (max(worst, limit) if near and limit else worst) * HEADROOM or 1.0
    shapes = [box("lane", 0, 1, TOP, BOTTOM - TOP), line("axis", 0, BOTTOM, 1, BOTTOM)]
    shapes += _target(limit, near, top, series.unit)
    places = [
        (_x(n, len(points)), None if p.value is None else _y(p.value, top)) for n, p in enumerate(points)
    ]
    for n, broken in enumerate(breaks):
        if broken and n:
            middle = (places[n - 1][0] + places[n][0]) / 2
            shapes.append(line("edge", middle, TOP, middle, BOTTOM))
    for n in range(1, len(places)):
        (x1, y1), (x2, y2) = places[n - 1], places[n]
        if y1 is not None and y2 is not None and not breaks[n]:
            shapes.append(line("outline", x1, y1, x2, y2))
    shapes += [shape for point, place in zip(points, places, strict=True) for shape in _point(point, place)]
    shapes.append(words("strong", RIGHT, TOP - 7, value_words(series, points[-1]), "end"))
    unit = f" {series.unit}" if series.unit else ""
    shapes.append(words("muted", 0.5, BOTTOM + 15, f"0 to {number(float(f'{top:.3g}'))}{unit}", "middle"))
    shapes.append(words("muted", LEFT, BOTTOM + 15, f"run {first + 1}", "start"))
    if len(points) > 1:
        shapes.append(words("muted", RIGHT, BOTTOM + 15, f"run {first + len(points)}", "end"))
    return shapes


def _target(limit: float | None, near: bool, top: float, unit: str | None) -> list[Shape]:
    """The line that must not be passed, or where it is."""
    if limit is None:
        return [words("muted", LEFT, TOP - 7, "no target", "start")]
    named = f"target {separated(limit)}{f' {unit}' if unit else ''}"
    if not near and limit:
        return [words("muted", LEFT, TOP - 7, f"{named}, far above", "start")]
    y = _y(limit, top)
    return [line("target", 0, y, 1, y), words("muted", LEFT, TOP - 7, named, "start")]


def _point(point: Point, place: tuple[float, float | None]) -> list[Shape]:
    """A run: a dot, a cross where its check failed or nothing was measured, nothing where it is not given."""
    x, y = place
    if y is None:
        return [mark("over", x, TOP + 8, CROSS)] if point.given else []
    return [mark("over", x, y, CROSS) if point.status == "FAIL" else dot("series", x, y, 2.5)]


def _x(position: int, count: int) -> float:
    return 0.5 if count == 1 else LEFT + 0.01 + (RIGHT - LEFT - 0.02) * position / (count - 1)


def _y(value: float, top: float) -> float:
    return BOTTOM - (BOTTOM - TOP) * min(value / top, 1)
