"""ZONES: its figures, each described where it is declared."""

from typing import Annotated

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import Count, MaybeNumbers, Number, Part, Record


class ZonesMetrics(Part, frozen=True, kw_only=True):
    """Figures of ZONES. The single figure is the worst of its trials where trials are given."""

    zones: Annotated[
        Count | None,
        figure(
            label="Zones",
            counts=("zone", "zones"),
            meaning="Zones that the nodes lie in.",
            why="Nodes of one zone fail together.",
            how="By the zone that each node's host names.",
            not_proved="That the zones have nothing in common.",
        ),
    ]
    zone_failover_ms: Annotated[
        Number | None,
        figure(
            label="Failover across zones",
            subject="Failover across zones",
            trials="zone_trials_ms",
            meaning="From the loss of the leader's zone until a node of another zone accepts a write.",
        ),
    ]
    zone_rows_lost: Annotated[
        Count | None,
        figure(
            label="Rows lost",
            counts=("acknowledged row lost", "acknowledged rows lost"),
            meaning="Rows acknowledged before the loss of the zone that the new leader does not have.",
        ),
    ]
    zone_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="Every failover across zones",
            subject="Failover across zones",
            meaning="The same time of every trial, in the order in which they ran.",
        ),
    ] = UNSET


class ZonesRecord(Record, frozen=True, kw_only=True):
    """A ZONES report."""

    metrics: ZonesMetrics
