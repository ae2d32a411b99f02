"""ZONES, Failover Across Zones: a toy that has every module of the recipe."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="ZONES",
    stem="zones",
    folder="zones",
    name="Failover Across Zones",
    role="beyond",
    rules="recipe.zones.checks",
    recount="recipe.zones.recount",
    view="recipe.zones.view",
    making="recipe.zones.making",
    about=Words(
        meaning="The leader's zone is lost, and a node of another zone takes over.",
        why="One zone fails as one, and latency between zones changes every timing.",
        how="All nodes of the leader's zone are killed at once.",
        not_proved="The loss of a region.",
    ),
    max_age_days=90,
)
