"""VAL15, Backup/Restore Validation: its figures and its observations."""

from msgspec import UNSET, UnsetType

from haproof.core.record import (
    Digest,
    Hex,
    MaybeCount,
    MaybeCounts,
    MaybeFlag,
    MaybeText,
    MaybeTexts,
    Number,
    Part,
    Record,
)


class BackupRestoreMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL15."""

    backup_ms: Number | None
    restore_ms: Number | None
    checksum_cli: Digest | None
    checksum_file: Digest | None
    row_counts_match: bool | None
    payload_match: bool | None
    rows: MaybeCount = UNSET
    backup_bytes: MaybeCount = UNSET
    archive_rows_match: MaybeFlag = UNSET


class BackupRestoreObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL15 that no metric carries."""

    archive_entries: MaybeCount = UNSET
    metadata_status: MaybeText = UNSET
    metadata_bytes: MaybeCount = UNSET
    file_bytes: MaybeCount = UNSET
    metadata_checksum: Hex | UnsetType | None = UNSET
    unconfirmed_restore_refused: MaybeFlag = UNSET
    out_of_maintenance_restore_refused: MaybeFlag = UNSET
    database_unchanged_by_refusals: MaybeFlag = UNSET
    restore_beside_leader_refused: MaybeFlag = UNSET
    inventory_counts: MaybeCounts = UNSET
    corrupt_restore_refused: MaybeFlag = UNSET
    database_unchanged_by_corrupt: MaybeFlag = UNSET
    audit_events: MaybeTexts = UNSET
    audit_follows_deeds: MaybeFlag = UNSET


class BackupRestoreRecord(Record, frozen=True, kw_only=True):
    """A VAL15 report."""

    metrics: BackupRestoreMetrics
    observations: BackupRestoreObservations | None = None
