"""The report's charts: each a function of the report, None where there is nothing to draw.

`svg(chart, by_class)` draws for a page that carries `palette.style_rules()`; `svg(chart, literal, width)`
makes an SVG document of its own, in literal colours.
"""

from collections.abc import Callable

from haproof.core.model import Report
from haproof.render.charts.chart import Chart, Table, svg
from haproof.render.charts.evidence_window import evidence_window
from haproof.render.charts.failover_trials import failover_trials
from haproof.render.charts.lag_distribution import lag_distribution
from haproof.render.charts.limits import backup_restore, drains, quorum_times
from haproof.render.charts.palette import by_class, literal
from haproof.render.charts.quorum_timeline import quorum_timeline

CHARTS: dict[str, tuple[Callable[[Report], Chart | None], ...]] = {
    "VAL13": (failover_trials,),
    "VAL14": (lag_distribution, drains),
    "VAL15": (backup_restore,),
    "VAL16": (),
    "VAL17": (quorum_timeline, quorum_times),
}
"""The charts of each slice, in the order of reading."""

__all__ = [
    "CHARTS",
    "Chart",
    "Table",
    "backup_restore",
    "by_class",
    "drains",
    "evidence_window",
    "failover_trials",
    "lag_distribution",
    "literal",
    "quorum_timeline",
    "quorum_times",
    "svg",
]
