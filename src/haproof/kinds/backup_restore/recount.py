"""What the raw files of VAL15 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core.kind import Recount
from haproof.kinds.backup_restore.record import BackupRestoreRecord


def from_audit(lines: Iterable[bytes], _record: BackupRestoreRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


RECOUNTS = (Recount("audit.jsonl", ("audit_follows_deeds",), from_audit),)
