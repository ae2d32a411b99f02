"""The checks of PITR: each rule over its figures, and what it means."""

from collections.abc import Iterator

from haproof.core.findings import Facts, Findings, observed
from haproof.core.kind import Closes, Rules, check
from haproof.kinds.pitr.gap import measured
from haproof.kinds.pitr.record import PitrRecord

SECOND = "pgbackrest_"
"""What the names of the second way's figures begin with."""

JUDGED = (
    "archived_segments", "base_verified", "restored_within_bounds", "acknowledged_before", "sent_before",
    "rows_restored", "latest_restored_all", "damaged_segment_refused", "missing_segment_refused",
    "future_target_refused", "latest_damage_noticed", "latest_missing_noticed", "damaged_base_refused",
    "archives_nowhere", "new_timeline",
)  # fmt: skip
"""Figures under a rule. Where the second way gives one of them it was tried, and has to give all."""


def _ways(record: PitrRecord) -> Iterator[tuple[Facts, str]]:
    """The figures of each way, and how their names begin: the second way is under the same rules."""
    yield Facts("metrics", record.metrics), ""
    yield observed(record.observations, *(SECOND + name for name in JUDGED)), SECOND


def _true(record: PitrRecord, *names: str) -> Findings:
    """Each of these figures is true, in each way."""
    return tuple(
        finding
        for facts, way in _ways(record)
        for name in names
        for finding in facts.equals(way + name, True)
    )


@check(
    "PITR-01",
    "WAL segments reach the archive",
    meaning="The primary's WAL reaches the archive, at least one segment.",
    why="Without WAL a base backup cannot even be started, and everything after it is gone.",
    how="The segments that lie in the archive after the primary was killed are counted.",
    not_proved="That an archive on another machine keeps up with production's WAL.",
)
def archived(record: PitrRecord) -> Findings:
    return tuple(
        finding for facts, way in _ways(record) for finding in facts.at_least(way + "archived_segments", 1)
    )


@check(
    "PITR-02",
    "backups are as their manifests say",
    meaning="Every file of the base, the incremental and the combined backup is as its manifest says.",
    why="A backup with one flipped bit starts, and fails months later when the page is read.",
    how=(
        "backup_manifest is read by haproof (the pg_verifybackup of some builds crashes): no file missing, "
        "none too many, each of its size and SHA-256."
    ),
    not_proved="That the pages were good when the backup was taken.",
)
def base_verified(record: PitrRecord) -> Findings:
    return _true(record, "base_verified")


@check(
    "PITR-03",
    "a restore to the moment T has what was acknowledged before, and nothing that was sent after",
    meaning="Restored to T, the copy has every row acknowledged before T and none that was sent after it.",
    why="Point-in-time recovery undoes a mistake; a minute too late restores the mistake with the data.",
    how=(
        "Four writers go on while the server's clock is asked for T. What was acknowledged before the "
        "question must be there, what was sent after the answer must not, from the base backup and from "
        "the combined incremental one."
    ),
    not_proved="Restore time at production size.",
    loss=True,
)
def restored(record: PitrRecord) -> Findings:
    return tuple(
        finding
        for facts, way in _ways(record)
        for finding in (
            *facts.equals(f"{way}restored_within_bounds", True),
            *facts.at_least(f"{way}acknowledged_before", 1),
            *facts.no_less(f"{way}rows_restored", f"{way}acknowledged_before"),
            *facts.no_less(f"{way}sent_before", f"{way}rows_restored"),
        )
    )


@check(
    "PITR-04",
    "a restore to the end of the archive has every acknowledged row",
    meaning="Restored to the end of the archive, every acknowledged row is there, and none that nobody sent.",
    why="It is the restore after the loss of a machine; here every row counts.",
    how="Rows are compared one by one, payload included, not counted.",
    not_proved="Rows whose segment was not archived yet when the primary died (archive_timeout bounds them).",
    loss=True,
)
def latest(record: PitrRecord) -> Findings:
    return _true(record, "latest_restored_all")


@check(
    "PITR-05",
    "with a target, a damaged segment before it is refused",
    meaning="With a target time, PostgreSQL refuses to open a copy whose WAL is damaged before the target.",
    why="A copy that opens short of its target looks restored.",
    how="The middle 4 KiB of a segment between backup and T are overwritten; the server must end.",
    not_proved="Damage after the target, which no restore to it reads.",
)
def damaged_segment(record: PitrRecord) -> Findings:
    return _true(record, "damaged_segment_refused")


@check(
    "PITR-06",
    "with a target, a missing segment before it is refused",
    meaning="With a target time, PostgreSQL refuses to open a copy whose WAL has a gap before the target.",
    why="A segment that was never archived is the most frequent damage of all.",
    how="A segment between backup and T is removed from a copy of the archive.",
    not_proved="Gaps after the target.",
)
def missing_segment(record: PitrRecord) -> Findings:
    return _true(record, "missing_segment_refused")


@check(
    "PITR-07",
    "a target that the archive does not reach is refused",
    meaning="A target time beyond the end of the archive is refused.",
    why="Whoever asks for 14:05 from an archive that ends at 13:50 must not get 13:50 without a word.",
    how="A moment one day after T is asked for.",
    not_proved="Targets by name, transaction or position.",
)
def future_target(record: PitrRecord) -> Findings:
    return _true(record, "future_target_refused")


@check(
    "PITR-08",
    "without a target, damage and gaps are noticed by the restore procedure",
    meaning="Restored without a target, a damaged or incomplete archive is noticed by the restore procedure.",
    why=(
        "Without a target PostgreSQL opens read-write at the first bad or missing record and says nothing: "
        "thousands of acknowledged rows can be missing from a server that looks healthy."
    ),
    how=(
        "Before the restore the procedure checks that all segments are there up to the last one that the "
        "primary archived, and reads every record (pg_waldump); afterwards, that recovery stopped at the "
        "archive's end. A procedure that finds fault with a complete archive fails too."
    ),
    not_proved="That somebody else's procedure looks: this is the lab's.",
    loss=True,
)
def latest_notices(record: PitrRecord) -> Findings:
    return _true(record, "latest_damage_noticed", "latest_missing_noticed")


@check(
    "PITR-09",
    "a damaged base backup is refused before it is started",
    meaning="A base backup with one flipped bit is refused before PostgreSQL is started on it.",
    why="PostgreSQL starts on it and takes writes; the damage shows when the page is read.",
    how="One bit in the largest table's file is flipped; the manifest's checksum must not match.",
    not_proved="Damage to WAL inside a backup (these backups take WAL from the archive).",
)
def damaged_base(record: PitrRecord) -> Findings:
    return _true(record, "damaged_base_refused")


@check(
    "PITR-10",
    "the restored copy takes writes on a new timeline and archives nothing",
    meaning="The restored copy takes writes, on a timeline of its own, and writes nothing into the archive.",
    why="A copy that archives mixes its own WAL into the archive that the next restore needs.",
    how=(
        "A row is written to the copy, its segment ended and a checkpoint made; the archive's listing and "
        "digests before and after are compared."
    ),
    not_proved="Copies that are made a new primary on purpose: those need an archive of their own.",
)
def copy_apart(record: PitrRecord) -> Findings:
    return _true(record, "archives_nowhere", "new_timeline")


RULES = Rules(
    record=PitrRecord,
    checks=(
        archived,
        base_verified,
        restored,
        latest,
        damaged_segment,
        missing_segment,
        future_target,
        latest_notices,
        damaged_base,
        copy_apart,
    ),
    closes=(Closes(gap="GAP-6", measured=measured),),
)
