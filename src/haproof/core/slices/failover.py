"""VAL13, HA Failover Validation: its figures, its observations and its ten checks."""

from collections.abc import Iterable
from typing import Annotated, Any

from msgspec import UNSET, Meta

from haproof.core.check import Raw, Slice, ten
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
    sigterm_accepting_trials_ms: MaybeSeries = UNSET
    sigkill_accepting_trials_ms: MaybeSeries = UNSET
    unobserved_takeover_ms: Maybe = UNSET
    rows_acknowledged_early: MaybeCount = UNSET
    rows_refused_stored: MaybeCount = UNSET
    rows_duplicated: MaybeCount = UNSET
    rows_unexpected: MaybeCount = UNSET
    non_holder_accepted: MaybeCount = UNSET
    epochs_shown_twice: MaybeCount = UNSET
    answers_invalid: MaybeCount = UNSET


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
    events_match: MaybeFlag = UNSET
    nodes_killed: MaybeCount = UNSET
    nodes_rejoined: MaybeCount = UNSET
    final_healthy: MaybeFlag = UNSET
    unprovoked_changes: MaybeCount = UNSET


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
    """Probe rows that were acknowledged before the fault can be read, and no answer of success is invalid.

    Why: "no row lost" means nothing if no row was ever there, and an answer of success that does not name the
    row promises nothing.
    How: rows are written through the leader and read back from PostgreSQL before the first fault. Answers of
    success that lack the contract's fields, or name another row, are counted over the whole slice
    (answers_invalid); they do not count as acknowledged.
    Not proved: anything about rows written during a fault (that is VAL13-04).
    """
    row = observed(record.observations, "probe_rows_written", "probe_rows_readable")
    return (
        Facts("metrics", record.metrics).none("answers_invalid")
        + row.at_least("probe_rows_written", 1)
        + row.equals("probe_rows_readable", row.get("probe_rows_written"), "probe_rows_written")
    )


def sigterm_failover(record: FailoverRecord) -> Findings:
    """After SIGTERM of the leader another node leads and accepts a write within 5,000 ms, in every trial.

    Why: planned restarts and upgrades end a leader this way; it is the mildest fault of all. A new leader
    that is named but refuses writes is still an outage.
    How: from just before the signal until the follower's status, polled every 50 ms, names a new holder, and
    until the first write acknowledged after it (sigterm_accepting_trials_ms).
    Not proved: a failover of PostgreSQL itself, or one across a network; from outside nobody sees when the
    new leader could first have accepted a write, only when it first did.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.at_most("sigterm_failover_ms", FAILOVER_MS)
        + facts.each_at_most("sigterm_trials_ms", FAILOVER_MS)
        + facts.each_at_most("sigterm_accepting_trials_ms", FAILOVER_MS)
    )


def zero_loss(record: FailoverRecord) -> Findings:
    """No acknowledged row is lost in any failover of the slice, and the table holds what was answered.

    Why: an acknowledgement is a promise, and so is a refusal; high availability that breaks either is worse
    than an outage.
    How: several writers go on through every fault; PostgreSQL is stopped while their rows are half written,
    and killed three times while their commits are not flushed. Each acknowledged row is read at once by a
    session of the lab's own (rows_acknowledged_early), and must be there at the end with its payload
    (data_loss_rows). The whole table is compared with what was sent: refused and stored
    (rows_refused_stored), stored twice (rows_duplicated), sent by nobody (rows_unexpected). Writes of unknown
    outcome are counted apart.
    Not proved: loss when PostgreSQL itself fails over to a standby. From outside, an acknowledgement a
    moment before the commit is seen only where the read comes first or PostgreSQL is killed in between.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("data_loss_rows", 0)
        + facts.at_least("rows_acknowledged", 1)
        + facts.none("rows_acknowledged_early", "rows_refused_stored", "rows_duplicated", "rows_unexpected")
    )


