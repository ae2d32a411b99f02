"""VAL15's chart: both durations against their limits."""

from haproof.core.metrics import slice_metrics
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.render.charts.bars import against_limits
from haproof.render.charts.chart import Chart


def durations(report: Report, result: SliceResult) -> Chart | None:
    """Backup and restore, a bar each."""
    rows = (("Backup", "backup_ms"), ("Restore", "restore_ms"))
    title = "Backup and restore against their limits"
    return against_limits("chart-backup", title, slice_metrics(result) or {}, rows)
