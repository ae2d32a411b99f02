"""VAL14, HA Replication Lag Baseline: its figures, its observations and its ten checks."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, UnsetType

from haproof.core.check import Raw, Slice, ten
from haproof.core.findings import Facts, Findings, observed
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
from haproof.core.targets import (
    CATCH_UP_MS,
    HEAVY_DRAIN_MS,
    HEAVY_ROW_BYTES,
    HEAVY_ROWS,
    IDLE_READINGS,
    LIGHT_DRAIN_MS,
    LIGHT_ROW_BYTES,
    LIGHT_ROWS,
)
from haproof.core.thresholds import derive


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


def baseline(record: ReplicationLagRecord) -> Findings:
    """The standby streams and has nothing left to receive before the measurement.

    Why: lag measured against a standby that is still catching up is the lag of the catch-up.
    How: pg_stat_replication's state, and the primary's LSN minus the standby's.
    Not proved: that the standby could be promoted.
    """
    row = observed(record.observations, "baseline_state", "baseline_gap_bytes")
    return row.equals("baseline_state", "streaming") + row.equals("baseline_gap_bytes", 0)


def idle_samples(record: ReplicationLagRecord) -> Findings:
    """The lag at rest was measured, over ten readings or more.

    Why: it is the noise floor from which the thresholds are derived.
    How: pg_stat_replication.write_lag, read after it fell to NULL; NULL (nothing in flight) counts as 0.
    Not proved: lag on a network; the standby runs on the same machine.
    """
    facts = Facts("metrics", record.metrics)
    return facts.measured("idle_p95_ms") + facts.at_least("idle_n", IDLE_READINGS)


def light_load(record: ReplicationLagRecord) -> Findings:
    """The light load was committed and its lag measured.

    Why: the thresholds rest on it, so it must be at least the load that the plan prescribes.
    How: rounds of 100 rows of 500 incompressible bytes; each change of write_lag counts once.
    Not proved: lag under a production workload.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.measured("light_p95_ms")
        + facts.at_least("light_rows", LIGHT_ROWS)
        + facts.at_least("light_row_bytes", LIGHT_ROW_BYTES)
    )


def light_drain(record: ReplicationLagRecord) -> Findings:
    """After the light load the standby has replayed everything within 2,000 ms.

    Why: until then a failover to the standby would lose committed rows.
    How: from commit until the standby replayed pg_current_wal_insert_lsn() of that moment, worst round.
    Not proved: drain across a slow or lossy link.
    """
    return Facts("metrics", record.metrics).at_most("light_drain_ms", LIGHT_DRAIN_MS)


