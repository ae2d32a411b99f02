"""VAL17, Quorum Loss Validation: its figures, its observations and its ten checks."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, UnsetType

from haproof.core.check import Raw, Slice, ten
from haproof.core.findings import Facts, Findings, observed
from haproof.core.instant import Instant
from haproof.core.record import (
    Count,
    Maybe,
    MaybeCount,
    MaybeCounts,
    MaybeFlag,
    MaybeSeries,
    MaybeText,
    MaybeTexts,
    Number,
    Part,
    Record,
)
from haproof.core.targets import LOSS_COUNT, LOSS_COUNT_TWO_CYCLES, LOSS_DETECTION_MS, RECOVERY_MS


class QuorumLossMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL17; the booleans are as read during the loss."""

    loss_detection_ms: Number | None
    recovery_ms: Number | None
    write_block_active: bool | None
    can_accept_protected_writes: bool | None
    detected_loss_count: Count | None
    quorum_loss_reason: MaybeText = UNSET
    protected_write_refused: MaybeFlag = UNSET
    loss_detection_trials_ms: MaybeSeries = UNSET
    recovery_trials_ms: MaybeSeries = UNSET
    writes_acknowledged_during_loss: MaybeCount = UNSET
    rows_lost: MaybeCount = UNSET
    loss_held_ms: Maybe = UNSET
    block_held: MaybeFlag = UNSET


class QuorumLossObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL17 that no metric carries."""

    baseline_quorum: MaybeText = UNSET
    baseline_write_block: MaybeFlag = UNSET
    last_lost_at: Instant | UnsetType | None = UNSET
    after_write_block: MaybeFlag = UNSET
    after_can_accept: MaybeFlag = UNSET
    after_write_accepted: MaybeFlag = UNSET
    last_restored_at: Instant | UnsetType | None = UNSET
    loss_counts: MaybeCounts = UNSET
    audit_events: MaybeTexts = UNSET
    audit_follows_deeds: MaybeFlag = UNSET


class QuorumLossRecord(Record, frozen=True, kw_only=True):
    """A VAL17 report."""

    metrics: QuorumLossMetrics
    observations: QuorumLossObservations | None = None


def baseline(record: QuorumLossRecord) -> Findings:
    """Before the loss the quorum is healthy and no write is blocked.

    Why: a block that is always on passes every test of blocking.
    How: the leader's status before PostgreSQL is stopped.
    Not proved: health over time.
    """
    row = observed(record.observations, "baseline_quorum", "baseline_write_block")
    return row.equals("baseline_quorum", "healthy") + row.equals("baseline_write_block", False)


def detection(record: QuorumLossRecord) -> Findings:
    """Every node reports the loss within 30,000 ms, in every trial.

    Why: until then the control plane promises what it cannot keep.
    How: from just before PostgreSQL's stop signal until the last node's quorum_health is lost.
    Not proved: detection of a partition, or of a PostgreSQL that hangs.
    """
    facts = Facts("metrics", record.metrics)
    return facts.at_most("loss_detection_ms", LOSS_DETECTION_MS) + facts.each_at_most(
        "loss_detection_trials_ms", LOSS_DETECTION_MS
    )


def write_block(record: QuorumLossRecord) -> Findings:
    """During the loss the write block is on, and it stays on until PostgreSQL is started again.

    Why: it is the mandatory safety of the slice: no quorum, no protected writes. A block that ends by itself
    during a longer outage is none.
    How: write_block_active of the node that led before the loss; every node is polled through both outages,
    the longest of loss_held_ms, and each of its answers from its detection to the start command must show
    the block on and no protected writes (block_held).
    Not proved: that every client honours the block. From outside, an outage longer than loss_held_ms, or a
    block that is off between two polls, is not seen.
    """
    facts = Facts("metrics", record.metrics)
    return facts.equals("write_block_active", True) + facts.equals("block_held", True)


def writes_refused(record: QuorumLossRecord) -> Findings:
    """During the loss the node says that it cannot accept protected writes, and no node acknowledges one.

    Why: a status field is a promise; the refused write is the fact. A write that is acknowledged while
    PostgreSQL is away exists only in a buffer.
    How: can_accept_protected_writes of the node that led, and a protected write sent to it; every node is
    written to through both outages, and nothing sent after PostgreSQL's exit was seen may be acknowledged
    before the start command (writes_acknowledged_during_loss).
    Not proved: writes that go to PostgreSQL past the control plane.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("can_accept_protected_writes", False)
        + facts.equals("protected_write_refused", True)
        + facts.none("writes_acknowledged_during_loss")
    )


