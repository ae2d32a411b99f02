"""VAL15's journal: the tables before, in the archive alone and after; and restores that must be refused."""

import json
from typing import Any

import pytest

from haproof.core.histories.codec import Malformed
from haproof.core.histories.restores import differences, of_backup_restore, rows_in, same_counts, same_payload

TABLES = {"app.a": [3, "aa"], "app.b": [4, "bb"]}


def line(what: str, **keys: Any) -> bytes:
    return json.dumps({"kind": "saw", "what": what, **keys}).encode() + b"\n"


def seen(what: str, tables: Any = TABLES) -> bytes:
    return line(what, tables=tables)


def tried(kind: str | None, refused: Any = True, unchanged: bool | None = True) -> bytes:
    return line("restore that must not happen", of=kind, refused=refused, unchanged=unchanged)


BEFORE = seen("before the backup")
REFUSED = [tried("outside maintenance"), tried("beside a leader"), tried("unconfirmed")]


@pytest.mark.parametrize(
    ("after", "counts", "payload"),
    [
        (TABLES, True, True),
        ({"app.a": [3, "xx"], "app.b": [4, "bb"]}, True, False),
        ({"app.a": [2, "aa"], "app.b": [4, "bb"]}, False, False),
        ({"app.a": [3, "aa"]}, False, False),
        (TABLES | {"app.c": [0, "cc"]}, False, False),
        (None, False, False),
    ],
)
def test_the_tables_after_the_restore(after: Any, counts: bool, payload: bool) -> None:
    found = of_backup_restore([BEFORE, seen("in the archive alone", after), seen("after the restore", after)])
    assert found == {
        "rows": 7,
        "archive_rows_match": payload,
        "row_counts_match": counts,
        "payload_match": payload,
    }


LATER = {"app.a": [9, "cc"]}


@pytest.mark.parametrize(
    ("alone", "match"), [(LATER, True), (TABLES, False), ({"app.a": [0, ""]}, False), (None, False)]
)
def test_a_later_archive_holds_the_state_of_its_own_time(alone: Any, match: bool) -> None:
    lines = [BEFORE, seen("in the archive alone"), seen("before the later backup", LATER)]
    lines.append(seen("in the later archive alone", alone))
    assert of_backup_restore(lines)["archive_rows_match"] is match
    assert of_backup_restore(lines[:3])["archive_rows_match"] is True, "nobody tried"


@pytest.mark.parametrize(
    ("before", "after", "match"),
    [(2, 3, True), (2, 2, False), (2, 1, False), (None, 1, True), (2, None, True)],
)
def test_a_restore_does_not_turn_the_epoch_back(before: int | None, after: int | None, match: bool) -> None:
    epochs = line("epochs around the restore", before=before, after=after)
    assert of_backup_restore([BEFORE, seen("after the restore"), epochs])["payload_match"] is match


def test_what_differs_is_named() -> None:
    before = {"app.a": (3, "aa"), "the structure of app.a": (0, "ss"), "the sequences": (0, "qq")}
    assert differences(before, before) == []
    assert differences(before, before | {"the sequences": (0, "xx")}) == ["the sequences"]
    assert differences(before, {"app.a": (3, "aa"), "app.b": (1, "b")}) == [
        "app.b",
        "the sequences",
        "the structure of app.a",
    ]
    assert differences(before, None) == differences({}, {}) == ["any table"]


def test_nothing_is_not_restored_correctly() -> None:
    empty = {"app.a": (0, "aa")}
    assert not same_counts(empty, empty)
    assert same_payload(empty, empty)
    assert not same_payload({}, {})
    assert rows_in({}) == 0


def test_what_was_not_tried_gives_no_figure() -> None:
    assert of_backup_restore([]) == {}
    assert of_backup_restore([BEFORE]) == {"rows": 7}
    assert of_backup_restore([seen("after the restore"), seen("in the archive alone")]) == {}
    other = line("machine", refused={"processes": 0}, tables=["rows"])
    assert of_backup_restore([other, line("rows.hold", tables=["app.a"])]) == {}
    assert of_backup_restore([tried(None)]) == {}, "an older journal does not say of which kind it is"


def test_each_kind_of_restore_is_judged_for_itself() -> None:
    assert of_backup_restore(REFUSED) == {
        "out_of_maintenance_restore_refused": True,
        "restore_beside_leader_refused": True,
        "unconfirmed_restore_refused": True,
        "database_unchanged_by_refusals": True,
    }
    assert of_backup_restore(REFUSED[:2]) == {
        "out_of_maintenance_restore_refused": True,
        "restore_beside_leader_refused": True,
    }
    damaged = [tried("damaged"), tried("damaged")]
    assert of_backup_restore(damaged) == {
        "corrupt_restore_refused": True,
        "database_unchanged_by_corrupt": True,
    }


KINDS = ("outside maintenance", "beside a leader", "unconfirmed", "damaged")
NAMES = (
    *("out_of_maintenance_restore_refused", "restore_beside_leader_refused"),
    *("unconfirmed_restore_refused", "corrupt_restore_refused"),
)


@pytest.mark.parametrize("wrong", [False, None])
@pytest.mark.parametrize(("kind", "name"), list(zip(KINDS, NAMES, strict=True)))
def test_one_that_was_not_refused_breaks_its_figure_alone(kind: str, name: str, wrong: bool | None) -> None:
    found = of_backup_restore([*(tried(one) for one in KINDS), tried(kind, refused=wrong)])
    assert [key for key, value in found.items() if value is not True] == [name]


@pytest.mark.parametrize("wrong", [False, None])
@pytest.mark.parametrize("kind", KINDS)
def test_one_that_changed_the_tables_breaks_the_figure_of_its_part(kind: str, wrong: bool | None) -> None:
    found = of_backup_restore([*(tried(one) for one in KINDS), tried(kind, unchanged=wrong)])
    part = "corrupt" if kind == "damaged" else "refusals"
    assert [key for key, value in found.items() if value is not True] == [f"database_unchanged_by_{part}"]


def test_without_a_leader_beside_it_nothing_was_tried() -> None:
    changed = line("leadership changed without a fault", why="it flaps")
    assert of_backup_restore([*REFUSED, changed])["restore_beside_leader_refused"] is None


@pytest.mark.parametrize(
    ("bad", "fault"),
    [
        (b"{", "not JSON"),
        (b"\xff\n", "not JSON"),
        (b'{"what": "machine", "more": ' + b"[" * 100_000 + b"\n", "not JSON"),
        (b"[]\n", "$: expected an object, got an array"),
        (b'{"what": 3}\n', "$.what: expected a text, got a whole number"),
        (seen("before the backup", {"app.a": [-1, "a"]}), "$.tables[...][0]: expected a whole number >= 0"),
        (tried("damaged", "no"), "$.refused: expected true, false or null, got a text"),
    ],
)
def test_a_journal_that_is_none_is_malformed(bad: bytes, fault: str) -> None:
    with pytest.raises(Malformed) as raised:
        of_backup_restore([BEFORE, bad])
    assert str(raised.value) == f"line 2: {fault}"
