"""Alerting thresholds behind rows of lag: lanes tinted healthy, degraded, alert, and their names on top."""

from collections.abc import Sequence

from haproof.core.figures import separated
from haproof.render.charts.chart import Shape, box, crossing, fits_left, line, words
from haproof.render.charts.scale import LEFT, RIGHT, Scale
from haproof.render.document.wording import NO_BREAK

LABEL_STEP = 16

Limits = list[tuple[str, float]]
"""Name and value in milliseconds of each threshold that there is, the lowest first."""


def named_thresholds(healthy: float | None, degraded: float | None, alert: float | None) -> Limits:
    """Those that are there."""
    named = (("healthy ≤", healthy), ("degraded ≤", degraded), ("alert", alert))
    return [(name, value) for name, value in named if value is not None]


def threshold(value: float) -> str:
    """A threshold to its last digit, in the form of every figure for people: `1,325 ms`."""
    return f"{separated(value)}{NO_BREAK}ms"


def bands(limits: Limits, scale: Scale, y: float, height: float) -> list[Shape]:
    """A row's lane, tinted by the ranges between the thresholds."""
    if not limits:
        return [box("lane", LEFT, RIGHT, y, height, 3)]
    edges = [LEFT, *(scale.x(value) for _, value in limits[:2]), RIGHT]
    inks = ("healthy", "degraded", "alert")
    return [box(ink, edges[n], edges[n + 1], y, height) for n, ink in enumerate(inks)]


def names(limits: Limits, scale: Scale, top: float, lanes: Sequence[float], height: float) -> list[Shape]:
    """The thresholds, each name at the left of its line; the rightmost on top, so no line crosses one."""
    shapes: list[Shape] = []
    for n, (name, value) in enumerate(reversed(limits)):
        x, y, text = scale.x(value), 12 + n * LABEL_STEP, f"{name} {threshold(value)}"
        shapes += [line("target", x, y + 4, x, top + 4), *crossing(x, lanes, height)]
        shapes.append(words("strong", x, y, text, "end" if fits_left(x, text) else "start"))
    return shapes
