"""What the raw files of VAL17 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.quorum_loss.record import QuorumLossRecord


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

RECOUNTS = (
    Recount(raw_names.WRITES, WRITTEN, from_writes),
    Recount(raw_names.AUDIT, ("audit_follows_deeds",), from_audit),
)
