"""The three checks of ZONES."""

from haproof.core.findings import Facts, Findings
from haproof.core.kind import Closes, Rules, check
from recipe.zones.gap import across
from recipe.zones.record import ZonesRecord

LONGEST_MS = 60_000
"""Longest takeover by a node of another zone, milliseconds."""


@check(
    "ZONES-01",
    "two zones or more",
    meaning="The nodes lie in two zones or more.",
    why="Nodes of one zone fail together.",
    how="By the zone that each node's host names.",
    not_proved="That the zones have nothing in common.",
)
def zones(record: ZonesRecord) -> Findings:
    return Facts("metrics", record.metrics).at_least("zones", 2)


@check(
    "ZONES-02",
    "failover across zones <= 60,000 ms",
    meaning="A node of another zone leads within 60,000 ms, in every trial.",
    why="Nobody waits longer for a zone that may never come back.",
    how="From the kill until a node of another zone accepts a write.",
    not_proved="A zone that is slow instead of gone.",
)
def failover(record: ZonesRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    single = facts.at_most("zone_failover_ms", LONGEST_MS)
    return single + facts.each_at_most("zone_trials_ms", LONGEST_MS)


@check(
    "ZONES-03",
    "no acknowledged row lost",
    meaning="No row that was acknowledged before the loss is missing after it.",
    why="An acknowledgement is a promise.",
    how="Rows that were acknowledged are compared with those of the new leader.",
    not_proved="Rows that nobody acknowledged.",
    loss=True,
)
def nothing_lost(record: ZonesRecord) -> Findings:
    return Facts("metrics", record.metrics).none("zone_rows_lost")


RULES = Rules(
    record=ZonesRecord,
    checks=(zones, failover, nothing_lost),
    closes=(Closes(gap="GAP-7", measured=across),),
)
