"""What the raw files of VAL13 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.failover.record import FailoverRecord


def from_writes(lines: Iterable[bytes], record: FailoverRecord) -> dict[str, Any]:
    """What `writes.jsonl` yields; the report's settings say how long a fault may have effects."""
    from haproof.core.histories import recounting

    return recounting.of_failover(lines, (record.environment and record.environment.settings) or {})


WRITTEN = (
    *("rows_acknowledged", "rows_refused", "rows_unknown", "data_loss_rows", "rows_acknowledged_early"),
    *("rows_refused_stored", "rows_duplicated", "rows_unexpected", "answers_invalid"),
    *("sigterm_failover_ms", "sigterm_trials_ms", "sigterm_accepting_trials_ms"),
    *("sigkill_failover_ms", "sigkill_trials_ms", "sigkill_accepting_trials_ms"),
    *("sigterm_takeover_ms", "sigterm_takeover_trials_ms"),
    *("sigkill_takeover_ms", "sigkill_takeover_trials_ms"),
    *("rapid_cycle_ms", "write_gap_ms", "hung_leader_failover_ms", "unobserved_takeover_ms"),
    "stale_write_refused",
    *("non_holder_accepted", "epochs_shown_twice", "epochs", "events_match", "unprovoked_changes"),
)
"""Figures that the history of writes may yield."""

RECOUNTS = (Recount(raw_names.WRITES, WRITTEN, from_writes),)
