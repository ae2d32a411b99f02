"""Durations against their limits: a bar from zero, and the line that it must not pass."""

from collections.abc import Mapping

from haproof.core.model import Metric
from haproof.render.charts.chart import BREAK, CROSS, Chart, Shape, Table, box, line, mark, named
from haproof.render.charts.scale import LEFT, RIGHT, linear
from haproof.render.charts.strip import axis
from haproof.render.document.wording import NO_BREAK, NOT_MEASURED, bound, exact, figure

HIGHEST_SHARE = 2.5
"""The axis ends at this many times the largest limit; a bar that is longer is broken off, and marked."""

TOP, ROW, BAR = 4, 52, 16


def against_limits(
    key: str, title: str, metrics: Mapping[str, Metric], named: tuple[tuple[str, str], ...]
) -> Chart | None:
    """One bar for each metric that has a numeric target; None where no metric is given."""
    rows = [(name, metrics[metric]) for name, metric in named if metric in metrics]
    rows = [(name, metric) for name, metric in rows if _limit(metric)]
    if not rows:
        return None
    limits = [_limit(metric) for _, metric in rows]
    longest = max([*limits, *(value for _, metric in rows if (value := _value(metric)) is not None)])
    end = min(longest * 1.04, max(limits) * HIGHEST_SHARE)
    scale, bottom = linear(end), TOP + ROW * len(rows)
    shapes = axis(scale, TOP, bottom)
    for n, (name, metric) in enumerate(rows):
        shapes += _bar(name, metric, end, TOP + ROW * n)
    return Chart(
        key=key,
        title=title,
        description="Bars that begin at zero. " + ". ".join(_described(*row) for row in rows) + ".",
        height=bottom + 24,
        shapes=tuple(shapes),
        table=Table(
            ("Duration", "Value", "Limit"),
            tuple((name, _shown(metric), bound("<=", _limit(metric), "ms")) for name, metric in rows),
        ),
        legend="A bar is the time taken, a dashed line the limit that it must not pass.",
    )


def _bar(name: str, metric: Metric, end: float, y: float) -> list[Shape]:
    """A row: name and figures above, the bar and its limit below."""
    scale, value, limit = linear(end), _value(metric), _limit(metric)
    late = value is None or value > limit
    said = f"{_shown(metric)}, limit {exact(limit)}{NO_BREAK}ms"
    shapes = [
        named(LEFT, y + 14, name, "over-text" if late else "muted", said),
        box("lane", LEFT, RIGHT, y + 22, BAR, 3),
    ]
    middle = y + 22 + BAR / 2
    if value is None:
        shapes.append(mark("over", LEFT + 0.02, middle, CROSS))
    else:
        shapes.append(box("over-fill" if late else "series", LEFT, scale.x(value), y + 22, BAR, 3))
        if value > end:
            shapes.append(mark("lane", RIGHT - 0.03, middle, f"{BREAK}M5,-9L-1,9"))
            shapes.append(mark("edge", RIGHT - 0.03, middle, BREAK))
    edge = scale.x(limit)
    return [*shapes, line("target", edge, y + 18, edge, y + 26 + BAR)]


def _value(metric: Metric) -> float | None:
    value = metric.value
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _limit(metric: Metric) -> float:
    """The metric's numeric target; 0 where it has none."""
    limit = metric.target.value if metric.target else None
    return limit if isinstance(limit, int | float) and not isinstance(limit, bool) else 0


def _shown(metric: Metric) -> str:
    value = _value(metric)
    return NOT_MEASURED if value is None else figure(value, "ms", _limit(metric))


def _described(name: str, metric: Metric) -> str:
    value, limit = _value(metric), f"the limit of {exact(_limit(metric))}{NO_BREAK}ms"
    if value is None:
        return f"{name} was not measured, against {limit}"
    place = "within" if value <= _limit(metric) else "beyond"
    return f"{name} took {_shown(metric)}, {place} {limit}"
