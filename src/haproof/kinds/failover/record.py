"""VAL13, HA Failover Validation: its figures and its observations."""

from typing import Annotated

from msgspec import UNSET, Meta

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
from haproof.core.targets import RAPID_CYCLES


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
