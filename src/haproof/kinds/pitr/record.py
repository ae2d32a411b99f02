"""PITR, point-in-time recovery: its figures and its observations."""

from typing import Annotated

from haproof.core.described import figure
from haproof.core.record import Count, MaybeCount, Number, Part, Record
from haproof.kinds.pitr.pgbackrest import PgBackRestObservations


class PitrMetrics(Part, frozen=True, kw_only=True):
    """Figures of PITR. T is `target_time`, by the server's clock."""

    postgres_version: Annotated[
        str | None,
        figure(
            label="PostgreSQL",
            meaning="Version of the PostgreSQL that was backed up and restored.",
            why=(
                "Incremental backups came with 17, and what recovery says at its end differs "
                "between versions."
            ),
            how="Asked of the programs that were run.",
            not_proved="That other versions do the same.",
        ),
    ]
    archived_segments: Annotated[
        Count | None,
        figure(
            label="WAL segments archived",
            counts=("WAL segment archived", "WAL segments archived"),
            meaning="WAL segments in the archive after the primary was killed.",
        ),
    ]
    backup_ms: Annotated[
        Number | None,
        figure(
            label="Base backup",
            subject="The base backup",
            meaning="How long the base backup took, under load.",
            why="A backup that outlasts its window is skipped sooner or later.",
            how="Wall time of pg_basebackup, monotonic clock of the lab.",
            not_proved="The time at production size.",
        ),
    ]
    incremental_ms: Annotated[
        Number | None,
        figure(
            label="Incremental backup",
            subject="The incremental backup",
            meaning=(
                "How long the incremental backup took, under load; null before PostgreSQL 17, which has none."
            ),
            why="It is what makes frequent backups of large databases possible.",
            how="Wall time of pg_basebackup, monotonic clock of the lab.",
            not_proved="The time at production size.",
        ),
    ]
    base_verified: Annotated[
        bool | None,
        figure(
            label="Backups as their manifests say",
            asks="whether every backup is as its manifest says",
            broken="a backup is not as its manifest says",
            meaning="Whether every file of every backup is as its manifest says.",
        ),
    ]
    verify_method: Annotated[
        str | None,
        figure(
            label="Backups verified by",
            meaning="What the backups were verified with.",
            why="The pg_verifybackup of some builds crashes on good and bad backups alike.",
            how="As the restore procedure reports it.",
            not_proved="That other methods find the same damage.",
        ),
    ]
    restore_ms: Annotated[
        Number | None,
        figure(
            label="Restore to T",
            subject="The restore to T",
            meaning="From the copy of the base backup until the restored server takes writes at T.",
            why="It is the lower bound of every recovery to a point in time.",
            how="Monotonic clock of the lab; copying the backup is included.",
            not_proved="The time at production size.",
        ),
    ]
    target_time: Annotated[
        str | None,
        figure(
            label="T",
            meaning="T, the moment that is restored to, by the server's clock.",
            why="Recovery compares it with the times of commits, which are the server's.",
            how="Asked of the server between two readings of the lab's monotonic clock.",
            not_proved="That the server's clock is right.",
        ),
    ]
    acknowledged_before: Annotated[
        Count | None,
        figure(
            label="Writes acknowledged before T",
            counts=("write acknowledged before T", "writes acknowledged before T"),
            meaning="Writes acknowledged before the server was asked for T: all must be there.",
        ),
    ]
    sent_before: Annotated[
        Count | None,
        figure(
            label="Writes sent before T",
            counts=("write sent before T", "writes sent before T"),
            own_target=True,
            meaning="Writes sent before the server answered with T: no other may be there.",
        ),
    ]
    rows_restored: Annotated[
        Count | None,
        figure(
            label="Rows restored to T",
            counts=("row restored to T", "rows restored to T"),
            own_target=True,
            meaning="Rows of the copy that was restored to T.",
        ),
    ]
    rows_in_flight: Annotated[
        Count | None,
        figure(
            label="Writes in flight at T",
            counts=("write in flight at T", "writes in flight at T"),
            setting=True,
            meaning="Writes that were under way at T: they may be restored or not.",
            why="With writers running, the rows of a moment are only defined up to these.",
            how=("Sent before the server answered with T, and not acknowledged before it was asked."),
            not_proved="Which of them were committed before T.",
        ),
    ]
    restored_within_bounds: Annotated[
        bool | None,
        figure(
            label="Restored as of T",
            asks=(
                "whether the copies restored to T have every row acknowledged before it and "
                "none sent after it"
            ),
            broken=("a copy restored to T lacks a row acknowledged before it, or has one sent after it"),
            meaning=(
                "Whether the copies restored to T have every row acknowledged before it and "
                "none sent after it."
            ),
        ),
    ]
    latest_restored_all: Annotated[
        bool | None,
        figure(
            label="Everything restored",
            asks="whether the copy restored to the end of the archive has every acknowledged row",
            broken=(
                "the copy restored to the end of the archive lacks an acknowledged row, or has "
                "one that nobody sent"
            ),
            meaning=(
                "Whether the copy restored to the archive's end has every acknowledged row, and "
                "none that nobody sent."
            ),
        ),
    ]
    damaged_segment_refused: Annotated[
        bool | None,
        figure(
            label="Damaged segment refused",
            asks="whether a damaged segment before the target was refused",
            broken="a damaged segment before the target was not refused",
            meaning="Whether a damaged segment before the target ends the recovery.",
        ),
    ]
    missing_segment_refused: Annotated[
        bool | None,
        figure(
            label="Missing segment refused",
            asks="whether a missing segment before the target was refused",
            broken="a missing segment before the target was not refused",
            meaning="Whether a missing segment before the target ends the recovery.",
        ),
    ]
    future_target_refused: Annotated[
        bool | None,
        figure(
            label="Target beyond the archive refused",
            asks="whether a target beyond the end of the archive was refused",
            broken="a target beyond the end of the archive was not refused",
            meaning="Whether a target beyond the end of the archive ends the recovery.",
        ),
    ]
    latest_damage_noticed: Annotated[
        bool | None,
        figure(
            label="Damage noticed without a target",
            asks="whether damage was noticed where PostgreSQL, without a target, says nothing",
            broken="a damaged archive was restored to its end and nobody noticed",
            meaning="Whether damage is noticed where PostgreSQL, without a target, says nothing.",
        ),
    ]
    latest_missing_noticed: Annotated[
        bool | None,
        figure(
            label="Missing segment noticed without a target",
            asks=("whether a missing segment was noticed where PostgreSQL, without a target, says nothing"),
            broken="an archive with a missing segment was restored to its end and nobody noticed",
            meaning=(
                "Whether a missing segment, the last one included, is noticed where PostgreSQL, "
                "without a target, says nothing."
            ),
        ),
    ]
    damaged_base_refused: Annotated[
        bool | None,
        figure(
            label="Damaged backup refused",
            asks="whether a damaged base backup was refused before it was started",
            broken="a damaged base backup was started",
            meaning="Whether a damaged base backup was refused before it was started.",
        ),
    ]
    archives_nowhere: Annotated[
        bool | None,
        figure(
            label="Copy archives nothing",
            asks="whether the restored copy archives nothing",
            broken="the restored copy wrote into the archive, or would",
            meaning="Whether nothing of the restored copy reached the archive.",
        ),
    ]
    new_timeline: Annotated[
        bool | None,
        figure(
            label="Copy on a new timeline",
            asks="whether the restored copy takes writes on a new timeline",
            broken="the restored copy takes no writes, or writes on the old timeline",
            meaning="Whether the restored copy takes writes on a timeline of its own.",
        ),
    ]
    recovery_stop_reason: Annotated[
        str | None,
        figure(
            label="Recovery stopped",
            meaning="Where and why the recovery to T stopped, in PostgreSQL's words.",
            why="It names the first transaction that was left out, with its time.",
            how="From the copy's log, else from the history file of its timeline.",
            not_proved="That nothing before that transaction is missing (that is PITR-03).",
        ),
    ]


class PitrObservations(PgBackRestObservations, frozen=True, kw_only=True):
    """What PostgreSQL by itself would have lost without a word, null where it opened no copy; and what
    pgBackRest came to."""

    latest_damage_rows_missing: Annotated[
        MaybeCount,
        figure(
            label="Rows missing after damage, PostgreSQL alone",
            counts=("row missing after damage", "rows missing after damage"),
            meaning=(
                "Acknowledged rows that the copy lacks which PostgreSQL opened from a damaged "
                "archive without a target."
            ),
        ),
    ] = None
    latest_missing_rows_missing: Annotated[
        MaybeCount,
        figure(
            label="Rows missing after a gap, PostgreSQL alone",
            counts=("row missing after a gap", "rows missing after a gap"),
            meaning=(
                "Acknowledged rows that the copy lacks which PostgreSQL opened from an archive "
                "with a gap without a target."
            ),
        ),
    ] = None


class PitrRecord(Record, frozen=True, kw_only=True):
    """A PITR report."""

    metrics: PitrMetrics
    observations: PitrObservations | None = None
