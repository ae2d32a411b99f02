"""ZONES: its figures."""

from typing import Annotated

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import Count, MaybeNumbers, Number, Part, Record


class ZonesMetrics(Part, frozen=True, kw_only=True):
    """Figures of ZONES. The single figure is the worst of its trials where trials are given."""

    zones: Annotated[Count | None, figure(label="Zones", meaning="Zones that the system runs in.")]
    zone_failover_ms: Annotated[
        Number | None,
        figure(label="Zone failover", meaning="Time from the loss of a zone until another one serves."),
    ]
    zone_rows_lost: Annotated[
        Count | None,
        figure(label="Zone rows lost", meaning="Acknowledged rows that are not there after the failover."),
    ]
    zone_trials_ms: Annotated[
        MaybeNumbers, figure(label="Zone trials", meaning="The failover time of each trial.")
    ] = UNSET


class ZonesRecord(Record, frozen=True, kw_only=True):
    """A ZONES report."""

    metrics: ZonesMetrics
