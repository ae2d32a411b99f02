"""The checks of VAL15: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Claim, Rules, check
from haproof.core.targets import BACKUP_MS, RESTORE_MS
from haproof.kinds.backup_restore.record import BackupRestoreRecord


@check(
    "VAL15-01",
    "backup creates a valid custom-format archive",
    meaning="The backup is a valid custom-format archive, and it alone holds the rows.",
    why=(
        "A file that only looks like a backup is found out on the worst day; a restore into a database "
        "that still holds the rows does not show that the archive does."
    ),
    how=(
        "pg_restore -l lists its entries; its size and the rows that were backed up are counted; the "
        "archive alone is restored by the lab into an empty database of its own and compared, and so is "
        "the archive of a later backup, with the state of its own time (archive_rows_match)."
    ),
    not_proved="That the node's own restore works (that is VAL15-06).",
)
def archive(record: BackupRestoreRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return (
        observed(record.observations, "archive_entries").at_least("archive_entries", 1)
        + facts.at_least("backup_bytes", 1)
        + facts.at_least("rows", 1)
        + facts.equals("archive_rows_match", True)
    )


@check(
    "VAL15-02",
    "metadata (id, status, size, checksum) matches the file",
    meaning="The backup's metadata (status, size, checksum) matches the file.",
    why="People choose what to restore by the metadata, not by the file.",
    how="The inventory's entry against the file's size and SHA-256.",
    not_proved="That the metadata survives the loss of the database that holds it.",
)
def metadata(record: BackupRestoreRecord) -> Findings:
    row = observed(
        record.observations, "metadata_status", "metadata_bytes", "file_bytes", "metadata_checksum"
    )
    return (
        row.equals("metadata_status", "completed")
        + row.equals("metadata_bytes", row.get("file_bytes"), "file_bytes")
        + row.at_least("file_bytes", 1)
        + row.same_hex("metadata_checksum", record.metrics.checksum_file, "checksum_file")
    )


@check(
    "VAL15-03",
    "backup <= 30,000 ms",
    meaning="The backup takes at most 30,000 ms.",
    why="A backup that outlasts its window is skipped sooner or later.",
    how="Wall time of the command line's `backup create`, monotonic clock.",
    not_proved="The time at production size; rows and bytes stand beside the figure.",
    claim=Claim("Backup in time", figure="backup_ms"),
)
def backup_time(record: BackupRestoreRecord) -> Findings:
    return Facts("metrics", record.metrics).at_most("backup_ms", BACKUP_MS)


@check(
    "VAL15-04",
    "restore without confirmation is refused, database untouched",
    meaning=(
        "A restore without confirmation, outside maintenance mode, or while another node leads, is "
        "refused and changes nothing."
    ),
    why="A restore replaces the data; it must not happen by a slip, nor under a leader that goes on writing.",
    how=(
        "Each is tried, the last one in maintenance mode while another node still leads "
        "(restore_beside_leader_refused); the database's digest before and after is compared. A node in "
        "maintenance mode that takes writes when the restore begins counts as one that leads."
    ),
    not_proved="Who may restore (authorisation is not tested).",
)
def refused_restores(record: BackupRestoreRecord) -> Findings:
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


@check(
    "VAL15-05",
    "restore <= 60,000 ms",
    meaning="The restore takes at most 60,000 ms.",
    why="It is the lower bound of every recovery from a lost database.",
    how="Wall time of the command line's `backup restore`, monotonic clock.",
    not_proved="The time at production size; rows and bytes stand beside the figure.",
    claim=Claim("Restore in time", figure="restore_ms"),
)
def restore_time(record: BackupRestoreRecord) -> Findings:
    return Facts("metrics", record.metrics).at_most("restore_ms", RESTORE_MS)


@check(
    "VAL15-06",
    "row counts and payload spot values equal the pre-backup state",
    meaning="After the restore, row counts and payload equal the state before the backup.",
    why="This is what a backup is for.",
    how=(
        "Rows are changed and deleted and a table added after the backup, and another backup is made; "
        "counts and content digests of every table are compared after the restore, and the columns, keys, "
        "indexes and triggers of each, and the sequences; the epoch after the restore is above all before it "
        "(payload_match)."
    ),
    not_proved=(
        "Point-in-time recovery; changes after the backup are gone by design. From outside, a restore that "
        "would leave half of the data if it were interrupted is not seen."
    ),
    claim=Claim("Restore correct", figure="row_counts_match"),
)
def restore_correct(record: BackupRestoreRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.equals("row_counts_match", True) + facts.equals("payload_match", True)


@check(
    "VAL15-07",
    "SHA-256 from the CLI = SHA-256 of the file",
    meaning="The SHA-256 that the command line prints is the SHA-256 of the file.",
    why="The printed checksum is what people keep to detect damage later.",
    how="The file is hashed again by the lab.",
    not_proved="That the file is stored safely.",
    claim=Claim("Checksum agrees", figure="checksum_cli"),
)
def checksum(record: BackupRestoreRecord) -> Findings:
    facts = Facts("metrics", record.metrics)
    return facts.same_hex("checksum_cli", facts.get("checksum_file"), "checksum_file") + facts.same_hex(
        "checksum_file", facts.get("checksum_cli"), "checksum_cli"
    )


@check(
    "VAL15-08",
    "inventory grows with each backup",
    meaning="The inventory grows with each backup.",
    why="A backup that is not listed will not be found.",
    how="The number of listed backups after each step.",
    not_proved="Retention and deletion.",
)
def inventory(record: BackupRestoreRecord) -> Findings:
    return observed(record.observations, "inventory_counts").increasing("inventory_counts")


@check(
    "VAL15-09",
    "a corrupted archive is refused before the database is touched",
    meaning="A corrupted archive is refused before the database is touched.",
    why="Finding the damage halfway through a restore means having neither old nor new data.",
    how="One byte of a copy is flipped and its restore tried; the database's digest is compared.",
    not_proved="Damage that was there before the checksum was taken.",
)
def corrupt_restore(record: BackupRestoreRecord) -> Findings:
    row = observed(record.observations, "corrupt_restore_refused", "database_unchanged_by_corrupt")
    return row.equals("corrupt_restore_refused", True) + row.equals("database_unchanged_by_corrupt", True)


@check(
    "VAL15-10",
    "audit events for backup and restore",
    meaning="Backup and restore leave audit events, each after its deed.",
    why="Who replaced the data, and when, must be known afterwards; a fixed list of events records nothing.",
    how=(
        "The audit query before and after each step: no event before its deed, at least one more after "
        "it, stamped within it, give or take a second (audit_follows_deeds)."
    ),
    not_proved=(
        "That audit records cannot be removed by a database administrator. From outside, an event that "
        "tells a wrong story at the right time is not seen."
    ),
)
def audit(record: BackupRestoreRecord) -> Findings:
    row = observed(record.observations, "audit_events", "audit_follows_deeds")
    return row.contains("audit_events", "ha.backup.created", "ha.backup.restored") + row.optional.equals(
        "audit_follows_deeds", True
    )


RULES = Rules(
    record=BackupRestoreRecord,
    checks=(
        archive,
        metadata,
        backup_time,
        refused_restores,
        restore_time,
        restore_correct,
        checksum,
        inventory,
        corrupt_restore,
        audit,
    ),
)
