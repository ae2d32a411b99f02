"""VAL17, Quorum Loss Validation: its figures and its observations."""

from msgspec import UNSET, UnsetType

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
