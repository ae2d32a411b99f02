"""Failover trials: a strip for each way of ending the leader, with the target line."""

from haproof.core.figures import separated
from haproof.core.model import Metric, Report
from haproof.core.targets import FAILOVER_MS
from haproof.render.charts.chart import Chart, Shape, Table, box, crossing, words
from haproof.render.charts.scale import LEFT, RIGHT, logarithmic
from haproof.render.charts.strip import Series, all_values, axis, heading, series, strip

ROWS = (
    ("SIGTERM", ("sigterm_trials_ms", "sigterm_failover_ms"), FAILOVER_MS),
    ("SIGKILL", ("sigkill_trials_ms", "sigkill_failover_ms"), FAILOVER_MS),
    ("Rapid SIGTERM cycles", ("rapid_cycle_ms",), FAILOVER_MS),
    ("SIGTERM, leader's clock", ("sigterm_takeover_trials_ms", "sigterm_takeover_ms"), None),
    ("SIGKILL, leader's clock", ("sigkill_takeover_trials_ms", "sigkill_takeover_ms"), None),
)
"""Name of each row, the metrics that may carry it (the first one given is drawn), and its limit."""

TOP, ROW, LANE = 24, 62, 34


def failover_trials(report: Report) -> Chart | None:
    """VAL13's trials; None without evidence."""
    metrics = report.proof.metrics.failover
    rows = [] if metrics is None else [row for named in ROWS if (row := _row(metrics, *named))]
    if not all_values(rows):
        return None
    scale = logarithmic([*all_values(rows), FAILOVER_MS])
    bottom = TOP + ROW * len(rows) - 6
    lanes = [TOP + 20 + ROW * n for n in range(len(rows))]
    shapes: list[Shape] = axis(scale, TOP, bottom)
    for row, y in zip(rows, lanes, strict=True):
        shapes.append(heading(row, y - 6, f"worst {row.worst()}, n = {row.count}"))
        shapes.append(box("lane", LEFT, RIGHT, y, LANE, 3))
        shapes += strip(row, scale, y, LANE)
    held = [y for row, y in zip(rows, lanes, strict=True) if row.limit is not None]
    target = scale.x(FAILOVER_MS)
    shapes += crossing(target, held, LANE)
    shapes.append(words("strong", target, TOP - 10, f"target ≤ {separated(FAILOVER_MS)} ms"))
    return Chart(
        key="chart-failover",
        title="Failover time of every trial",
        description=_described(rows),
        height=bottom + 24,
        shapes=tuple(shapes),
        table=Table(
            ("Trials", "n", "Best", "Median", "Worst"),
            tuple((row.name, str(row.count), row.best(), row.middle(), row.worst()) for row in rows),
        ),
    )


def _row(metrics: dict[str, Metric], name: str, keys: tuple[str, ...], limit: float | None) -> Series | None:
    """The first of the metrics that is given and not empty."""
    found = (series(name, metrics[key], limit) for key in keys if key in metrics)
    return next((row for row in found if row), None)


def _described(rows: list[Series]) -> str:
    """What is to be seen."""
    held = [row for row in rows if row.limit is not None]
    over = sum(value > FAILOVER_MS for row in held for value in row.values)
    lost = sum(row.missing for row in held)
    said = "Logarithmic time axis in milliseconds, one mark for each trial, a vertical bar at the median. "
    said += "; ".join(f"{row.name}: worst {row.worst()} of {row.count}" for row in rows)
    total = sum(row.count for row in held)
    return f"{said}. Of {total} failovers {over} lie beyond the target of 5,000 ms, {lost} were not measured."
