"""The report's charts: each a function of the report, None where there is nothing to draw.

`svg(chart, by_class)` draws for a page that carries `palette.style_rules()`; `svg(chart, literal, width)`
makes an SVG document of its own, in literal colours.
"""

from haproof.render.charts.chart import Chart, Table, svg
from haproof.render.charts.evidence_window import evidence_window
from haproof.render.charts.failover_trials import failover_trials
from haproof.render.charts.lag_distribution import lag_distribution
from haproof.render.charts.limits import backup_restore, drains, quorum_times
from haproof.render.charts.palette import by_class, literal
from haproof.render.charts.quorum_timeline import quorum_timeline

__all__ = [
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
