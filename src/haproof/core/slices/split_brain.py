"""VAL16, Split-Brain Chaos Validation: its figures, its observations and its ten checks."""

from typing import Literal

from msgspec import UNSET

from haproof.core.check import Slice, ten
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


class SplitBrainObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL16 that no metric carries."""

    repeated_risks: MaybeTexts = UNSET
    detection_writes: MaybeCount = UNSET
    dry_run_accepted: MaybeFlag = UNSET
    dry_run_writes: MaybeCount = UNSET
    ghost_cleared_risk: MaybeText = UNSET
    audit_events: MaybeTexts = UNSET
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
    How: repeated requests with rows of the leadership tables compared before and after.
    Not proved: the cost of the request under load.
    """
    row = observed(record.observations, "repeated_risks", "detection_writes")
    return row.each_equals("repeated_risks", "detected", fewest=2) + row.equals("detection_writes", 0)


def dry_run(record: SplitBrainRecord) -> Findings:
    """Manual-reconcile is a dry run: accepted, and writes nothing.

    Why: an operator must be able to look before acting.
    How: the strategy is called and rows of the leadership tables are compared.
    Not proved: that the plan it prints is the best one.
    """
    row = observed(record.observations, "dry_run_accepted", "dry_run_writes")
    return row.equals("dry_run_accepted", True) + row.equals("dry_run_writes", 0)


def recovery(record: SplitBrainRecord) -> Findings:
    """Promote-leader brings the risk back to none.

    Why: detection without a cure leaves the cluster fenced for ever.
    How: the strategy is called on the leader, which is then asked again.
    Not proved: recovery without an operator.
    """
    return Facts("metrics", record.metrics).equals("recovered_risk", "none")


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
    """Detection and recovery leave audit events.

    Why: a split brain that left no trace cannot be studied afterwards.
    How: the audit query after the slice's steps.
    Not proved: that audit records cannot be removed by a database administrator.
    """
    row = observed(record.observations, "audit_events")
    return row.contains("audit_events", "ha.split_brain.detected", "ha.split_brain.recovered")


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
)