def heavy_load(record: ReplicationLagRecord) -> Findings:
    """The heavy load was committed and its lag measured.

    Why: the tail under load is what alerts are set against.
    How: rounds of 500 rows of 2,000 incompressible bytes; each change of write_lag counts once.
    Not proved: lag under a production workload.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.measured("heavy_p99_ms")
        + facts.at_least("heavy_rows", HEAVY_ROWS)
        + facts.at_least("heavy_row_bytes", HEAVY_ROW_BYTES)
    )


def heavy_drain(record: ReplicationLagRecord) -> Findings:
    """After the heavy load the standby has replayed everything within 5,000 ms.

    Why: it bounds how much a failover right after a burst could lose.
    How: as for the light drain, worst round of the heavy load.
    Not proved: drain across a slow or lossy link.
    """
    return Facts("metrics", record.metrics).at_most("heavy_drain_ms", HEAVY_DRAIN_MS)


def quorum_follows(record: ReplicationLagRecord) -> Findings:
    """Quorum health follows the standby: healthy with it, not without it, healthy after its return.

    Why: a control plane that does not see its standby go cannot warn that redundancy is gone.
    How: a node's quorum_health before the standby's stop, during it, and after its return.
    Not proved: which of several standbys is missing.
    """
    row = observed(
        record.observations, "quorum_with_standby", "quorum_without_standby", "quorum_after_return"
    )
    return (
        row.equals("quorum_with_standby", "healthy")
        + row.not_equal("quorum_without_standby", "healthy")
        + row.equals("quorum_after_return", "healthy")
    )


def catch_up(record: ReplicationLagRecord) -> Findings:
    """The backlog built while the standby was down drains within 10 s of its return.

    Why: a standby that cannot catch up is no standby.
    How: rows are written while it is down; from its start until it replayed all of them.
    Not proved: catch-up after hours of absence, when WAL may be gone.
    """
    return Facts("metrics", record.metrics).at_most("catch_up_ms", CATCH_UP_MS)


def thresholds(record: ReplicationLagRecord) -> Findings:
    """Alerting thresholds can be derived, and the producer's own equal the derived ones.

    Why: two programs that derive different thresholds from the same figures: one of them is wrong.
    How: recomputed from idle and light p95 by the formulas of the seed document.
    Not proved: that the thresholds fit production; they must be recalibrated there.
    """
    facts = Facts("metrics", record.metrics)
    findings = facts.measured("idle_p95_ms") + facts.measured("light_p95_ms")
    derived = derive(facts.get("idle_p95_ms"), facts.get("light_p95_ms"))
    for name in ("healthy_ms", "degraded_ms", "alert_ms"):
        findings += facts.close_to(name, getattr(derived, name), "the derived threshold")
    return findings


def same_rows(record: ReplicationLagRecord) -> Findings:
    """The standby's rows and their checksum equal the primary's.

    Why: a standby that lags by nothing but holds other rows is worse than none.
    How: row count and digest of the loaded table on both servers after the last drain.
    Not proved: physical equality of the files; indexes are not compared.
    """
    row = observed(record.observations, "primary_rows", "standby_rows", "primary_digest", "standby_digest")
    return (
        row.at_least("primary_rows", 1)
        + row.equals("standby_rows", row.get("primary_rows"), "primary_rows")
        + row.measured("primary_digest")
        + row.same_hex("standby_digest", row.get("primary_digest"), "primary_digest")
    )


def from_samples(lines: Iterable[bytes], record: ReplicationLagRecord) -> dict[str, Any]:
    """What `lag-samples.jsonl` yields."""
    from haproof.core.histories import lag

    return lag.figures_of_samples(lines)


def from_journal(lines: Iterable[bytes], record: ReplicationLagRecord) -> dict[str, Any]:
    """What the rounds in `journal.jsonl` yield."""
    from haproof.core.histories import lag

    return lag.figures_of_journal(lines)


SAMPLED = (
    *("idle_p95_ms", "idle_samples_ms", "idle_n", "idle_null_samples"),
    *("light_p95_ms", "light_samples_ms", "light_n", "heavy_p99_ms", "heavy_samples_ms", "heavy_n"),
    *("flush_p95_ms", "replay_p95_ms"),
)
"""Figures that the samples may yield; an older file has the readings at rest only where they changed."""

JOURNALLED = ("idle_n", "idle_null_samples", "light_drain_ms", "heavy_drain_ms", "visible_p95_ms")
"""Figures that the journal may yield."""

SLICE = Slice(
    "VAL14",
    "replication_lag",
    "HA Replication Lag Baseline",
    ReplicationLagRecord,
    ten(
        "VAL14",
        ("standby streaming, LSN gap 0", baseline),
        (">= 10 idle samples taken", idle_samples),
        ("light load committed and sampled", light_load),
        ("light drain <= 2,000 ms", light_drain),
        ("heavy load committed and sampled", heavy_load),
        ("heavy drain <= 5,000 ms", heavy_drain),
        ("quorum health follows the standby's stop and return", quorum_follows),
        ("backlog built while the standby is down drains within 10 s of its return", catch_up),
        ("thresholds derived, healthy < degraded < alert", thresholds),
        ("standby's rows and checksum equal the primary's", same_rows),
    ),
    (
        Raw("lag-samples.jsonl", SAMPLED, from_samples),
        Raw("journal.jsonl", JOURNALLED, from_journal),
    ),
)
