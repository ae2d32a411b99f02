"""The text of `pgbackrest verify`, which ends with status 0 whatever it found: every fault is read from it.

The texts are those of pgBackRest 2.45, but for the names.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.pgbackrest import NOTHING, read_verify
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
    assert read_verify(HEALTHY.replace(f"{kind}: 0", f"{kind}: 2", 1)).wal_fault() is not None


@given(st.text())
def test_any_text_can_be_read_and_none_of_it_is_good_by_chance(text: str) -> None:
    assert read_verify(text).wal_fault() is not None
