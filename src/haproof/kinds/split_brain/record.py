"""VAL16, Split-Brain Chaos Validation: its figures and its observations."""

from typing import Literal

from msgspec import UNSET

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
