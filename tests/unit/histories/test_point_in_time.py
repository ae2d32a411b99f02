"""Figures of a point-in-time recovery from its lines: a healthy run, and each planted fault."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from haproof.core.histories.point_in_time import (
    TARGET_NOT_REACHED,
    History,
    derive,
    figures,
    manifest_faults,
    position,
)
from haproof.core.histories.point_in_time_lines import (
    LONGEST_LINE,
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
    decode,
    encode,
)
from pitr_history import ANSWERED_MS, FAULTS, ROWS, SEGMENT, TRUE, Run, healthy, opened, restore, write


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


@pytest.mark.parametrize(("name", "plant"), FAULTS.values(), ids=FAULTS.keys())
def test_a_planted_fault_is_found(name: str, plant: Callable[[Run], None]) -> None:
    run = healthy()
    plant(run)
    found = run.figures
    assert found[name] is False
    others = {other for other in TRUE if found[other] is not True} - {name}
    assert others == set(), "nothing else is blamed"


@pytest.mark.parametrize(
    ("listed", "found", "faults"),
    [
        ([("a", 8, "x")], [("a", 8, "x")], []),
        ([("a", 8, "x"), ("b", 8, "x")], [("b", 8, "x")], ["a is missing"]),
        ([("a", 8, "x")], [("b", 8, "x"), ("a", 8, "x")], ["b is not in the manifest"]),
        ([("a", 8, "x")], [("a", 9, "y")], ["a has 9 bytes, the manifest says 8"]),
        ([("a", 8, None)], [("a", 8, None)], ["a has no checksum in the manifest"]),
        ([("a", 8, "x")], [("a", 8, None)], ["a has another checksum than in the manifest"]),
        (
            [("a", 8, "x"), ("b", 1, "x"), ("c", 1, "x")],
            [("b", 1, "y"), ("c", 2, "x"), ("d", 1, "x")],
            [
                "a is missing",
                "d is not in the manifest",
                "b has another checksum than in the manifest",
                "c has 2 bytes, the manifest says 1",
            ],
        ),
    ],
)
def test_each_difference_of_a_backup_from_its_manifest_is_one_sentence(
    listed: list[tuple[str, int, str | None]], found: list[tuple[str, int, str | None]], faults: list[str]
) -> None:
    named = {
        path: Listed(t_ms=1, backup="b", path=path, size=size, algorithm=None, checksum=checksum)
        for path, size, checksum in listed
    }
    there = {
        path: Found(t_ms=1, backup="b", path=path, size=size, checksum=checksum)
        for path, size, checksum in found
    }
    assert manifest_faults(named, there) == faults


def test_only_the_archive_itself_is_counted() -> None:
    run = healthy()
    run.lines += [
        Archived(t_ms=300, archive="damaged", name=SEGMENT, size=1, sha256="ab"),
        Archived(t_ms=300, archive="kept", name=SEGMENT.replace("5", "6"), size=1, sha256="ab"),
    ]
    assert run.figures["archived_segments"] == 2


def test_what_is_sent_at_the_very_moment_of_the_answer_may_be_there() -> None:
    run = healthy()
    run.lines += write(6, ANSWERED_MS, 300)
    run.change(Opened, lambda line: line.restore == "time", rows=[1, 2, 6], stored=3)
    run.change(Opened, lambda line: line.restore == "end", rows=[*ROWS, 6], stored=6)
    found = run.figures
    assert (found["sent_before"], found["rows_in_flight"], found["restored_within_bounds"]) == (4, 2, True)


def test_a_copy_of_a_backup_that_nobody_made_tells_nothing_of_the_target() -> None:
    run = healthy()
    run.lines += [replace(restore("odd", "kept", "time"), backup="odd"), opened("odd", (1,))]
    assert run.figures["restored_within_bounds"] is True
    run.drop(Restore, lambda line: line.until == "time" and line.archive == "kept" and line.backup != "odd")
    found = run.figures
    assert (found["restored_within_bounds"], found["restore_ms"]) == (None, None)
    assert (found["rows_restored"], found["recovery_stop_reason"]) == (3, "before a transaction")


def test_a_copy_that_stops_at_its_target_has_not_stopped_short() -> None:
    run = healthy()
    run.change(Opened, lambda line: line.restore == "time", stopped_at="0/800000")
    found = run.figures
    assert {name: found[name] for name in TRUE} == dict.fromkeys(TRUE, True)


def test_a_copy_that_did_not_open_shows_nothing() -> None:
    run = healthy()
    run.drop(Opened, lambda line: line.restore == "time")
    found = run.figures
    assert (found["restored_within_bounds"], found["new_timeline"]) == (False, False)
    assert (found["rows_restored"], found["restore_ms"]) == (None, None)


@pytest.mark.parametrize("outcome", ["refused", "unknown"])
def test_what_was_not_acknowledged_need_not_be_there(outcome: str) -> None:
    run = healthy()
    run.change(Answered, lambda line: line.id in (2, 5), outcome=outcome)
    run.change(Opened, lambda line: line.restore == "time", rows=[1], stored=1)
    run.change(Opened, lambda line: line.restore == "end", rows=[1, 3, 4], stored=3)
    found = run.figures
    assert (found["restored_within_bounds"], found["latest_restored_all"]) == (True, True)
    assert (found["acknowledged_before"], found["rows_in_flight"]) == (1, 2)
    assert found["latest_damage_rows_missing"] == 2


@pytest.mark.parametrize("kind", [Listed, Found])
def test_a_backup_that_was_not_looked_at_is_not_verified(kind: type[AnyLine]) -> None:
    run = healthy()
    run.drop(kind, lambda line: line.backup == "incremental")
    assert run.figures["base_verified"] is None


@pytest.mark.parametrize("gone", ["restore", "look at the copy", "look at the archive"])
@pytest.mark.parametrize("word", ["damage", "missing"])
def test_nobody_noticed_or_failed_to_where_it_was_not_tried(word: str, gone: str) -> None:
    name = {"damage": "damaged", "missing": "missing"}[word]
    run = healthy()
    if gone == "restore":
        run.drop(Restore, lambda line: line.restore == f"{name}-end")
    else:
        run.drop(Inspected, lambda line: line.archive == (name if gone == "look at the copy" else "kept"))
    assert run.figures[f"latest_{word}_noticed"] is None


def test_a_time_is_rounded_to_the_microsecond() -> None:
    run = healthy()
    run.change(Backup, lambda line: line.backup == "base", began_ms=39.98765432)
    assert run.figures["backup_ms"] == 10.012


def test_postgresql_says_it_so() -> None:
    """xlogrecovery.c, since PostgreSQL 13."""
    assert TARGET_NOT_REACHED == "recovery ended before configured recovery target was reached"


@pytest.mark.parametrize("lsn", ["", "5", "0-5"])
def test_what_is_no_position(lsn: str) -> None:
    with pytest.raises(ValueError, match="not a WAL position"):
        position(lsn)


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
    assert found.keys() == healthy().figures.keys()
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


def test_a_line_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LONGEST_LINE == 64 * 1024 * 1024
    line = encode(Sent(t_ms=1, id=1))
    monkeypatch.setattr("haproof.core.histories.point_in_time_lines.LONGEST_LINE", len(line))
    assert len(decode([line])) == 1
    with pytest.raises(ValueError, match=r"^line 1: too long$"):
        decode([line.replace(b"1", b"11", 1)])


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
        run.lines += write(row, sent, sent + length)
    run.lines.append(Target(t_ms=asked + took, asked_ms=asked, time="t", lsn="0/3"))
    run.lines += [restore("time", "kept", "time"), opened("time", tuple(rows))]
    found = run.figures
    assert found["restored_within_bounds"] is True
    assert found["acknowledged_before"] <= found["rows_restored"] <= found["sent_before"]
    certain = [row for row, (sent, length) in enumerate(writes, 1) if sent + length <= asked]
    if certain:
        run.lines[-1] = opened("time", tuple(row for row in rows if row != certain[0]))
        assert run.figures["restored_within_bounds"] is False
    later = [row for row, (sent, _) in enumerate(writes, 1) if sent > asked + took]
    if later:
        run.lines[-1] = opened("time", (*rows, later[0]))
        assert run.figures["restored_within_bounds"] is False


def test_lines_come_back_as_they_were() -> None:
    lines = healthy().lines
    assert decode(map(encode, lines)) == lines
