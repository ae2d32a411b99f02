"""VAL13's chart: failover trials, a strip for each way of ending the leader, with the target line."""

from haproof.core.metrics import slice_metrics
from haproof.core.model import Metric, SliceResult
from haproof.core.report import Report
from haproof.core.targets import FAILOVER_MS
from haproof.render.charts.chart import Chart, Shape, Table, box, crossing, words
from haproof.render.charts.scale import LEFT, RIGHT, logarithmic
from haproof.render.charts.strip import (
    MOST_DOTS,
    Measurements,
    all_values,
    axis,
    heading,
    measurements,
    strip,
)
from haproof.render.document.wording import bound

ROWS = (
    ("SIGTERM", "sigterm_trials_ms", "sigterm_failover_ms", FAILOVER_MS),
    ("SIGKILL", "sigkill_trials_ms", "sigkill_failover_ms", FAILOVER_MS),
    ("Rapid SIGTERM cycles", "rapid_cycle_ms", "", FAILOVER_MS),
    ("SIGTERM to first write", "sigterm_accepting_trials_ms", "", FAILOVER_MS),
    ("SIGKILL to first write", "sigkill_accepting_trials_ms", "", FAILOVER_MS),
    ("SIGTERM, leader's clock", "sigterm_takeover_trials_ms", "sigterm_takeover_ms", None),
    ("SIGKILL, leader's clock", "sigkill_takeover_trials_ms", "sigkill_takeover_ms", None),
)
"""Name of each row, the metric of its trials, the single figure that stands for them, and its limit."""

TOP, ROW, LANE = 24, 62, 34


def failover_trials(report: Report, result: SliceResult) -> Chart | None:
    """Every trial; None where there is none."""
    metrics = slice_metrics(result) or {}
    rows = [row for named in ROWS for row in _rows(metrics, *named)]
    if not all_values(rows):
        return None
    scale = logarithmic([*all_values(rows), FAILOVER_MS])
    bottom = TOP + ROW * len(rows) - 6
    lanes = [TOP + 20 + ROW * n for n in range(len(rows))]
    shapes: list[Shape] = axis(scale, TOP, bottom)
    for row, y in zip(rows, lanes, strict=True):
        shapes.append(heading(row, y - 6, f"worst {row.worst()}, n = {row.count:,}"))
        shapes.append(box("lane", LEFT, RIGHT, y, LANE, 3))
        shapes += strip(row, scale, y, LANE)
    held = [y for row, y in zip(rows, lanes, strict=True) if row.limit is not None]
    target = scale.x(FAILOVER_MS)
    shapes += crossing(target, held, LANE)
    shapes.append(words("strong", target, TOP - 10, f"target {bound('<=', FAILOVER_MS, 'ms')}"))
    return Chart(
        key="chart-failover",
        title="Failover time of every trial",
        description=_described(rows),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=Table(
            ("Trials", "n", "Best", "Median", "Worst"),
            tuple((row.name, f"{row.count:,}", row.best(), row.middle(), row.worst()) for row in rows),
        ),
        legend=_legend(rows),
    )


def _rows(
    metrics: dict[str, Metric], name: str, trials: str, single: str, limit: float | None
) -> list[Measurements]:
    """The trials, or else the single figure; both where the figure is not the worst of its trials, since the
    figure is judged too.
    """
    tried = measurements(name, metrics[trials], limit) if trials in metrics else None
    stated = measurements(name, metrics[single], limit) if single in metrics else None
    if tried is None or stated is None:
        return [row for row in (tried or stated,) if row]
    same = stated.missing == min(tried.missing, 1) and (stated.missing or stated.worst() == tried.worst())
    return [tried] if same else [tried, stated.renamed(f"{name}, the figure stated")]


def _legend(rows: list[Measurements]) -> str:
    many = any(len(row.values) > MOST_DOTS for row in rows)
    marks = "a dot is one trial, or a column how many took so long" if many else "a dot is one trial"
    return f"Logarithmic axis; {marks}, a cross one beyond the target, a solid line the median."


def _described(rows: list[Measurements]) -> str:
    """What is to be seen."""
    held = [row for row in rows if row.limit is not None]
    over = sum(value > FAILOVER_MS for row in held for value in row.values)
    lost = sum(row.missing for row in held)
    said = "Logarithmic time axis in milliseconds, one mark for each trial, a vertical bar at the median. "
    said += "; ".join(f"{row.name}: worst {row.worst()} of {row.count}" for row in rows)
    total = sum(row.count for row in held)
    what = "times" if any("first write" in row.name for row in held) else "failovers"
    return f"{said}. Of {total} {what} {over} lie beyond the target of 5,000 ms, {lost} were not measured."
