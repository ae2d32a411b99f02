"""VAL13, HA Failover Validation: its figures, its observations and its ten checks."""

from typing import Annotated

from msgspec import UNSET, Meta

from haproof.core.check import Slice, ten
from haproof.core.findings import Facts, Findings, observed
from haproof.core.record import (
    Count,
    Maybe,
    MaybeCount,
    MaybeCounts,
    MaybeFlag,
    MaybeSeries,
    Number,
    Part,
    Record,
)
from haproof.core.targets import FAILOVER_MS, LOCK_TAKEOVER_SLACK_MS, RAPID_CYCLES


class FailoverMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL13. A single figure is the worst of its trials where trials are given."""

    sigterm_failover_ms: Number | None
    sigkill_failover_ms: Number | None
    rapid_cycle_ms: Annotated[list[Number | None], Meta(min_length=RAPID_CYCLES)] | None
    data_loss_rows: Count | None
    rows_acknowledged: Count | None
    poll_interval_ms: Number | None
    sigterm_trials_ms: MaybeSeries = UNSET
    sigkill_trials_ms: MaybeSeries = UNSET
    sigterm_takeover_ms: Maybe = UNSET
    sigkill_takeover_ms: Maybe = UNSET
    sigterm_takeover_trials_ms: MaybeSeries = UNSET
    sigkill_takeover_trials_ms: MaybeSeries = UNSET
    write_gap_ms: Maybe = UNSET
    hung_leader_failover_ms: Maybe = UNSET
    lock_bound_ms: Maybe = UNSET
    stale_write_refused: MaybeFlag = UNSET
    rows_refused: MaybeCount = UNSET
    rows_unknown: MaybeCount = UNSET


class FailoverObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL13 that no metric carries."""

    nodes_healthy: MaybeCount = UNSET
    leaders: MaybeCount = UNSET
    holder_agreed: MaybeFlag = UNSET
    probe_rows_written: MaybeCount = UNSET
    probe_rows_readable: MaybeCount = UNSET
    pg_crash_noticed_ms: MaybeSeries = UNSET
    leader_back_ms: MaybeSeries = UNSET
    probe_rows_intact: MaybeFlag = UNSET
    epochs: MaybeCounts = UNSET
    nodes_killed: MaybeCount = UNSET
    nodes_rejoined: MaybeCount = UNSET
    final_healthy: MaybeFlag = UNSET


class FailoverRecord(Record, frozen=True, kw_only=True):
    """A VAL13 report."""

    metrics: FailoverMetrics
    observations: FailoverObservations | None = None


def baseline(record: FailoverRecord) -> Findings:
    """Two nodes are healthy, exactly one leads, and both name the same holder.

    Why: a failover measured from an unhealthy start says nothing about failover.
    How: both nodes' status is read before the first fault; it counts healthy nodes and leaders.
    Not proved: that the cluster stays healthy when nobody kills anything.
    """
    row = observed(record.observations, "nodes_healthy", "leaders", "holder_agreed")
    return row.at_least("nodes_healthy", 2) + row.equals("leaders", 1) + row.equals("holder_agreed", True)


def probe_rows(record: FailoverRecord) -> Findings:
    """Probe rows that were acknowledged before the fault can be read.

    Why: "no row lost" means nothing if no row was ever there.
    How: rows are written through the leader and read back from PostgreSQL before the first fault.
    Not proved: anything about rows written during a fault (that is VAL13-04).
    """
    row = observed(record.observations, "probe_rows_written", "probe_rows_readable")
    return row.at_least("probe_rows_written", 1) + row.equals(
        "probe_rows_readable", row.get("probe_rows_written"), "probe_rows_written"
    )


def sigterm_failover(record: FailoverRecord) -> Findings:
    """After SIGTERM of the leader another node leads within 5,000 ms, in every trial.

    Why: planned restarts and upgrades end a leader this way; it is the mildest fault of all.
    How: from just before the signal until the follower's status, polled every 50 ms, names a new holder.
    Not proved: a failover of PostgreSQL itself, or one across a network.
    """
    facts = Facts("metrics", record.metrics)
    return facts.at_most("sigterm_failover_ms", FAILOVER_MS) + facts.each_at_most(
        "sigterm_trials_ms", FAILOVER_MS
    )


def zero_loss(record: FailoverRecord) -> Findings:
    """No acknowledged row is lost in any failover of the slice.

    Why: an acknowledgement is a promise; high availability that breaks it is worse than an outage.
    How: a writer goes on through every fault; each acknowledged row must be there afterwards with its
    payload. Refused writes and writes of unknown outcome are counted apart.
    Not proved: loss when PostgreSQL itself fails over to a standby, or with many concurrent writers.
    """
    facts = Facts("metrics", record.metrics)
    return facts.equals("data_loss_rows", 0) + facts.at_least("rows_acknowledged", 1)


