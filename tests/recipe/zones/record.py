"""ZONES: its figures."""

from msgspec import UNSET

from haproof.core.record import Count, MaybeNumbers, Number, Part, Record


class ZonesMetrics(Part, frozen=True, kw_only=True):
    """Figures of ZONES. The single figure is the worst of its trials where trials are given."""

    zones: Count | None
    zone_failover_ms: Number | None
    zone_rows_lost: Count | None
    zone_trials_ms: MaybeNumbers = UNSET


class ZonesRecord(Record, frozen=True, kw_only=True):
    """A ZONES report."""

    metrics: ZonesMetrics
