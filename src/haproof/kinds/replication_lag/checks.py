"""The checks of VAL14: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Claim, Closes, Rules, check
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
from haproof.core.thresholds import derived
from haproof.kinds.replication_lag.record import ReplicationLagRecord


@check(
    "VAL14-01",
    "standby streaming, LSN gap 0",
    meaning="The standby streams and has nothing left to receive before the measurement.",
    why="Lag measured against a standby that is still catching up is the lag of the catch-up.",
    how="pg_stat_replication's state, and the primary's LSN minus the standby's.",
    not_proved="That the standby could be promoted.",
)
def baseline(record: ReplicationLagRecord) -> Findings:
    row = observed(record.observations, "baseline_state", "baseline_gap_bytes")
    return row.equals("baseline_state", "streaming") + row.equals("baseline_gap_bytes", 0)


@check(
    "VAL14-02",
    ">= 10 idle samples taken",
    meaning="The lag at rest was measured, over ten readings or more.",
    why="It is the noise floor from which the thresholds are derived.",
    how="pg_stat_replication.write_lag, read after it fell to NULL; NULL (nothing in flight) counts as 0.",
    not_proved="Lag on a network; the standby runs on the same machine.",
)
def idle_samples(record: ReplicationLagRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.measured("idle_p95_ms") + facts.at_least("idle_n", IDLE_READINGS)


@check(
    "VAL14-03",
    "light load committed and sampled",
    meaning="The light load was committed and its lag measured.",
    why="The thresholds rest on it, so it must be at least the load that the plan prescribes.",
    how="Rounds of 100 rows of 500 incompressible bytes; each change of write_lag counts once.",
    not_proved="Lag under a production workload.",
    claim=Claim("Light load write_lag p95", trials="light_samples_ms", share=0.95),
)
def light_load(record: ReplicationLagRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.measured("light_p95_ms")
        + facts.at_least("light_rows", LIGHT_ROWS)
        + facts.at_least("light_row_bytes", LIGHT_ROW_BYTES)
    )


@check(
    "VAL14-04",
    "light drain <= 2,000 ms",
    meaning="After the light load the standby has replayed everything within 2,000 ms.",
    why="Until then a failover to the standby would lose committed rows.",
    how="From commit until the standby replayed pg_current_wal_insert_lsn() of that moment, worst round.",
    not_proved="Drain across a slow or lossy link.",
    claim=Claim("Drain after light load (worst of its rounds)", figure="light_drain_ms"),
)
def light_drain(record: ReplicationLagRecord) -> Findings:
    return Facts("metrics", record.metrics).at_most("light_drain_ms", LIGHT_DRAIN_MS)


@check(
    "VAL14-05",
    "heavy load committed and sampled",
    meaning="The heavy load was committed and its lag measured.",
    why="The tail under load is what alerts are set against.",
    how="Rounds of 500 rows of 2,000 incompressible bytes; each change of write_lag counts once.",
    not_proved="Lag under a production workload.",
    claim=Claim("Heavy load write_lag p99", trials="heavy_samples_ms", share=0.99),
)
def heavy_load(record: ReplicationLagRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        facts.measured("heavy_p99_ms")
        + facts.at_least("heavy_rows", HEAVY_ROWS)
        + facts.at_least("heavy_row_bytes", HEAVY_ROW_BYTES)
    )


@check(
    "VAL14-06",
    "heavy drain <= 5,000 ms",
    meaning="After the heavy load the standby has replayed everything within 5,000 ms.",
    why="It bounds how much a failover right after a burst could lose.",
    how="As for the light drain, worst round of the heavy load.",
    not_proved="Drain across a slow or lossy link.",
    claim=Claim("Drain after heavy load (worst of its rounds)", figure="heavy_drain_ms"),
)
def heavy_drain(record: ReplicationLagRecord) -> Findings:
    return Facts("metrics", record.metrics).at_most("heavy_drain_ms", HEAVY_DRAIN_MS)


@check(
    "VAL14-07",
    "quorum health follows the standby's stop and return",
    meaning="Quorum health follows the standby: healthy with it, not without it, healthy after its return.",
    why="A control plane that does not see its standby go cannot warn that redundancy is gone.",
    how="A node's quorum_health before the standby's stop, during it, and after its return.",
    not_proved="Which of several standbys is missing.",
)
def quorum_follows(record: ReplicationLagRecord) -> Findings:
    row = observed(
        record.observations, "quorum_with_standby", "quorum_without_standby", "quorum_after_return"
    )
    return (
        row.equals("quorum_with_standby", "healthy")
        + row.not_equal("quorum_without_standby", "healthy")
        + row.equals("quorum_after_return", "healthy")
    )


@check(
    "VAL14-08",
    "backlog built while the standby is down drains within 10 s of its return",
    meaning="The backlog built while the standby was down drains within 10 s of its return.",
    why="A standby that cannot catch up is no standby.",
    how="Rows are written while it is down; from its start until it replayed all of them.",
    not_proved="Catch-up after hours of absence, when WAL may be gone.",
    claim=Claim("Standby catches up", figure="catch_up_ms"),
)
def catch_up(record: ReplicationLagRecord) -> Findings:
    return Facts("metrics", record.metrics).at_most("catch_up_ms", CATCH_UP_MS)


@check(
    "VAL14-09",
    "thresholds derived, healthy < degraded < alert",
    meaning="Alerting thresholds can be derived, and the producer's own equal the derived ones.",
    why="Two programs that derive different thresholds from the same figures: one of them is wrong.",
    how="Recomputed from idle and light p95 by the formulas of the seed document.",
    not_proved="That the thresholds fit production; they must be recalibrated there.",
)
def thresholds(record: ReplicationLagRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    findings = facts.measured("idle_p95_ms") + facts.measured("light_p95_ms")
    computed = derived(facts.get("idle_p95_ms"), facts.get("light_p95_ms"))
    for name in ("healthy_ms", "degraded_ms", "alert_ms"):
        findings += facts.close_to(name, getattr(computed, name, None), "the derived threshold")
    return findings


@check(
    "VAL14-10",
    "standby's rows and checksum equal the primary's",
    meaning="The standby's rows and their checksum equal the primary's.",
    why="A standby that lags by nothing but holds other rows is worse than none.",
    how="Row count and digest of the loaded table on both servers after the last drain.",
    not_proved="Physical equality of the files; indexes are not compared.",
)
def same_rows(record: ReplicationLagRecord) -> Findings:
    row = observed(record.observations, "primary_rows", "standby_rows", "primary_digest", "standby_digest")
    return (
        row.at_least("primary_rows", 1)
        + row.equals("standby_rows", row.get("primary_rows"), "primary_rows")
        + row.measured("primary_digest")
        + row.same_hex("standby_digest", row.get("primary_digest"), "primary_digest")
    )


RULES = Rules(
    record=ReplicationLagRecord,
    checks=(
        baseline,
        idle_samples,
        light_load,
        light_drain,
        heavy_load,
        heavy_drain,
        quorum_follows,
        catch_up,
        thresholds,
        same_rows,
    ),
    closes=(Closes(gap="GAP-5", figure="replay_p95_ms"),),
)
