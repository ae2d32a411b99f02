"""What PITR says of GAP-6."""

from haproof.core.figures import grouped
from haproof.kinds.pitr.record import PitrRecord


def measured(record: PitrRecord) -> str | None:
    """What is known of the gap: the restore to a moment between writes."""
    metrics = record.metrics
    if metrics.rows_restored is None or metrics.restore_ms is None:
        return None
    within = {True: "within", False: "NOT within", None: "not held against"}[metrics.restored_within_bounds]
    return (
        f"restored to a moment between writes in {grouped(metrics.restore_ms)} ms: "
        f"{grouped(metrics.rows_restored)} rows, {within} the bounds of what was acknowledged before it and "
        "sent before it"
    )
