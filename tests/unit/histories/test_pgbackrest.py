"""The text of `pgbackrest verify`, which ends with status 0 whatever it found: every fault is read from it.

The texts are those of pgBackRest 2.45, but for the names.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.pgbackrest import NOTHING, Part, read_verify
from pgbackrest_texts import BRIEF, DAMAGED_BACKUP, DAMAGED_WAL, FULL, HEALTHY, INCREMENTAL


def test_a_healthy_repository() -> None:
    found = read_verify(HEALTHY)
    assert found.wal_fault() is None
    assert found.backup_fault(FULL) is None
    assert found.backup_fault(INCREMENTAL) is None


@pytest.mark.parametrize("text", [DAMAGED_WAL, BRIEF])
def test_a_damaged_segment(text: str) -> None:
    assert read_verify(text).wal_fault() == "1 of 16 WAL segments of archive 15-1 are not valid (other: 1)"


def test_a_damaged_segment_is_no_fault_of_a_backup() -> None:
    assert read_verify(DAMAGED_WAL).backup_fault(FULL) is None


def test_a_damaged_backup_is_found_and_so_is_the_one_that_needs_it() -> None:
    found = read_verify(DAMAGED_BACKUP)
    assert found.wal_fault() is None
    for label, files in ((FULL, 967), (INCREMENTAL, 968)):
        said = f"1 of {files} files of backup {label} are not valid (checksum invalid: 1)"
        assert found.backup_fault(label) == said


@pytest.mark.parametrize("text", ["", "\n", "P00 INFO: verify command end: completed successfully (2211ms)"])
def test_silence_is_a_fault(text: str) -> None:
    """Without `--output=text` verify prints nothing and ends with 0, damaged or not."""
    assert read_verify(text).wal_fault() == NOTHING
    assert read_verify(text).backup_fault(FULL) == NOTHING


def test_what_is_not_named_is_not_good() -> None:
    empty = read_verify("stanza: lab\nstatus: ok\n")
    assert empty.wal_fault() == "pgbackrest verify names no archive"
    assert empty.backup_fault(FULL) == f"pgbackrest verify does not name the backup {FULL}"
    assert read_verify(HEALTHY).backup_fault(FULL[:-1]) is not None


def test_a_status_that_no_count_explains_is_a_fault() -> None:
    found = read_verify(HEALTHY.replace("status: ok", "status: error"))
    assert found.wal_fault() == "pgbackrest verify says status: error"
    assert found.backup_fault(FULL) == "pgbackrest verify says status: error"


@pytest.mark.parametrize("kind", ["missing", "checksum invalid", "size invalid", "other"])
def test_every_count_is_read(kind: str) -> None:
    said = f"0 of 16 WAL segments of archive 15-1 are not valid ({kind}: 2)"
    assert read_verify(HEALTHY.replace(f"{kind}: 0", f"{kind}: 2", 1)).wal_fault() == said


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ("valid WAL: 16", "valid WAL: 15", "1 of 16 WAL segments of archive 15-1 are not valid"),
        ("valid WAL: 16", "valid WAL: 17", "-1 of 16 WAL segments of archive 15-1 are not valid"),
        ("15-1, ", "15-1, status: valid, ", "0 of 16 WAL segments of archive 15-1 are not valid"),
        (
            "missing: 0, checksum invalid: 0",
            "missing: 3, checksum invalid: 1",
            "0 of 16 WAL segments of archive 15-1 are not valid (missing: 3, checksum invalid: 1)",
        ),
    ],
)
def test_any_number_that_does_not_fit_is_a_fault(good: str, bad: str, said: str) -> None:
    assert read_verify(HEALTHY.replace(good, bad, 1)).wal_fault() == said


@pytest.mark.parametrize(
    ("good", "bad"),
    [("status: valid", "status: invalid"), (", status: valid", ""), ("valid files: 967", "valid files: 966")],
)
def test_a_backup_is_good_where_it_is_called_valid_and_all_its_files_are(good: str, bad: str) -> None:
    found = read_verify(HEALTHY.replace(good, bad, 1))
    missed = 1 if "files" in bad else 0
    assert found.backup_fault(FULL) == f"{missed} of 967 files of backup {FULL} are not valid"
    assert (found.wal_fault(), found.backup_fault(INCREMENTAL)) == (None, None)


def test_every_archive_and_every_backup_of_a_name_is_looked_at() -> None:
    archive = HEALTHY.replace("15-1", "16-1").replace("valid WAL: 16", "valid WAL: 12")
    found = read_verify(HEALTHY + archive)
    assert found.wal_fault() == "4 of 16 WAL segments of archive 16-1 are not valid"
    twice = read_verify(HEALTHY + DAMAGED_BACKUP)
    assert twice.backup_fault(FULL) == f"1 of 967 files of backup {FULL} are not valid (checksum invalid: 1)"
    assert [part.name for part in twice.archives] == ["15-1", "15-1"]
    assert [part.name for part in twice.backups] == [FULL, INCREMENTAL, FULL, INCREMENTAL]


def test_a_part_is_what_the_text_says_of_it() -> None:
    (archive,) = read_verify(BRIEF).archives
    assert archive == Part("archiveId", "15-1", None, 16, 15, ("other: 1",))
    backup = read_verify(DAMAGED_BACKUP).backups[1]
    assert backup == Part("backup", INCREMENTAL, "invalid", 968, 967, ("checksum invalid: 1",))


def test_spaces_around_a_status_are_none_of_it_and_nothing_is_not_ok() -> None:
    assert read_verify(HEALTHY.replace("status: ok", "status: ok ")).wal_fault() is None
    nothing = read_verify(HEALTHY.replace("status: ok", "status:  "))
    assert nothing.status == ""
    assert nothing.wal_fault() == "pgbackrest verify says status: "


@given(st.text())
def test_any_text_can_be_read_and_none_of_it_is_good_by_chance(text: str) -> None:
    assert read_verify(text).wal_fault() is not None
