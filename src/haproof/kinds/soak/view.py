"""How VAL18 is shown: its charts, and what a compressed soak is."""

from haproof.core.report import Report
from haproof.render.views import View, late

CHARTS = "haproof.kinds.soak.charts"


def compressed(report: Report) -> str:
    """Said beside the charts of a soak whose days are simulated."""
    records = [result.source.record for result in report.results if result.id == "VAL18"]
    flag = records[0].metrics.compressed if records and records[0] is not None else None
    return "Compressed soak: its days and its downtime are simulated." if flag else ""


VIEW = View(drawn=(late(CHARTS, "days"), late(CHARTS, "failovers")), note=compressed)
