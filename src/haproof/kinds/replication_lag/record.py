"""VAL14, HA Replication Lag Baseline: its figures and its observations."""

from msgspec import UNSET, UnsetType

from haproof.core.record import (
    Count,
    Hex,
    Maybe,
    MaybeCount,
    MaybeSeries,
    MaybeText,
    Number,
    Part,
    Record,
)


class ReplicationLagMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL14; percentiles are nearest-rank over distinct values of write_lag."""

    idle_p95_ms: Number | None
    light_p95_ms: Number | None
    light_drain_ms: Number | None
    heavy_p99_ms: Number | None
    heavy_drain_ms: Number | None
    light_rows: Count | None
    light_row_bytes: Count | None
    heavy_rows: Count | None
    heavy_row_bytes: Count | None
    idle_samples_ms: MaybeSeries = UNSET
    light_samples_ms: MaybeSeries = UNSET
    heavy_samples_ms: MaybeSeries = UNSET
    idle_n: MaybeCount = UNSET
    idle_null_samples: MaybeCount = UNSET
    light_n: MaybeCount = UNSET
    heavy_n: MaybeCount = UNSET
    light_wal_bytes: MaybeCount = UNSET
    heavy_wal_bytes: MaybeCount = UNSET
    flush_p95_ms: Maybe = UNSET
    replay_p95_ms: Maybe = UNSET
    visible_p95_ms: Maybe = UNSET
    catch_up_ms: Maybe = UNSET
    healthy_ms: Maybe = UNSET
    degraded_ms: Maybe = UNSET
    alert_ms: Maybe = UNSET


class ReplicationLagObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL14 that no metric carries."""

    baseline_state: MaybeText = UNSET
    baseline_gap_bytes: MaybeCount = UNSET
    quorum_with_standby: MaybeText = UNSET
    quorum_without_standby: MaybeText = UNSET
    quorum_after_return: MaybeText = UNSET
    primary_rows: MaybeCount = UNSET
    standby_rows: MaybeCount = UNSET
    primary_digest: Hex | UnsetType | None = UNSET
    standby_digest: Hex | UnsetType | None = UNSET


class ReplicationLagRecord(Record, frozen=True, kw_only=True):
    """A VAL14 report."""

    metrics: ReplicationLagMetrics
    observations: ReplicationLagObservations | None = None
