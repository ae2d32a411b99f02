"""VAL16, Split-Brain Chaos Validation: its figures, its observations and its ten checks."""

from collections.abc import Iterable
from typing import Any, Literal

from msgspec import UNSET

from haproof.core.check import Raw, Slice, ten
from haproof.core.findings import Facts, Findings, observed
from haproof.core.record import (
    Count,
    Maybe,
    MaybeCount,
    MaybeFlag,
    MaybeText,
    MaybeTexts,
    Part,
    Record,
)

Risk = Literal["none", "possible", "detected"] | None


class SplitBrainMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL16."""

    baseline_risk: Risk
    divergence_risk: Risk
    ghost_risk: Risk
    recovered_risk: Risk
    user_rows_before: Count | None
    user_rows_after: Count | None
    user_data_intact: bool | None
    detection_ms: Maybe = UNSET
    recovery_ms: Maybe = UNSET
    epoch_before_recovery: MaybeCount = UNSET
    epoch_after_recovery: MaybeCount = UNSET


class SplitBrainObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL16 that no metric carries."""

    repeated_risks: MaybeTexts = UNSET
    detection_writes: MaybeCount = UNSET
    dry_run_accepted: MaybeFlag = UNSET
    dry_run_writes: MaybeCount = UNSET
    ghost_cleared_risk: MaybeText = UNSET
    audit_events: MaybeTexts = UNSET
    audit_follows_deeds: MaybeFlag = UNSET
    final_leaders: MaybeCount = UNSET
    final_risk: MaybeText = UNSET
    final_write_accepted: MaybeFlag = UNSET


class SplitBrainRecord(Record, frozen=True, kw_only=True):
    """A VAL16 report."""

    metrics: SplitBrainMetrics
    observations: SplitBrainObservations | None = None


def baseline(record: SplitBrainRecord) -> Findings:
    """Without an injection the risk is none.

    Why: a detector that always warns detects nothing.
    How: the leader's split-brain answer before the first injection.
    Not proved: that no false alarm ever comes under load.
    """
    return Facts("metrics", record.metrics).equals("baseline_risk", "none")


def divergence(record: SplitBrainRecord) -> Findings:
    """An epoch raised behind the leader's back is detected.

    Why: a leader whose epoch is no longer the durable one is the definition of split brain.
    How: current_epoch is raised in SQL while the leader holds its lock; then the leader is asked.
    Not proved: two leaders that really run at once; the state is injected.
    """
    return Facts("metrics", record.metrics).equals("divergence_risk", "detected")


def ghosts(record: SplitBrainRecord) -> Findings:
    """Epochs that nobody closed make the risk possible.

    Why: an open epoch of a vanished leader means that it may still believe in it.
    How: ghost rows without resigned_at are inserted, below and above the current epoch.
    Not proved: a ghost that really writes (its write is refused: VAL13-09).
    """
    return Facts("metrics", record.metrics).equals("ghost_risk", "possible")


def idempotent(record: SplitBrainRecord) -> Findings:
    """Asking twice gives the same answer and writes nothing.

    Why: detection is polled; side effects would pile up or cure what they should report.
    How: every node is asked repeatedly until the recovery, and each must answer detected (repeated_risks);
    rows of the target's tables that changed meanwhile, beyond those that change without being asked, are
    counted (detection_writes).
    Not proved: the cost of the request under load. From outside, a write outside the target's tables, or one
    that leaves every row as it was, is not seen.
    """
    row = observed(record.observations, "repeated_risks", "detection_writes")
    return row.each_equals("repeated_risks", "detected", fewest=2) + row.equals("detection_writes", 0)


def dry_run(record: SplitBrainRecord) -> Findings:
    """Manual-reconcile is a dry run: accepted, and writes nothing.

    Why: an operator must be able to look before acting.
    How: the strategy is called at every node, and changed rows of the target's tables, its own and those
    of the application, are counted (dry_run_writes).
    Not proved: that the plan it prints is the best one.
    """
    row = observed(record.observations, "dry_run_accepted", "dry_run_writes")
    return row.equals("dry_run_accepted", True) + row.equals("dry_run_writes", 0)


