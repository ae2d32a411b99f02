"""VAL15, Backup/Restore Validation: its figures, its observations and its ten checks."""

from collections.abc import Iterable
from typing import Any

from msgspec import UNSET, UnsetType

from haproof.core.check import Raw, Slice, ten
from haproof.core.findings import Facts, Findings, observed
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
from haproof.core.targets import BACKUP_MS, RESTORE_MS


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


def archive(record: BackupRestoreRecord) -> Findings:
    """The backup is a valid custom-format archive, and it alone holds the rows.

    Why: a file that only looks like a backup is found out on the worst day; a restore into a database that
    still holds the rows does not show that the archive does.
    How: pg_restore -l lists its entries; its size and the rows that were backed up are counted; the archive
    alone is restored by the lab into an empty database of its own and compared (archive_rows_match).
    Not proved: that the node's own restore works (that is VAL15-06).
    """
    facts = Facts("metrics", record.metrics)
    return (
        observed(record.observations, "archive_entries").at_least("archive_entries", 1)
        + facts.at_least("backup_bytes", 1)
        + facts.at_least("rows", 1)
        + facts.equals("archive_rows_match", True)
    )


def metadata(record: BackupRestoreRecord) -> Findings:
    """The backup's metadata (status, size, checksum) matches the file.

    Why: people choose what to restore by the metadata, not by the file.
    How: the inventory's entry against the file's size and SHA-256.
    Not proved: that the metadata survives the loss of the database that holds it.
    """
    row = observed(
        record.observations, "metadata_status", "metadata_bytes", "file_bytes", "metadata_checksum"
    )
    return (
        row.equals("metadata_status", "completed")
        + row.equals("metadata_bytes", row.get("file_bytes"), "file_bytes")
        + row.at_least("file_bytes", 1)
        + row.same_hex("metadata_checksum", record.metrics.checksum_file, "checksum_file")
    )


def backup_time(record: BackupRestoreRecord) -> Findings:
    """The backup takes at most 30,000 ms.

    Why: a backup that outlasts its window is skipped sooner or later.
    How: wall time of the command line's `backup create`, monotonic clock.
    Not proved: the time at production size; rows and bytes stand beside the figure.
    """
    return Facts("metrics", record.metrics).at_most("backup_ms", BACKUP_MS)


def refused_restores(record: BackupRestoreRecord) -> Findings:
    """A restore without confirmation, outside maintenance mode, or while another node leads, is refused and
    changes nothing.

    Why: a restore replaces the data; it must not happen by a slip, nor under a leader that goes on writing.
    How: each is tried, the last one in maintenance mode while another node still leads
    (restore_beside_leader_refused); the database's digest before and after is compared.
    Not proved: who may restore (authorisation is not tested).
    """
    row = observed(
        record.observations,
        "unconfirmed_restore_refused",
        "out_of_maintenance_restore_refused",
        "database_unchanged_by_refusals",
        "restore_beside_leader_refused",
    )
    return (
        row.equals("unconfirmed_restore_refused", True)
        + row.equals("out_of_maintenance_restore_refused", True)
        + row.equals("database_unchanged_by_refusals", True)
        + row.optional.equals("restore_beside_leader_refused", True)
    )


def restore_time(record: BackupRestoreRecord) -> Findings:
    """The restore takes at most 60,000 ms.

    Why: it is the lower bound of every recovery from a lost database.
    How: wall time of the command line's `backup restore`, monotonic clock.
    Not proved: the time at production size; rows and bytes stand beside the figure.
    """
    return Facts("metrics", record.metrics).at_most("restore_ms", RESTORE_MS)


def restore_correct(record: BackupRestoreRecord) -> Findings:
    """After the restore, row counts and payload equal the state before the backup.

    Why: this is what a backup is for.
    How: rows are changed and deleted and a table added after the backup; counts and content digests of
    every table are compared after the restore.
    Not proved: point-in-time recovery; changes after the backup are gone by design.
    """
    facts = Facts("metrics", record.metrics)
    return facts.equals("row_counts_match", True) + facts.equals("payload_match", True)


def checksum(record: BackupRestoreRecord) -> Findings:
    """The SHA-256 that the command line prints is the SHA-256 of the file.

    Why: the printed checksum is what people keep to detect damage later.
    How: the file is hashed again by the lab.
    Not proved: that the file is stored safely.
    """
    facts = Facts("metrics", record.metrics)
    return facts.same_hex("checksum_cli", facts.get("checksum_file"), "checksum_file") + facts.same_hex(
        "checksum_file", facts.get("checksum_cli"), "checksum_cli"
    )


def inventory(record: BackupRestoreRecord) -> Findings:
    """The inventory grows with each backup.

    Why: a backup that is not listed will not be found.
    How: the number of listed backups after each step.
    Not proved: retention and deletion.
    """
    return observed(record.observations, "inventory_counts").increasing("inventory_counts")


def corrupt_restore(record: BackupRestoreRecord) -> Findings:
    """A corrupted archive is refused before the database is touched.

    Why: finding the damage halfway through a restore means having neither old nor new data.
    How: one byte of a copy is flipped and its restore tried; the database's digest is compared.
    Not proved: damage that was there before the checksum was taken.
    """
    row = observed(record.observations, "corrupt_restore_refused", "database_unchanged_by_corrupt")
    return row.equals("corrupt_restore_refused", True) + row.equals("database_unchanged_by_corrupt", True)


def audit(record: BackupRestoreRecord) -> Findings:
    """Backup and restore leave audit events, each after its deed.

    Why: who replaced the data, and when, must be known afterwards; a fixed list of events records nothing.
    How: the audit query before and after each step: no event before its deed, at least one more after it,
    stamped within it, give or take a second (audit_follows_deeds).
    Not proved: that audit records cannot be removed by a database administrator. From outside, an event that
    tells a wrong story at the right time is not seen.
    """
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains("audit_events", "ha.backup.created", "ha.backup.restored") + row.optional.equals(
        "audit_follows_deeds", True
    )


def from_audit(lines: Iterable[bytes], _record: BackupRestoreRecord) -> dict[str, Any]:
    """What `audit.jsonl` yields."""
    from haproof.core import deeds

    return deeds.recount(lines)


SLICE = Slice(
    "VAL15",
    "backup_restore",
    "Backup/Restore Validation",
    BackupRestoreRecord,
    ten(
        "VAL15",
        ("backup creates a valid custom-format archive", archive),
        ("metadata (id, status, size, checksum) matches the file", metadata),
        ("backup <= 30,000 ms", backup_time),
        ("restore without confirmation is refused, database untouched", refused_restores),
        ("restore <= 60,000 ms", restore_time),
        ("row counts and payload spot values equal the pre-backup state", restore_correct),
        ("SHA-256 from the CLI = SHA-256 of the file", checksum),
        ("inventory grows with each backup", inventory),
        ("a corrupted archive is refused before the database is touched", corrupt_restore),
        ("audit events for backup and restore", audit),
    ),
    (Raw("audit.jsonl", ("audit_follows_deeds",), from_audit),),
)