def reason(record: QuorumLossRecord) -> Findings:
    """The reason of the loss and its time are recorded.

    Why: an operator who is woken needs to know what was lost and when.
    How: quorum_loss_reason and last_lost_at of the node's status; last_lost_at must lie within each loss, one
    in which nobody asked included.
    Not proved: that the reason is the root cause.
    """
    row = observed(record.observations, "last_lost_at")
    if not row.applies("last_lost_at"):
        return ()
    text = Facts("metrics", record.metrics, required=True)
    return row.measured("last_lost_at") + text.not_empty("quorum_loss_reason")


def recovery(record: QuorumLossRecord) -> Findings:
    """Every node reports recovery within 30,000 ms of PostgreSQL's start, in every trial.

    Why: a block that outlives its cause is an outage of its own.
    How: from just before the start command until the last node's quorum_health is healthy.
    Not proved: recovery of a server with much WAL to replay.
    """
    facts = Facts("metrics", record.metrics)
    return facts.at_most("recovery_ms", RECOVERY_MS) + facts.each_at_most("recovery_trials_ms", RECOVERY_MS)


def writes_again(record: QuorumLossRecord) -> Findings:
    """After recovery the block is off, a protected write is accepted, and no acknowledged row is lost.

    Why: reporting health is one thing, taking writes another, and keeping them a third.
    How: the new leader's status, and a protected write sent to it; after each recovery the table is compared
    with what was acknowledged (rows_lost). PostgreSQL ends once while rows are half written, and once while
    commits are not flushed.
    Not proved: full write throughput.
    """
    row = observed(record.observations, "after_write_block", "after_can_accept", "after_write_accepted")
    return (
        Facts("metrics", record.metrics).none("rows_lost")
        + row.equals("after_write_block", False)
        + row.equals("after_can_accept", True)
        + row.equals("after_write_accepted", True)
    )


def restored(record: QuorumLossRecord) -> Findings:
    """The restoration is recorded after the loss, and the loss was counted.

    Why: the length of an outage is the difference of the two times.
    How: last_restored_at, last_lost_at and detected_loss_count of the node's status.
    Not proved: that the times agree with other machines' clocks.
    """
    count = Facts("metrics", record.metrics).at_least("detected_loss_count", LOSS_COUNT)
    lost = Facts("observations", record.observations).get("last_lost_at")
    row = observed(record.observations, "last_restored_at")
    return count + row.later_than("last_restored_at", "last_lost_at", lost)


def second_cycle(record: QuorumLossRecord) -> Findings:
    """A second loss raises the count by one.

    Why: a counter that sticks, or jumps, hides how often it happened.
    How: a second stop and start; one node's count at baseline and after each cycle (loss_counts). Between the
    two lies a loss in which nobody asks the nodes anything: it must be counted too.
    Not proved: losses shorter than the node's poll.
    """
    count = Facts("metrics", record.metrics).at_least("detected_loss_count", LOSS_COUNT_TWO_CYCLES)
    return count + observed(record.observations, "loss_counts").one_by_one("loss_counts")


def audit(record: QuorumLossRecord) -> Findings:
    """Loss and restoration leave audit events, each after its deed.

    Why: the events must survive although the database was away when they happened; a fixed list of events
    records nothing.
    How: the audit query before the loss and after each recovery: no event before its deed, at least one more
    after it, stamped within it, give or take a second (audit_follows_deeds).
    Not proved: events of a node that dies during the loss. From outside, an event that tells a wrong story
    at the right time is not seen.
    """
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains("audit_events", "ha.quorum.lost", "ha.quorum.restored") + row.optional.equals(
        "audit_follows_deeds", True
    )


def from_audit(lines: Iterable[bytes], _record: QuorumLossRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


def from_writes(lines: Iterable[bytes], record: QuorumLossRecord) -> dict[str, Any]:
    """What `writes.jsonl` yields."""
    from haproof.core.histories import recounting

    return recounting.of_quorum_loss(lines)


WRITTEN = (
    *("loss_detection_ms", "loss_detection_trials_ms", "recovery_ms", "recovery_trials_ms", "loss_held_ms"),
    *("block_held", "protected_write_refused", "writes_acknowledged_during_loss", "rows_lost"),
)
"""Figures that the history of writes and statuses may yield."""

SLICE = Slice(
    "VAL17",
    "quorum_loss",
    "Quorum Loss Validation",
    QuorumLossRecord,
    ten(
        "VAL17",
        ("quorum healthy, no write block at baseline", baseline),
        ("loss detected within 30,000 ms", detection),
        ("write_block_active = true during loss", write_block),
        ("can_accept_protected_writes = false during loss", writes_refused),
        ("loss reason and last_lost_at recorded", reason),
        ("recovery detected within 30,000 ms", recovery),
        ("writes accepted again after recovery", writes_again),
        ("last_restored_at set, loss count >= 1", restored),
        ("a second cycle raises the count by one", second_cycle),
        ("audit events for loss and restoration", audit),
    ),
    (Raw("writes.jsonl", WRITTEN, from_writes), Raw("audit.jsonl", ("audit_follows_deeds",), from_audit)),
)
