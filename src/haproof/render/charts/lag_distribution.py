"""Replication lag at idle, light and heavy load, on one logarithmic axis with the derived thresholds."""

from typing import Any

from msgspec import UNSET

from haproof.core.figures import number
from haproof.core.model import Report
from haproof.core.thresholds import Thresholds
from haproof.render.charts.chart import DOWN, Chart, Shape, Table, box, line, mark, words
from haproof.render.charts.scale import LEFT, RIGHT, Scale, logarithmic
from haproof.render.charts.strip import Series, axis, heading, series, strip

LOADS = (("Idle", "idle", "p95"), ("Light load", "light", "p95"), ("Heavy load", "heavy", "p99"))
"""Name of each row, prefix of its metrics, and the percentile that the evidence carries."""

TOP, ROW, LANE = 56, 66, 36
LABEL_STEP = 16


class Load(Series, frozen=True):
    """One load: its samples (none where the evidence carries only the percentile) and its percentile."""

    percentile: str = ""
    figure: float | None = None
    sampled: bool = False

    def said(self) -> str:
        """`p95 0.31 ms`."""
        shown = "not measured" if self.figure is None else f"{number(self.figure)} ms"
        return f"{self.percentile} {shown}"


def lag_distribution(report: Report) -> Chart | None:
    """VAL14's lag; None without evidence, or where nothing at all was measured."""
    metrics = report.proof.metrics.replication_lag
    record = report.slices[1].source.record
    if metrics is None or record is None:
        return None
    loads = [_load(record.metrics, *load) for load in LOADS]
    figures = [load.figure for load in loads if load.figure is not None]
    if not figures:
        return None
    derived = report.proof.thresholds
    limits = _limits(derived)
    scale = logarithmic([*figures, *(v for load in loads for v in load.values), *(v for _, v in limits)])
    bottom = TOP + ROW * len(loads) - 6
    shapes = _bands(limits, scale, bottom) + axis(scale, TOP, bottom)
    for n, load in enumerate(loads):
        shapes += _drawn(load, scale, TOP + 22 + ROW * n)
    return Chart(
        key="chart-lag",
        title="Replication lag (write_lag) at idle, light and heavy load",
        description=_described(loads, limits),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=_table(loads, limits),
    )


def _load(metrics: Any, name: str, prefix: str, percentile: str) -> Load:
    """One load from the record's figures."""
    samples = getattr(metrics, f"{prefix}_samples_ms")
    found = series(name, None if samples is UNSET else samples)
    return Load(
        name,
        found.values if found else (),
        found.missing if found else 0,
        percentile=percentile,
        figure=getattr(metrics, f"{prefix}_{percentile}_ms"),
        sampled=bool(found),
    )


def _limits(derived: Thresholds | None) -> list[tuple[str, float]]:
    """The derived thresholds that exist."""
    if derived is None:
        return []
    named = (
        ("healthy ≤", derived.healthy_ms),
        ("degraded ≤", derived.degraded_ms),
        ("alert", derived.alert_ms),
    )
    return [(name, value) for name, value in named if value is not None]


def _bands(limits: list[tuple[str, float]], scale: Scale, bottom: float) -> list[Shape]:
    """Tinted ranges and their limits, each label on a line of its own so that none covers another."""
    shapes: list[Shape] = []
    edges = [LEFT, *(scale.x(value) for _, value in limits[:2]), RIGHT]
    if limits:
        for n, ink in enumerate(("healthy", "degraded", "alert")):
            shapes.append(box(ink, edges[n], edges[n + 1], TOP, bottom - TOP))
    for n, (name, value) in enumerate(limits):
        x, y = scale.x(value), 12 + n * LABEL_STEP
        shapes.append(line("target", x, y + 4, x, bottom))
        shapes.append(words("strong", x, y, f"{name} {number(value)} ms"))
    return shapes


def _drawn(load: Load, scale: Scale, y: float) -> list[Shape]:
    """A row: the samples' strip where there are any, and a pointer at the percentile."""
    count = f", n = {load.count}" if load.sampled else ""
    shapes = heading(load, y - 5, f"{load.said()}{count}")
    shapes += strip(load, scale, y, LANE) if load.values else [box("lane", LEFT, RIGHT, y, LANE, 3)]
    if load.figure is not None:
        x = scale.x(load.figure)
        shapes += [line("outline", x, y, x, y + LANE), mark("series", x, y + 1, DOWN)]
    return shapes


def _table(loads: list[Load], limits: list[tuple[str, float]]) -> Table:
    rows = [
        (
            load.name,
            str(load.count) if load.sampled else "–",
            load.middle() if load.values else "–",
            load.said(),
        )
        for load in loads
    ]
    rows += [(f"Derived: {name}", "–", "–", f"{number(value)} ms") for name, value in limits]
    return Table(("Load or threshold", "Samples", "Median", "Figure"), tuple(rows))


def _described(loads: list[Load], limits: list[tuple[str, float]]) -> str:
    said = "Logarithmic axis in milliseconds. " + "; ".join(f"{load.name}: {load.said()}" for load in loads)
    bounds = ", ".join(f"{name} {number(value)} ms" for name, value in limits)
    return f"{said}. Derived thresholds: {bounds or 'none, a p95 was not measured'}."
