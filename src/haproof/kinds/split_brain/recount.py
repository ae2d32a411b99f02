"""What the raw files of VAL16 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.split_brain.record import SplitBrainRecord


def from_audit(lines: Iterable[bytes], _record: SplitBrainRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


def from_journal(lines: Iterable[bytes], _record: SplitBrainRecord) -> dict[str, Any]:
    """What the answers in `journal.jsonl` yield."""
    from haproof.core.histories import risks

    return risks.of_split_brain(lines)


JOURNALLED = (
    *("baseline_risk", "divergence_risk", "detection_ms", "repeated_risks", "recovered_risk", "recovery_ms"),
    *("epoch_before_recovery", "epoch_after_recovery", "ghost_risk", "ghost_cleared_risk", "final_risk"),
)
"""Figures that the journal may yield."""

RECOUNTS = (
    Recount(raw_names.AUDIT, ("audit_follows_deeds",), from_audit),
    Recount(raw_names.JOURNAL, JOURNALLED, from_journal),
)
