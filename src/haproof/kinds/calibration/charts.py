"""CALIBRATION's chart: percentiles of production's write_lag among the thresholds derived from them, and the
lab's p95 beside them.
"""

from msgspec import Struct

from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.kinds.calibration.record import CalibrationMetrics, CalibrationRecord
from haproof.render.charts.chart import POINTER, Chart, Shape, Table, line, mark, named
from haproof.render.charts.scale import LEFT, Scale, logarithmic
from haproof.render.charts.strip import axis
from haproof.render.charts.thresholds import Limits, bands, named_thresholds, names, threshold
from haproof.render.document.wording import figure

TOP, ROW, LANE = 56, 52, 22


class Mark(Struct, frozen=True):
    """A percentile and where it was measured."""

    name: str
    value: float

    def said(self) -> str:
        """`8.5 ms`."""
        return figure(self.value, "ms")


def lag(report: Report, result: SliceResult) -> Chart | None:
    """A row for each percentile; None where none was measured."""
    record = result.source.record
    if not isinstance(record, CalibrationRecord):
        return None
    metrics = record.metrics
    marks = _percentiles(metrics)
    if not marks:
        return None
    marks += _lab(report)
    limits = named_thresholds(metrics.healthy_ms, metrics.degraded_ms, metrics.alert_ms)
    limits = limits if len(limits) == 3 else []
    scale = logarithmic([*(one.value for one in marks), *(value for _, value in limits)])
    top = TOP if limits else 0
    bottom = top + ROW * len(marks) - 2
    lanes = [top + 22 + ROW * n for n in range(len(marks))]
    shapes = axis(scale, top, bottom)
    for one, y in zip(marks, lanes, strict=True):
        shapes += [*bands(limits, scale, y, LANE), *_drawn(one, scale, y)]
    shapes += names(limits, scale, TOP, lanes, LANE)
    return Chart(
        key="chart-calibration",
        title="Production's write_lag and the thresholds derived from it",
        description=_described(marks, limits),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=_table(marks, limits),
        legend="Logarithmic axis; a triangle is a percentile, a dashed line a threshold derived from p95.",
    )


def _percentiles(metrics: CalibrationMetrics) -> list[Mark]:
    given = (("p50", metrics.p50_ms), ("p95", metrics.p95_ms), ("p99", metrics.p99_ms))
    return [Mark(name, value) for name, value in given if value is not None]


def _lab(report: Report) -> list[Mark]:
    """The larger p95 of idle and light load in the lab, from which VAL14's thresholds come."""
    derived = report.proof.thresholds
    value = derived.observed_p95_ms if derived else None
    return [] if value is None else [Mark("p95 in the lab (VAL14)", value)]


def _drawn(one: Mark, scale: Scale, y: float) -> list[Shape]:
    x = scale.x(one.value)
    heading = named(LEFT, y - 6, one.name, "muted", one.said())
    return [heading, line("outline", x, y, x, y + LANE), mark("series", x, y, POINTER)]


def _table(marks: list[Mark], limits: Limits) -> Table:
    rows = [(one.name, one.said()) for one in marks]
    rows += [(f"Threshold: {name}", threshold(value)) for name, value in limits]
    return Table(("Percentile or threshold", "write_lag"), tuple(rows))


def _described(marks: list[Mark], limits: Limits) -> str:
    said = "; ".join(f"{one.name}: {one.said()}" for one in marks)
    bounds = ", ".join(f"{name} {threshold(value)}" for name, value in limits)
    return f"Logarithmic axis in milliseconds. {said}. Thresholds: {bounds or 'none, p95 was not measured'}."
