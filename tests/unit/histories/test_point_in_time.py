"""Figures of a point-in-time recovery from its lines: a healthy run, and each planted fault."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from haproof.core.histories.point_in_time import TARGET_NOT_REACHED, History, derive, figures, position
from haproof.core.histories.point_in_time_lines import (
    Answered,
    AnyLine,
    Archived,
    Backup,
    Found,
    Inspected,
    Listed,
    Opened,
    Restore,
    Sent,
    Target,
    Until,
    Wrote,
    decode,
    encode,
)

SHA = "ab" * 32
SEGMENT = "000000010000000000000005"
ASKED_MS, ANSWERED_MS = 100.0, 101.0
ROWS = (1, 2, 3, 4, 5)
"""1 and 2 are acknowledged before T, 3 is in flight at T, 4 and 5 come later."""

TRUE = (
    "base_verified",
    "restored_within_bounds",
    "latest_restored_all",
    "damaged_segment_refused",
    "missing_segment_refused",
    "future_target_refused",
    "latest_damage_noticed",
    "latest_missing_noticed",
    "damaged_base_refused",
    "archives_nowhere",
    "new_timeline",
)


def _write(row: int, sent_ms: float, answered_ms: float) -> list[AnyLine]:
    return [
        Sent(t_ms=sent_ms, id=row),
        Answered(t_ms=answered_ms, id=row, outcome="acknowledged"),
    ]


def _opened(restore: str, rows: tuple[int, ...], stopped_at: str = "0/900000") -> Opened:
    return Opened(
        t_ms=900,
        restore=restore,
        timeline=2,
        stopped_at=stopped_at,
        stop_reason="before a transaction",
        end="0/900000",
        stored=len(rows),
        rows=list(rows),
    )


def _restore(
    name: str, archive: str, until: Until, refused_by: Any = None, words: str | None = None
) -> Restore:
    return Restore(
        t_ms=850.5,
        restore=name,
        backup="base",
        archive=archive,
        until=until,
        began_ms=800,
        refused_by=refused_by,
        words=words,
    )


def _file(backup: str, checksum: str = SHA) -> list[AnyLine]:
    return [
        Listed(t_ms=1, backup=backup, path="base/1/2", size=8192, algorithm="SHA256", checksum=SHA),
        Found(t_ms=1, backup=backup, path="base/1/2", size=8192, checksum=checksum),
    ]


@dataclass
class Run:
    """The lines of a healthy run, to be changed."""

    lines: list[AnyLine] = field(default_factory=list)

    def change(self, kind: type[AnyLine], which: Callable[[Any], bool], **changed: Any) -> None:
        """Replace fields of the lines that `which` picks; at least one must be there."""
        picked = [line for line in self.lines if isinstance(line, kind) and which(line)]
        assert picked
        self.lines = [
            replace(line, **changed) if isinstance(line, kind) and which(line) else line
            for line in self.lines
        ]

    def drop(self, kind: type[AnyLine], which: Callable[[Any], bool]) -> None:
        kept = [line for line in self.lines if not (isinstance(line, kind) and which(line))]
        assert len(kept) < len(self.lines)
        self.lines = kept

    @property
    def figures(self) -> dict[str, Any]:
        """Through the bytes of the file, as everybody reads it."""
        return derive(map(encode, self.lines))


def healthy() -> Run:
    run = Run()
    run.lines += _write(1, 10, 20) + _write(2, 30, ASKED_MS) + _write(3, 99, 102)
    run.lines += _write(4, 102, 103) + _write(5, 200, 201)
    run.lines += [
        Backup(t_ms=50, backup="base", began_ms=40, start="0/500028", end="0/500100", timeline=1),
        Backup(t_ms=70, backup="incremental", began_ms=60, start="0/600028", end="0/600100", timeline=1),
        Target(t_ms=ANSWERED_MS, asked_ms=ASKED_MS, time="2026-11-28 17:00:00.5+00", lsn="0/800000"),
        Archived(t_ms=300, archive="kept", name=SEGMENT, size=1 << 20, sha256=SHA),
        Archived(t_ms=300, archive="kept", name=f"{SEGMENT}.00000028.backup", size=300, sha256=SHA),
        *_file("base"),
        *_file("incremental"),
        _restore("time", "kept", "time"),
        _opened("time", (1, 2, 3)),
        Wrote(
            t_ms=910,
            restore="time",
            acknowledged=True,
            archive_mode="off",
            archive_before=SHA,
            archive_after=SHA,
        ),
        Inspected(t_ms=700, archive="kept", missing=[], unreadable=None),
        _restore("end", "kept", "end"),
        _opened("end", ROWS),
        _restore("future", "kept", "future", "PostgreSQL", TARGET_NOT_REACHED),
        Inspected(t_ms=700, archive="damaged", missing=[], unreadable="incorrect checksum in record"),
        _restore("damaged-time", "damaged", "time", "PostgreSQL", TARGET_NOT_REACHED),
        _restore("damaged-end", "damaged", "end"),
        _opened("damaged-end", (1,), stopped_at="0/700010"),
        Inspected(t_ms=700, archive="missing", missing=[SEGMENT], unreadable=None),
        _restore("missing-time", "missing", "time", "PostgreSQL", TARGET_NOT_REACHED),
        _restore("missing-end", "missing", "end"),
        _opened("missing-end", (), stopped_at="0/600000"),
        *_file("damaged-base", checksum="cd" * 32),
        _restore("damaged-base", "kept", "end", "procedure", "base/1/2 has another checksum"),
    ]
    return run


def test_a_healthy_run_has_every_figure() -> None:
    found = healthy().figures
    assert {name: found[name] for name in TRUE} == dict.fromkeys(TRUE, True)
    assert found["archived_segments"] == 1
    assert (found["backup_ms"], found["incremental_ms"], found["restore_ms"]) == (10, 10, 50.5)
    assert found["target_time"] == "2026-11-28 17:00:00.5+00"
    assert (found["acknowledged_before"], found["sent_before"], found["rows_in_flight"]) == (2, 3, 1)
    assert (found["rows_restored"], found["recovery_stop_reason"]) == (3, "before a transaction")
    assert (found["latest_damage_rows_missing"], found["latest_missing_rows_missing"]) == (4, 5)


@pytest.mark.parametrize("rows", [(1, 2), (1, 2, 3)])
def test_what_is_in_flight_at_the_moment_may_be_there_or_not(rows: tuple[int, ...]) -> None:
    run = healthy()
    run.change(Opened, lambda line: line.restore == "time", rows=list(rows), stored=len(rows))
    assert run.figures["restored_within_bounds"] is True


def _time(rows: tuple[int, ...], stored: int) -> Callable[[Run], None]:
    return lambda run: run.change(Opened, lambda line: line.restore == "time", rows=list(rows), stored=stored)


def _end(rows: tuple[int, ...], stored: int) -> Callable[[Run], None]:
    return lambda run: run.change(Opened, lambda line: line.restore == "end", rows=list(rows), stored=stored)


def _of(kind: type[AnyLine], name: str, value: str, **changed: Any) -> Callable[[Run], None]:
    return lambda run: run.change(kind, lambda line: getattr(line, name) == value, **changed)


FAULTS: dict[str, tuple[str, Callable[[Run], None]]] = {
    "acknowledged before T, and not restored": ("restored_within_bounds", _time((1, 3), 2)),
    "restored, and sent after T": ("restored_within_bounds", _time((1, 2, 3, 4), 4)),
    "restored, and sent by nobody": ("restored_within_bounds", _time((1, 2, 9), 3)),
    "restored with another payload": ("restored_within_bounds", _time((1, 2), 3)),
    "the end lacks the last row": ("latest_restored_all", _end((1, 2, 3, 4), 4)),
    "the end has a row that nobody sent": ("latest_restored_all", _end((*ROWS, 9), 6)),
    "the end has a row with another payload": ("latest_restored_all", _end(ROWS, 6)),
    "the copy to the end did not open": (
        "latest_restored_all",
        lambda run: run.drop(Opened, lambda line: line.restore == "end"),
    ),
    "a backup's file with another checksum": (
        "base_verified",
        _of(Found, "backup", "base", checksum="cd" * 32),
    ),
    "a backup's file cut off": ("base_verified", _of(Found, "backup", "incremental", size=8191)),
    "a backup's file under another name": ("base_verified", _of(Found, "backup", "base", path="base/1/3")),
    "a manifest without checksums": ("base_verified", _of(Listed, "backup", "base", checksum=None)),
    "damage, and PostgreSQL opened": (
        "damaged_segment_refused",
        _of(Restore, "restore", "damaged-time", refused_by=None, words=None),
    ),
    "damage, and PostgreSQL ended for another reason": (
        "damaged_segment_refused",
        _of(Restore, "restore", "damaged-time", words="could not write: No space left on device"),
    ),
    "a gap, and PostgreSQL opened": (
        "missing_segment_refused",
        _of(Restore, "restore", "missing-time", refused_by=None, words=None),
    ),
    "a target beyond the end, and PostgreSQL opened": (
        "future_target_refused",
        _of(Restore, "restore", "future", refused_by=None, words=None),
    ),
    "a damaged base backup that was started": (
        "damaged_base_refused",
        _of(Restore, "restore", "damaged-base", refused_by=None, words=None),
    ),
    "a damaged base backup that PostgreSQL refused": (
        "damaged_base_refused",
        _of(Restore, "restore", "damaged-base", refused_by="PostgreSQL", words=TARGET_NOT_REACHED),
    ),
    "a copy that archives": ("archives_nowhere", _of(Wrote, "restore", "time", archive_mode="on")),
    "a copy whose WAL reached the archive": (
        "archives_nowhere",
        _of(Wrote, "restore", "time", archive_after="cd" * 32),
    ),
    "a copy that takes no writes": ("new_timeline", _of(Wrote, "restore", "time", acknowledged=False)),
    "a copy on the old timeline": ("new_timeline", _of(Opened, "restore", "time", timeline=1)),
}


@pytest.mark.parametrize(("name", "plant"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(name: str, plant: Callable[[Run], None]) -> None:
    run = healthy()
    plant(run)
    found = run.figures
    assert found[name] is False
    others = {other for other in TRUE if found[other] is not True} - {name}
    assert others == set(), "nothing else is blamed"


def test_a_copy_that_did_not_open_shows_nothing() -> None:
    run = healthy()
    run.drop(Opened, lambda line: line.restore == "time")
    found = run.figures
    assert (found["restored_within_bounds"], found["new_timeline"]) == (False, False)
    assert (found["rows_restored"], found["restore_ms"]) == (None, None)


@pytest.mark.parametrize("word", ["damage", "missing"])
def test_a_procedure_that_looks_at_nothing_notices_nothing(word: str) -> None:
    archive = {"damage": "damaged", "missing": "missing"}[word]
    run = healthy()
    run.change(Inspected, lambda line: line.archive == archive, missing=[], unreadable=None)
    run.change(Opened, lambda line: line.restore == f"{archive}-end", end=None)
    assert run.figures[f"latest_{word}_noticed"] is False


@pytest.mark.parametrize("word", ["damage", "missing"])
def test_a_recovery_that_stopped_before_the_end_of_the_archive_is_noticed_too(word: str) -> None:
    archive = {"damage": "damaged", "missing": "missing"}[word]
    run = healthy()
    run.change(Inspected, lambda line: line.archive == archive, missing=[], unreadable=None)
    assert run.figures[f"latest_{word}_noticed"] is True


def test_a_lost_last_segment_counts_as_a_missing_one() -> None:
    run = healthy()
    run.lines.append(Inspected(t_ms=1, archive="missing-last", missing=[], unreadable=None))
    assert run.figures["latest_missing_noticed"] is False


def test_who_finds_fault_with_a_healthy_archive_notices_nothing() -> None:
    run = healthy()
    run.change(Inspected, lambda line: line.archive == "kept", unreadable="anything")
    found = run.figures
    assert (found["latest_damage_noticed"], found["latest_missing_noticed"]) == (False, False)


def test_who_finds_fault_with_an_archive_that_lost_rows_is_right() -> None:
    run = healthy()
    run.change(Inspected, lambda line: line.archive == "kept", missing=[SEGMENT])
    run.change(Opened, lambda line: line.restore == "end", rows=[1], stored=1)
    found = run.figures
    assert (found["latest_damage_noticed"], found["latest_restored_all"]) == (True, False)


def test_nothing_tried_is_null_not_false() -> None:
    found = figures(History([]))
    assert found.pop("archived_segments") == 0
    assert set(found.values()) == {None}


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"what":"sent","t_ms":1,"id":1}', "line 2: has no end"),
        (b"nothing\n", "line 2: not JSON"),
        (b'{"what":"guessed","t_ms":1}\n', "line 2: Invalid value 'guessed'"),
        (b'{"what":"sent","t_ms":-1,"id":1}\n', "line 2: Expected"),
        (b'{"what":"sent","t_ms":1,"id":"1"}\n', "line 2: Expected `int`"),
    ],
)
def test_a_file_that_is_none_names_its_line(line: bytes, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        derive([encode(Sent(t_ms=1, id=1)), line])


@given(st.integers(0, 2**64 - 1))
def test_a_position_is_read_as_postgresql_writes_it(lsn: int) -> None:
    assert position(f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}") == lsn


@given(
    st.lists(st.tuples(st.floats(0, 200), st.floats(0, 50)), min_size=1, max_size=20),
    st.floats(50, 150),
    st.floats(0, 5),
    st.data(),
)
def test_a_copy_is_within_bounds_where_it_has_all_that_must_and_nothing_that_must_not(
    writes: list[tuple[float, float]], asked: float, took: float, data: st.DataObject
) -> None:
    """A commit lies between its send and its answer, T between question and answer: whatever PostgreSQL
    restores by its own clock is within bounds; one acknowledged row less, or one later row more, is not."""
    moment = data.draw(st.floats(asked, asked + took))
    commits = {row: data.draw(st.floats(sent, sent + took)) for row, (sent, took) in enumerate(writes, 1)}
    rows = sorted(row for row, at in commits.items() if at <= moment)
    run = Run([Backup(t_ms=2, backup="base", began_ms=1, start="0/1", end="0/2", timeline=1)])
    for row, (sent, length) in enumerate(writes, 1):
        run.lines += _write(row, sent, sent + length)
    run.lines.append(Target(t_ms=asked + took, asked_ms=asked, time="t", lsn="0/3"))
    run.lines += [_restore("time", "kept", "time"), _opened("time", tuple(rows))]
    found = run.figures
    assert found["restored_within_bounds"] is True
    assert found["acknowledged_before"] <= found["rows_restored"] <= found["sent_before"]
    certain = [row for row, (sent, length) in enumerate(writes, 1) if sent + length <= asked]
    if certain:
        run.lines[-1] = _opened("time", tuple(row for row in rows if row != certain[0]))
        assert run.figures["restored_within_bounds"] is False
    later = [row for row, (sent, _) in enumerate(writes, 1) if sent > asked + took]
    if later:
        run.lines[-1] = _opened("time", (*rows, later[0]))
        assert run.figures["restored_within_bounds"] is False


def test_lines_come_back_as_they_were() -> None:
    lines = healthy().lines
    assert decode(map(encode, lines)) == lines
