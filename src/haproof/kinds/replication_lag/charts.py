"""VAL14's charts: lag at idle, light and heavy load, on one logarithmic axis with the derived thresholds; and
the drains.
"""

from typing import Any

from msgspec import UNSET

from haproof.core.metrics import slice_metrics
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.core.thresholds import Thresholds
from haproof.render.charts.bars import against_limits
from haproof.render.charts.chart import POINTER, Chart, Shape, Table, line, mark
from haproof.render.charts.scale import Scale, logarithmic
from haproof.render.charts.strip import MOST_DOTS, Measurements, axis, heading, measurements, strip
from haproof.render.charts.thresholds import Limits, bands, named_thresholds, names, threshold
from haproof.render.document.wording import figure

LOADS = (("Idle", "idle", "p95"), ("Light load", "light", "p95"), ("Heavy load", "heavy", "p99"))
"""Name of each row, prefix of its metrics, and the percentile that the evidence carries."""

TOP, ROW, LANE = 56, 66, 36


class Load(Measurements, frozen=True):
    """One load: its samples (none where the evidence carries only the percentile) and its percentile."""

    percentile: str = ""
    figure: float | None = None
    readings: int | None = None

    def said(self) -> str:
        """`p95 0.31 ms`; a p99 of fewer than a hundred values is their maximum, and is said to be."""
        if self.figure is None:
            return f"{self.percentile} not measured"
        few = self.percentile == "p99" and self.readings is not None and 0 < self.readings < 100
        return f"{self.percentile} {figure(self.figure, 'ms')}" + (" (maximum)" if few else "")


DRAINS = (
    ("Drain, light load", "light_drain_ms"),
    ("Drain, heavy load", "heavy_drain_ms"),
    ("Standby's return", "catch_up_ms"),
)
"""Durations of VAL14 that have a limit."""


def drains(report: Report, result: SliceResult) -> Chart | None:
    """VAL14's drains."""
    title = "Drain times against their limits"
    return against_limits("chart-drain", title, slice_metrics(result) or {}, DRAINS)


def lag_distribution(report: Report, result: SliceResult) -> Chart | None:
    """VAL14's lag; None without evidence, or where nothing at all was measured."""
    record = result.source.record
    if record is None:
        return None
    loads = [_load(record.metrics, *load) for load in LOADS]
    figures = [load.figure for load in loads if load.figure is not None]
    if not figures:
        return None
    derived = report.proof.thresholds
    limits = _limits(derived)
    scale = logarithmic([*figures, *(v for load in loads for v in load.values), *(v for _, v in limits)])
    top = TOP if limits else 0
    bottom = top + ROW * len(loads) - 6
    lanes = [top + 22 + ROW * n for n in range(len(loads))]
    shapes = axis(scale, top, bottom)
    for load, y in zip(loads, lanes, strict=True):
        shapes += bands(limits, scale, y, LANE) + _drawn(load, scale, y)
    shapes += names(limits, scale, TOP, lanes, LANE)
    return Chart(
        key="chart-lag",
        title="Replication lag (write_lag) at idle, light and heavy load",
        description=_described(loads, limits),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=_table(loads, limits),
        legend=_legend(loads, limits),
    )


def _load(metrics: Any, name: str, prefix: str, percentile: str) -> Load:
    """One load from the record's figures."""
    samples = getattr(metrics, f"{prefix}_samples_ms")
    found = measurements(name, None if samples is UNSET else samples)
    return Load(
        name,
        found.values if found else (),
        found.missing if found else 0,
        percentile=percentile,
        figure=getattr(metrics, f"{prefix}_{percentile}_ms"),
        readings=_readings(metrics, prefix, found),
    )


def _readings(metrics: Any, prefix: str, found: Measurements | None) -> int | None:
    """How many readings the percentile is taken over, as far as the evidence says."""
    stated = getattr(metrics, f"{prefix}_n")
    if isinstance(stated, int):
        return stated
    return found.count if found else None


def _limits(derived: Thresholds | None) -> Limits:
    """The derived thresholds that exist."""
    return (
        [] if derived is None else named_thresholds(derived.healthy_ms, derived.degraded_ms, derived.alert_ms)
    )


def _drawn(load: Load, scale: Scale, y: float) -> list[Shape]:
    """A row: the samples' strip where there are any, and a pointer at the percentile."""
    count = "" if load.readings is None else f", n = {load.readings:,}"
    shapes = [heading(load, y - 6, f"{load.said()}{count}"), *strip(load, scale, y, LANE)]
    if load.figure is not None:
        x = scale.x(load.figure)
        shapes += [line("outline", x, y, x, y + LANE), mark("series", x, y, POINTER)]
    return shapes


def _legend(loads: list[Load], limits: Limits) -> str:
    """What stands for what, as far as it is drawn."""
    marks = ["a triangle is the percentile"]
    if any(load.values for load in loads):
        marks += ["a dot one value"]
    if any(len(load.values) > MOST_DOTS for load in loads):
        marks += ["a column how many values"]
    if any(len(load.values) > 2 for load in loads):
        marks += ["a solid line the median"]
    if limits:
        marks += ["a dashed line a derived threshold"]
    return f"Logarithmic axis; {', '.join(marks)}."


def _table(loads: list[Load], limits: Limits) -> Table:
    rows = [
        (
            load.name,
            "–" if load.readings is None else f"{load.readings:,}",
            load.middle() if load.values else "–",
            load.said(),
        )
        for load in loads
    ]
    rows += [(f"Derived: {name}", "–", "–", threshold(value)) for name, value in limits]
    return Table(("Load or threshold", "n", "Median", "Figure"), tuple(rows))


def _described(loads: list[Load], limits: Limits) -> str:
    said = "Logarithmic axis in milliseconds. " + "; ".join(f"{load.name}: {load.said()}" for load in loads)
    bounds = ", ".join(f"{name} {threshold(value)}" for name, value in limits)
    return f"{said}. Derived thresholds: {bounds or 'none, a p95 was not measured'}."
