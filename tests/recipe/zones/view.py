"""The chart of ZONES: a dot for each trial."""

from haproof.core.metrics import slice_metrics
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.render.charts.chart import Chart, Table
from haproof.render.charts.scale import logarithmic
from haproof.render.charts.strip import all_values, axis, measurements, strip
from haproof.render.views import View
from recipe.zones.checks import LONGEST_MS


def trials(report: Report, result: SliceResult) -> Chart | None:
    """Every trial; None where there is none."""
    metrics = slice_metrics(result) or {}
    if "zone_trials_ms" not in metrics:
        return None
    row = measurements("Zone lost", metrics["zone_trials_ms"], LONGEST_MS)
    if row is None:
        return None
    scale = logarithmic([*all_values([row]), LONGEST_MS])
    return Chart(
        key="chart-zones",
        title="Failover across zones, every trial",
        description=f"{row.count} trials on a logarithmic time axis, worst {row.worst()}.",
        height=90,
        shapes=(*axis(scale, 24, 70), *strip(row, scale, 28, 34)),
        table=Table(("Trials", "n", "Worst"), ((row.name, f"{row.count:,}", row.worst()),)),
    )


VIEW = View(title="Zones", proves="Failover when a whole zone is lost", drawn=(trials,))
