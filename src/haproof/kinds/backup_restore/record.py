"""VAL15, Backup/Restore Validation: its figures and its observations."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from haproof.core.described import figure
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

    backup_ms: Annotated[
        Number | None,
        figure(
            label="Backup duration",
            subject="Backup",
            under=("rows",),
            meaning="Wall time of one backup through the command line.",
        ),
    ]
    restore_ms: Annotated[
        Number | None,
        figure(
            label="Restore duration",
            subject="Restore",
            under=("rows",),
            meaning="Wall time of one restore through the command line.",
        ),
    ]
    checksum_cli: Annotated[
        Digest | None,
        figure(
            label="SHA-256 from the command line",
            subject="The SHA-256 that the command line printed",
            own_target=True,
            meaning="SHA-256 that the command line printed for the backup.",
        ),
    ]
    checksum_file: Annotated[
        Digest | None,
        figure(
            label="SHA-256 of the file",
            subject="The SHA-256 of the archive file",
            own_target=True,
            meaning="SHA-256 of the archive as the lab read it.",
        ),
    ]
    row_counts_match: Annotated[
        bool | None,
        figure(
            label="Row counts match after restore",
            asks="whether row counts after the restore are those before the backup",
            broken="row counts after the restore differ from those before the backup",
            meaning="Whether every table has as many rows after the restore as before the backup.",
        ),
    ]
    payload_match: Annotated[
        bool | None,
        figure(
            label="Payload matches after restore",
            asks="whether the content after the restore is that before the backup",
            broken="the content after the restore differs from that before the backup",
            meaning=(
                "Whether the content of every table equals that before the backup, its structure and the "
                "sequences too, and no epoch came back."
            ),
        ),
    ]
    rows: Annotated[
        MaybeCount,
        figure(
            label="Rows backed up",
            counts=("row backed up", "rows backed up"),
            meaning="Rows that were backed up.",
            why="A duration says nothing without the size that it is for.",
            how="Counted before the backup.",
            not_proved="The time at another size: it does not grow in proportion.",
        ),
    ] = UNSET
    backup_bytes: Annotated[
        MaybeCount,
        figure(
            label="Size of the archive",
            subject="The size of the archive in bytes",
            meaning="Size of the archive, bytes.",
            why="A duration says nothing without the size that it is for.",
            how="The file's size after the backup.",
            not_proved="The size of the database: the archive is compressed and holds no indexes.",
        ),
    ] = UNSET
    archive_rows_match: Annotated[
        MaybeFlag,
        figure(
            label="The archive alone holds the rows",
            asks="whether the archive, restored on its own, holds the rows that were backed up",
            broken="the archive, restored on its own, does not hold the rows that were backed up",
            meaning=(
                "Whether the archive alone, restored by the lab into an empty database of its own, holds "
                "the rows."
            ),
            why="A restore into a database that still holds the rows does not show that the archive does.",
            how=(
                "pg_restore by the lab; counts and digests of rows, structure and sequences against the "
                "state before the backup; of a later backup likewise."
            ),
            not_proved="That the node's own restore works (that is VAL15-06).",
        ),
    ] = UNSET


class BackupRestoreObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL15 that no metric carries."""

    archive_entries: Annotated[
        MaybeCount,
        figure(
            counts=("entry listed in the archive", "entries listed in the archive"),
        ),
    ] = UNSET
    metadata_status: Annotated[
        MaybeText,
        figure(
            subject="The backup's status in its metadata",
        ),
    ] = UNSET
    metadata_bytes: Annotated[
        MaybeCount,
        figure(
            subject="The backup's size in its metadata",
        ),
    ] = UNSET
    file_bytes: Annotated[
        MaybeCount,
        figure(
            subject="The size of the archive file",
        ),
    ] = UNSET
    metadata_checksum: Annotated[
        Hex | UnsetType | None,
        figure(
            subject="The backup's checksum in its metadata",
            compared_with="SHA-256 of the file",
        ),
    ] = UNSET
    unconfirmed_restore_refused: Annotated[
        MaybeFlag,
        figure(
            asks="whether a restore without confirmation was refused",
            broken="a restore without confirmation was accepted (must be refused)",
        ),
    ] = UNSET
    out_of_maintenance_restore_refused: Annotated[
        MaybeFlag,
        figure(
            asks="whether a restore outside maintenance mode was refused",
            broken="a restore outside maintenance mode was accepted (must be refused)",
        ),
    ] = UNSET
    database_unchanged_by_refusals: Annotated[
        MaybeFlag,
        figure(
            asks="whether the refused restores left the database as it was",
            broken="a refused restore changed the database (must not)",
        ),
    ] = UNSET
    restore_beside_leader_refused: Annotated[
        MaybeFlag,
        figure(
            asks="whether a restore while another node leads was refused",
            broken="a restore while another node leads was accepted (must be refused)",
        ),
    ] = UNSET
    inventory_counts: Annotated[
        MaybeCounts,
        figure(
            subject="Listed backups after each step",
        ),
    ] = UNSET
    corrupt_restore_refused: Annotated[
        MaybeFlag,
        figure(
            asks="whether a corrupted archive was refused",
            broken="a corrupted archive was accepted (must be refused)",
        ),
    ] = UNSET
    database_unchanged_by_corrupt: Annotated[
        MaybeFlag,
        figure(
            asks="whether the corrupted archive left the database as it was",
            broken="a corrupted archive changed the database (must not)",
        ),
    ] = UNSET
    audit_events: Annotated[
        MaybeTexts,
        figure(
            subject="Audit events",
        ),
    ] = UNSET
    audit_follows_deeds: Annotated[
        MaybeFlag,
        figure(
            asks="whether audit events follow what was done",
            broken="audit events do not follow what was done",
        ),
    ] = UNSET


class BackupRestoreRecord(Record, frozen=True, kw_only=True):
    """A VAL15 report."""

    metrics: BackupRestoreMetrics
    observations: BackupRestoreObservations | None = None
