"""What the raw files of VAL15 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.backup_restore.record import BackupRestoreRecord


def from_audit(lines: Iterable[bytes], _record: BackupRestoreRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


def from_journal(lines: Iterable[bytes], _record: BackupRestoreRecord) -> dict[str, Any]:
    """What the readings of the tables in `journal.jsonl`, and the refused restores, yield."""
    from haproof.core.histories import restores

    return restores.of_backup_restore(lines)


JOURNALLED = (
    *("rows", "archive_rows_match", "row_counts_match", "payload_match"),
    *("unconfirmed_restore_refused", "out_of_maintenance_restore_refused", "restore_beside_leader_refused"),
    *("database_unchanged_by_refusals", "corrupt_restore_refused", "database_unchanged_by_corrupt"),
)
"""Figures that the journal may yield."""

RECOUNTS = (
    Recount(raw_names.AUDIT, ("audit_follows_deeds",), from_audit),
    Recount(raw_names.JOURNAL, JOURNALLED, from_journal),
)