def sigkill_failover(record: FailoverRecord) -> Findings:
    """After SIGKILL of the leader another node leads within 5,000 ms, in every trial.

    Why: a crash gives the leader no chance to hand over; only the survivors can act.
    How: as for SIGTERM, with kill instants spread at random so that no trial follows a heartbeat's beat.
    Not proved: the loss of a whole machine, whose sockets do not close by themselves.
    """
    facts = Facts("metrics", record.metrics)
    return facts.at_most("sigkill_failover_ms", FAILOVER_MS) + facts.each_at_most(
        "sigkill_trials_ms", FAILOVER_MS
    )


def database_crash_noticed(record: FailoverRecord) -> Findings:
    """The nodes notice that PostgreSQL ended, in each way it was ended.

    Why: a node that does not notice goes on promising writes that nobody will keep.
    How: PostgreSQL is stopped (fast) and killed (immediate); time until the nodes report it.
    Not proved: a PostgreSQL that hangs instead of ending.
    """
    return observed(record.observations, "pg_crash_noticed_ms").each_measured("pg_crash_noticed_ms")


def leader_back(record: FailoverRecord) -> Findings:
    """After PostgreSQL returns there is a leader again, and the probe rows are intact.

    Why: recovery that needs a person is not high availability.
    How: PostgreSQL is started again after each end; time until a node leads, then the rows are compared.
    Not proved: recovery of a database whose files were damaged.
    """
    row = observed(record.observations, "leader_back_ms", "probe_rows_intact")
    return row.each_measured("leader_back_ms") + row.equals("probe_rows_intact", True)


def rapid_cycles(record: FailoverRecord) -> Findings:
    """Three rapid SIGTERM cycles in a row each fail over within 5,000 ms.

    Why: a restart loop or a rolling upgrade kills leaders faster than a cluster can rest.
    How: three cycles with the leader alternating, each timed like a single SIGTERM failover.
    Not proved: behaviour under dozens of failovers an hour.
    """
    return Facts("metrics", record.metrics).each_at_most("rapid_cycle_ms", FAILOVER_MS)


def fencing(record: FailoverRecord) -> Findings:
    """One leader with gapless epochs; a hung leader is replaced and its late write is refused.

    Why: a leader that wakes up after its replacement must not write; only the database can stop it.
    How: the leader is stopped with SIGSTOP, sent a write, and continued after its replacement leads; then
    the epoch is raised behind a leader's back and it is sent a write. Neither row may exist.
    Not proved: a leader cut off by a network partition.
    """
    facts = Facts("metrics", record.metrics)
    findings = facts.equals("stale_write_refused", True)
    if facts.applies("hung_leader_failover_ms"):
        bound = facts.get("lock_bound_ms")
        limit = None if bound is None else bound + LOCK_TAKEOVER_SLACK_MS
        pair = Facts("metrics", record.metrics, required=True)
        findings += facts.at_most("hung_leader_failover_ms", limit) + pair.measured("lock_bound_ms")
    return findings + observed(record.observations, "epochs").one_by_one("epochs")


def rejoined(record: FailoverRecord) -> Findings:
    """Every node that was killed rejoined as a follower, and the cluster is healthy at the end.

    Why: a failover that leaves one node behind can be done only once.
    How: killed nodes are counted, and those that came back as followers; status of both at the end.
    Not proved: a rejoin with lost local disks.
    """
    row = observed(record.observations, "nodes_killed", "nodes_rejoined", "final_healthy")
    return (
        row.at_least("nodes_killed", 1)
        + row.equals("nodes_rejoined", row.get("nodes_killed"), "nodes_killed")
        + row.equals("final_healthy", True)
    )


SLICE = Slice(
    "VAL13",
    "failover",
    "HA Failover Validation",
    FailoverRecord,
    ten(
        "VAL13",
        ("two nodes healthy, one leader, both agree on holder_id", baseline),
        ("probe rows acknowledged before the fault are readable", probe_rows),
        ("SIGTERM failover <= 5,000 ms", sigterm_failover),
        ("zero acknowledged rows lost across every failover of the slice", zero_loss),
        ("SIGKILL failover <= 5,000 ms", sigkill_failover),
        ("PostgreSQL crash noticed by the nodes", database_crash_noticed),
        ("leader back after PostgreSQL returns, probe rows intact", leader_back),
        ("three rapid SIGTERM cycles, each <= 5,000 ms", rapid_cycles),
        ("one leader, epochs without gap; a write under an older epoch is refused", fencing),
        ("killed nodes rejoin as followers, cluster healthy", rejoined),
    ),
)