def recovery(record: SplitBrainRecord) -> Findings:
    """Promote-leader brings the risk back to none, under an epoch above every one before.

    Why: detection without a cure leaves the cluster fenced for ever; an epoch that goes back lets a fenced
    leader write again.
    How: the strategy is called on the leader, which is then asked again; its epoch afterwards against the
    highest that was shown or injected before (epoch_after_recovery, epoch_before_recovery).
    Not proved: recovery without an operator. From outside, an epoch that nobody was ever shown is not known.
    """
    facts = Facts("metrics", record.metrics)
    findings = facts.equals("recovered_risk", "none")
    if facts.applies("epoch_before_recovery") or facts.applies("epoch_after_recovery"):
        pair = Facts("metrics", record.metrics, required=True)
        before = pair.get("epoch_before_recovery")
        findings += pair.measured("epoch_before_recovery")
        findings += pair.above("epoch_after_recovery", "epoch_before_recovery", before)
    return findings


def user_data(record: SplitBrainRecord) -> Findings:
    """User data is untouched by the recovery of metadata.

    Why: repairing the control plane must not cost what it controls.
    How: count and digest of user tables before the injections and after the recovery.
    Not proved: data under concurrent writes during the recovery.
    """
    facts = Facts("metrics", record.metrics)
    return (
        facts.equals("user_data_intact", True)
        + facts.at_least("user_rows_before", 1)
        + facts.equals("user_rows_after", facts.get("user_rows_before"), "user_rows_before")
    )


def ghosts_clear(record: SplitBrainRecord) -> Findings:
    """The ghost risk clears once the ghost rows are resigned.

    Why: a warning that stays after its cause is gone is soon ignored.
    How: resigned_at is set on the ghost rows; the leader is asked until it says none.
    Not proved: that somebody really checked the ghost before closing its row.
    """
    return observed(record.observations, "ghost_cleared_risk").equals("ghost_cleared_risk", "none")


def audit(record: SplitBrainRecord) -> Findings:
    """Detection and recovery leave audit events, each after its deed.

    Why: a split brain that left no trace cannot be studied afterwards; a fixed list of events is no trace.
    How: the audit query before and after each step: no event before its deed, at least one more after it,
    stamped within it, give or take a second (audit_follows_deeds).
    Not proved: that audit records cannot be removed by a database administrator. From outside, an event that
    tells a wrong story at the right time is not seen.
    """
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains(
        "audit_events", "ha.split_brain.detected", "ha.split_brain.recovered"
    ) + row.optional.equals("audit_follows_deeds", True)


def stable(record: SplitBrainRecord) -> Findings:
    """After all injections one node leads, the risk is none, and a write is accepted.

    Why: surviving the drill is not enough; the cluster must work again.
    How: both nodes' status, the leader's risk and a protected write at the end.
    Not proved: stability over hours.
    """
    row = observed(record.observations, "final_leaders", "final_risk", "final_write_accepted")
    return (
        row.equals("final_leaders", 1)
        + row.equals("final_risk", "none")
        + row.equals("final_write_accepted", True)
    )


def from_audit(lines: Iterable[bytes], _record: SplitBrainRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


SLICE = Slice(
    "VAL16",
    "split_brain",
    "Split-Brain Chaos Validation",
    SplitBrainRecord,
    ten(
        "VAL16",
        ("risk none at baseline", baseline),
        ("injected epoch divergence -> risk detected", divergence),
        ("unclosed ghost epochs -> risk possible", ghosts),
        ("detection is idempotent, no side effects", idempotent),
        ("manual-reconcile is a dry run: no write", dry_run),
        ("promote-leader restores risk none", recovery),
        ("user data untouched by metadata recovery", user_data),
        ("ghost risk clears once the rows are resigned", ghosts_clear),
        ("audit events for detection and recovery", audit),
        ("cluster stable after all injections", stable),
    ),
    (Raw("audit.jsonl", ("audit_follows_deeds",), from_audit),),
)
