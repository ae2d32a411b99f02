"""What ZONES says of GAP-7."""

from haproof.core.figures import separated
from recipe.zones.record import ZonesRecord


def across(record: ZonesRecord) -> str | None:
    """What it says of the gap that it closes."""
    figures = record.metrics
    if figures.zones is None or figures.zone_failover_ms is None:
        return None
    return f"failover across {figures.zones} zones in {separated(figures.zone_failover_ms)} ms"
