"""PITR's second way, by pgBackRest: observations that are there where it was tried, or say why it was not.

Each repeats a figure of the first way, of a primary and a repository of its own, and is under its rule.
"""

from typing import Annotated

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import Maybe, MaybeCount, MaybeFlag, MaybeText, Part


class PgBackRestObservations(Part, frozen=True, kw_only=True):
    """What pgBackRest came to; left out where it was not tried."""

    pgbackrest_version: Annotated[
        MaybeText,
        figure(
            label="pgBackRest",
            meaning="Version of the pgBackRest that backed up and restored the second primary.",
            how="Asked of the program.",
        ),
    ] = UNSET
    pgbackrest_not_tried: Annotated[
        MaybeText,
        figure(
            label="pgBackRest not tried",
            meaning="Why there is no second way: pgBackRest is not there, or does not know this PostgreSQL.",
        ),
    ] = UNSET
    pgbackrest_archived_segments: Annotated[
        MaybeCount,
        figure(
            label="WAL segments archived, pgBackRest",
            counts=("WAL segment archived by pgBackRest", "WAL segments archived by pgBackRest"),
            meaning="WAL segments in the repository after the primary was killed.",
        ),
    ] = UNSET
    pgbackrest_backup_ms: Annotated[
        Maybe,
        figure(
            label="Full backup, pgBackRest",
            subject="The full backup by pgBackRest",
            meaning="How long the full backup took, under load.",
        ),
    ] = UNSET
    pgbackrest_incremental_ms: Annotated[
        Maybe,
        figure(
            label="Incremental backup, pgBackRest",
            subject="The incremental backup by pgBackRest",
            meaning="How long the incremental backup took, under load; it needs no PostgreSQL 17.",
        ),
    ] = UNSET
    pgbackrest_base_verified: Annotated[
        MaybeFlag,
        figure(
            label="Backups valid, by pgbackrest verify",
            asks="whether pgbackrest verify calls every backup valid",
            broken="pgbackrest verify finds fault with a backup",
            meaning="Whether the text of pgbackrest verify calls every backup valid.",
        ),
    ] = UNSET
    pgbackrest_restore_ms: Annotated[
        Maybe,
        figure(
            label="Restore to T, pgBackRest",
            subject="The restore to T by pgBackRest",
            meaning="From pgbackrest restore until the restored server takes writes at T.",
        ),
    ] = UNSET
    pgbackrest_acknowledged_before: Annotated[
        MaybeCount,
        figure(
            label="Writes acknowledged before T, pgBackRest",
            counts=("write acknowledged before its T", "writes acknowledged before its T"),
            meaning="Writes to its primary acknowledged before the server was asked for T.",
        ),
    ] = UNSET
    pgbackrest_sent_before: Annotated[
        MaybeCount,
        figure(
            label="Writes sent before T, pgBackRest",
            counts=("write sent before its T", "writes sent before its T"),
            own_target=True,
            meaning="Writes to its primary sent before the server answered with T.",
        ),
    ] = UNSET
    pgbackrest_rows_restored: Annotated[
        MaybeCount,
        figure(
            label="Rows restored to T, pgBackRest",
            counts=("row restored to T by pgBackRest", "rows restored to T by pgBackRest"),
            own_target=True,
            meaning="Rows of the copy that pgBackRest restored to T.",
        ),
    ] = UNSET
    pgbackrest_restored_within_bounds: Annotated[
        MaybeFlag,
        figure(
            label="Restored as of T, pgBackRest",
            asks=(
                "whether the copies that pgBackRest restored to T have every row acknowledged before it "
                "and none sent after it"
            ),
            broken=(
                "a copy that pgBackRest restored to T lacks a row acknowledged before it, or has one sent "
                "after it"
            ),
            meaning=(
                "Whether the copies that pgBackRest restored to T, from the full and the incremental "
                "backup, have every row acknowledged before it and none sent after it."
            ),
        ),
    ] = UNSET
    pgbackrest_latest_restored_all: Annotated[
        MaybeFlag,
        figure(
            label="Everything restored, pgBackRest",
            asks="whether the copy that pgBackRest restored to the end has every acknowledged row",
            broken="the copy that pgBackRest restored to the end lacks an acknowledged row",
            meaning="Whether the copy that pgBackRest restored to the end has every acknowledged row.",
        ),
    ] = UNSET
    pgbackrest_damaged_segment_refused: Annotated[
        MaybeFlag,
        figure(
            label="Damaged segment refused, pgBackRest",
            asks="whether a damaged segment in the repository was refused with a target after it",
            broken="a damaged segment in the repository was not refused with a target after it",
            meaning="Whether a damaged segment in the repository ends a recovery to a later target.",
        ),
    ] = UNSET
    pgbackrest_missing_segment_refused: Annotated[
        MaybeFlag,
        figure(
            label="Missing segment refused, pgBackRest",
            asks="whether a segment missing in the repository was refused with a target after it",
            broken="a segment missing in the repository was not refused with a target after it",
            meaning="Whether a segment missing in the repository ends a recovery to a later target.",
        ),
    ] = UNSET
    pgbackrest_future_target_refused: Annotated[
        MaybeFlag,
        figure(
            label="Target beyond the repository refused",
            asks="whether a target beyond the end of the repository was refused",
            broken="a target beyond the end of the repository was not refused",
            meaning="Whether a target beyond the end of the repository ends the recovery.",
        ),
    ] = UNSET
    pgbackrest_latest_damage_noticed: Annotated[
        MaybeFlag,
        figure(
            label="Damage noticed without a target, pgBackRest",
            asks="whether damage in the repository was noticed without a target",
            broken="a damaged repository was restored to its end and nobody noticed",
            meaning="Whether damage in the repository is noticed without a target: by the text of verify.",
        ),
    ] = UNSET
    pgbackrest_latest_missing_noticed: Annotated[
        MaybeFlag,
        figure(
            label="Missing segment noticed, pgBackRest",
            asks="whether a segment missing in the repository was noticed without a target",
            broken="a repository with a missing segment was restored to its end and nobody noticed",
            meaning=(
                "Whether a segment missing in the repository is noticed without a target: by the list of "
                "its segments, because verify counts none as missing."
            ),
        ),
    ] = UNSET
    pgbackrest_damaged_base_refused: Annotated[
        MaybeFlag,
        figure(
            label="Damaged backup refused, pgBackRest",
            asks="whether pgbackrest restore refused a damaged backup",
            broken="a damaged backup was restored by pgBackRest and started",
            meaning="Whether pgbackrest restore refused a damaged backup.",
        ),
    ] = UNSET
    pgbackrest_archives_nowhere: Annotated[
        MaybeFlag,
        figure(
            label="Copy archives nothing, pgBackRest",
            asks="whether the copy that pgBackRest restored archives nothing",
            broken="the copy that pgBackRest restored wrote into the repository, or would",
            meaning="Whether nothing of the copy reached the repository (restored with --archive-mode=off).",
        ),
    ] = UNSET
    pgbackrest_new_timeline: Annotated[
        MaybeFlag,
        figure(
            label="Copy on a new timeline, pgBackRest",
            asks="whether the copy that pgBackRest restored takes writes on a new timeline",
            broken="the copy that pgBackRest restored takes no writes, or writes on the old timeline",
            meaning="Whether the copy that pgBackRest restored takes writes on a timeline of its own.",
        ),
    ] = UNSET
    pgbackrest_verify_status: Annotated[
        MaybeCount,
        figure(
            label="Exit status of verify on a damaged archive",
            setting=True,
            meaning=(
                "The exit status of pgbackrest verify on a repository with a damaged segment: 0 in the "
                "versions known, so that only its text says so."
            ),
        ),
    ] = UNSET
    pgbackrest_latest_damage_rows_missing: Annotated[
        MaybeCount,
        figure(
            label="Rows missing after damage, pgBackRest alone",
            counts=("row missing after damage", "rows missing after damage"),
            meaning=(
                "Acknowledged rows that the copy lacks which pgbackrest restore and PostgreSQL opened from "
                "a damaged repository without a target."
            ),
        ),
    ] = UNSET
    pgbackrest_latest_missing_rows_missing: Annotated[
        MaybeCount,
        figure(
            label="Rows missing after a gap, pgBackRest alone",
            counts=("row missing after a gap", "rows missing after a gap"),
            meaning=(
                "Acknowledged rows that the copy lacks which pgbackrest restore and PostgreSQL opened from "
                "a repository with a gap without a target."
            ),
        ),
    ] = UNSET