def sigkill_failover(record: FailoverRecord) -> Findings:
    """After SIGKILL of the leader another node leads and accepts a write within 5,000 ms, in every trial,
    also while nobody asks it anything.

    Why: a crash gives the leader no chance to hand over; only the survivors can act, and they must act by
    themselves.
    How: as for SIGTERM, with kill instants spread at random so that no trial follows a heartbeat's beat, each
    until the first write acknowledged after it (sigkill_accepting_trials_ms). One further kill is followed
    by silence: no reader, no writer, until the target time is over (unobserved_takeover_ms).
    Not proved: the loss of a whole machine, whose sockets do not close by themselves. From outside, the time
    of a takeover that nobody watched is the new leader's own word, or that of the row it left in PostgreSQL.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.at_most("sigkill_failover_ms", FAILOVER_MS)
        + facts.each_at_most("sigkill_trials_ms", FAILOVER_MS)
        + facts.each_at_most("sigkill_accepting_trials_ms", FAILOVER_MS)
        + facts.at_most("unobserved_takeover_ms", FAILOVER_MS)
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
    """One leader with gapless epochs, each shown with one holder; a hung leader is replaced, and whoever does
    not hold the leadership accepts no write.

    Why: a leader that wakes up after its replacement, or lives on after a handover, must not write; only the
    database can stop it.
    How: the leader is stopped with SIGSTOP, sent a write, and continued after its replacement leads; then
    the epoch is raised behind a leader's back, with writes in flight, and it is sent a write. Neither row may
    exist, nor one of the older epoch that was not there when it was raised (stale_write_refused). All through
    the slice the nodes that do not hold are written to: writes that were sent after the lab had seen the
    holder of a higher epoch, and acknowledged by another node, are counted (non_holder_accepted). The epochs
    are those that status and write answers showed to the lab (epochs_shown_twice: with two holders); the
    events must name the same epochs and holders (events_match).
    Not proved: a leader cut off by a network partition. From outside, an epoch that was shown to nobody and
    left no event is not seen, nor is a write accepted in the moment before the lab saw the new holder.
    """
    facts = Facts("metrics", record.metrics)
    findings = facts.equals("stale_write_refused", True)
    if facts.applies("hung_leader_failover_ms"):
        bound = facts.get("lock_bound_ms")
        limit = None if bound is None else bound + LOCK_TAKEOVER_SLACK_MS
        pair = Facts("metrics", record.metrics, required=True)
        findings += facts.at_most("hung_leader_failover_ms", limit) + pair.measured("lock_bound_ms")
    row = observed(record.observations, "epochs", "events_match")
    return (
        findings
        + facts.none("non_holder_accepted", "epochs_shown_twice")
        + row.one_by_one("epochs")
        + row.optional.equals("events_match", True)
    )


def rejoined(record: FailoverRecord) -> Findings:
    """Every node that was killed rejoined as a follower, the cluster is healthy at the end, and nothing
    changed that nobody provoked.

    Why: a failover that leaves one node behind can be done only once, and leadership that moves by itself
    interrupts writes without a fault.
    How: killed nodes are counted, and those that came back as followers; status of both at the end. Changes
    of role or holder outside the time after a fault are counted (unprovoked_changes).
    Not proved: a rejoin with lost local disks. From outside, a change between two polls is not seen.
    """
    row = observed(
        record.observations, "nodes_killed", "nodes_rejoined", "final_healthy", "unprovoked_changes"
    )
    return (
        row.at_least("nodes_killed", 1)
        + row.equals("nodes_rejoined", row.get("nodes_killed"), "nodes_killed")
        + row.equals("final_healthy", True)
        + row.optional.none("unprovoked_changes")
    )


def from_writes(lines: Iterable[bytes], record: FailoverRecord) -> dict[str, Any]:
    """What `writes.jsonl` yields; the report's settings say how long a fault may have effects."""
    from haproof.core.histories import recounting

    return recounting.of_failover(lines, (record.environment and record.environment.settings) or {})


WRITTEN = (
    *("rows_acknowledged", "rows_refused", "rows_unknown", "data_loss_rows", "rows_acknowledged_early"),
    *("rows_refused_stored", "rows_duplicated", "rows_unexpected", "answers_invalid"),
    *("sigterm_failover_ms", "sigterm_trials_ms", "sigterm_accepting_trials_ms"),
    *("sigkill_failover_ms", "sigkill_trials_ms", "sigkill_accepting_trials_ms"),
    *(
        "sigterm_takeover_ms",
        "sigterm_takeover_trials_ms",
        "sigkill_takeover_ms",
        "sigkill_takeover_trials_ms",
    ),
    *("rapid_cycle_ms", "write_gap_ms", "hung_leader_failover_ms", "unobserved_takeover_ms"),
    "stale_write_refused",
    *("non_holder_accepted", "epochs_shown_twice", "epochs", "events_match", "unprovoked_changes"),
)
"""Figures that the history of writes may yield."""

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
    (Raw("writes.jsonl", WRITTEN, from_writes),),
)
