"""ZONES, Failover Across Zones: a toy that has everything a kind may have."""

from haproof.core.figures import separated
from haproof.core.kind import Closes, Kind
from haproof.core.words import Words
from recipe.zones.checks import CHECKS
from recipe.zones.record import ZonesRecord
from recipe.zones.recount import RECOUNTS


def across(record: ZonesRecord) -> str | None:
    """What it says of the gap that it closes."""
    figures = record.metrics
    if figures.zones is None or figures.zone_failover_ms is None:
        return None
    return f"failover across {figures.zones} zones in {separated(figures.zone_failover_ms)} ms"


KIND = Kind(
    id="ZONES",
    stem="zones",
    folder="zones",
    name="Failover Across Zones",
    role="beyond",
    record=ZonesRecord,
    checks=CHECKS,
    about=Words(
        meaning="The leader's zone is lost, and a node of another zone takes over.",
        why="One zone fails as one, and latency between zones changes every timing.",
        how="All nodes of the leader's zone are killed at once.",
        not_proved="The loss of a region.",
    ),
    max_age_days=90,
    closes=(Closes(gap="GAP-7", measured=across),),
    recounts=RECOUNTS,
    view="recipe.zones.view",
)
