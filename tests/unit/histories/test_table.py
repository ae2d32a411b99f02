"""The table against the answers: each planted fault is found, and only that one."""

from collections.abc import Callable
from typing import Any

import pytest

from haproof.core.histories.table import Compared, compare, early, finals
from haproof.core.histories.writes import writes
from histories import Story


def compared(story: Story) -> Compared:
    return compare(writes(story.lines), finals(story.lines))


def clean() -> Story:
    """Two promises, a refusal, an unknown that is there and one that is not; each read at once."""
    story = Story().ack(0, "a").read(5, "a", "a").ack(10, "b").read(15, "b", "b").refuse(20, "c")
    return story.lose_sight(30, "d").lose_sight(40, "e")


NOTHING = Compared(lost=(), refused_stored=(), unexpected=(), unknown_present=(), duplicated=0)


def test_a_clean_history_is_silent() -> None:
    story = clean().final(100, "a", "b", "d")
    assert compared(story) == Compared(
        lost=(), refused_stored=(), unexpected=(), unknown_present=("d",), duplicated=0
    )
    assert early(story.lines, writes(story.lines)) == ()


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        (("a",), {"lost": ("b",)}),
        ((), {"lost": ("a", "b")}),
        (("a", ("b", "other", 1)), {"lost": ("b",)}),
        (("a", ("b", None, 1)), {"lost": ("b",)}),
        (("a", ("b", "B", None)), {}),
        (("a", "b", "c"), {"refused_stored": ("c",)}),
        (("a", "b", ("c", "other", 1)), {"refused_stored": ("c",), "unexpected": ("c",)}),
        (("a", "b", "x"), {"unexpected": ("x",)}),
        (("a", "b", ("d", "other", 1)), {"unexpected": ("d",), "unknown_present": ("d",)}),
        (("a", "b", "e"), {"unknown_present": ("e",)}),
        (("a", "b", "b"), {"duplicated": 1}),
        (("a", "a", "a", "b", "b"), {"duplicated": 3}),
        (("a", "b", ("x", "B", 1)), {"duplicated": 1, "unexpected": ("x",)}),
        (("a", "b", ("x", "B", 1), ("y", "B", 1)), {"duplicated": 2, "unexpected": ("x", "y")}),
        (("a", "b", ("x", None, 1), ("y", None, 1)), {"unexpected": ("x", "y")}),
        (("a", "b", ("b", "other", 1)), {"duplicated": 1}),
    ],
)
def test_each_fault_of_the_table_is_found(rows: tuple[Any, ...], found: dict[str, Any]) -> None:
    expected = {field: getattr(NOTHING, field) for field in NOTHING.__struct_fields__} | found
    assert compared(clean().final(100, *rows)) == Compared(**expected)


def test_where_payloads_are_not_kept_ids_are_compared_alone() -> None:
    story = Story().ack(0, "row-1").ack(10, "row-2").refuse(20, "row-3")
    story.line(100, "final", rows=["row-1", "row-1", "row-3", "x-1", "y-1"])
    assert compared(story) == Compared(
        lost=("row-2",),
        refused_stored=("row-3",),
        unexpected=("x-1", "y-1"),
        unknown_present=(),
        duplicated=1,
    )


@pytest.mark.parametrize(
    ("attempts", "found"),
    [
        (lambda s: s.refuse(0, "a").refuse(10, "a", node="node2"), {"refused_stored": ("a",)}),
        (lambda s: s.lose_sight(0, "a").refuse(10, "a"), {"unknown_present": ("a",)}),
        (lambda s: s.refuse(0, "a").lose_sight(10, "a"), {"unknown_present": ("a",)}),
        (lambda s: s.refuse(0, "a").ack(10, "a"), {}),
        (lambda s: s.lose_sight(0, "a").ack(10, "a"), {}),
        (lambda s: s.begin(0, "a"), {"unknown_present": ("a",)}),
        (lambda s: s.write(0, "a", warnings=["local"]), {}),
        (lambda s: s.ack(0, "a").refuse(10, "a", value="other"), {}),
        (lambda s: s.ack(0, "a", value="other").refuse(10, "a"), {"lost": ("a",)}),
        (lambda s: s.ack(0, "a").ack(10, "a", value="other"), {"lost": ("a",)}),
        (lambda s: s.ack(0, "a").ack(10, "a"), {}),
        (lambda s: s.ack(0, "a", value="other"), {"lost": ("a",)}),
        (lambda s: s.ack(0, "a").write(10, "a", "fail", "node1", status=409), {"refused_stored": ("a",)}),
        (lambda s: s.ack(0, "a").write(10, "a", "fail", "node1", status=421), {}),
        (lambda s: s.ack(0, "a").write(10, "a", "fail", "node1", status=409, value="other"), {}),
        (lambda s: s.write(0, "a", "fail", "node1", status=409).ack(10, "a"), {}),
        (lambda s: s.ack(0, "a").write(4, "a", "fail", "node1", status=409), {"refused_stored": ("a",)}),
        (lambda s: s.ack(0, "a").write(3.9, "a", "fail", "node1", "w2", status=409), {}),
        (lambda s: s.ack(0, "a").lose_sight(10, "a", status=409), {}),
        (
            lambda s: s.lose_sight(0, "a").write(10, "a", "fail", "node1", status=409),
            {"unknown_present": ("a",)},
        ),
    ],
)
def test_a_row_that_is_sent_again_is_judged_by_all_its_attempts(
    attempts: Callable[[Story], Story], found: dict[str, Any]
) -> None:
    expected = {field: getattr(NOTHING, field) for field in NOTHING.__struct_fields__} | found
    assert compared(attempts(Story()).final(100, "a")) == Compared(**expected)


def test_ids_are_found_in_order() -> None:
    ids = [f"row-{number}" for number in range(30)]
    story = Story()
    for at, row in enumerate(reversed(ids)):
        story.ack(10 * at, f"lost-{row}").read(10 * at + 5, f"lost-{row}")
        story.refuse(10 * at, f"no-{row}", client="w2").lose_sight(10 * at, f"maybe-{row}", client="w3")
    story.final(9999, *(f"{kind}-{row}" for row in ids for kind in ("no", "maybe", "new")))
    found = compared(story)
    for kind, names in (
        ("lost", found.lost),
        ("no", found.refused_stored),
        ("maybe", found.unknown_present),
        ("new", found.unexpected),
        ("lost", early(story.lines, writes(story.lines))),
    ):
        assert names == tuple(sorted(f"{kind}-{row}" for row in ids))


def test_without_a_reading_of_the_table_nothing_can_be_said() -> None:
    assert compared(clean()) == NOTHING


def test_a_reading_that_names_no_rows_holds_none() -> None:
    story = Story().ack(0, "a").refuse(10, "b").line(100, "final")
    expected = {field: getattr(NOTHING, field) for field in NOTHING.__struct_fields__} | {"lost": ("a",)}
    assert compared(story) == Compared(**expected)


def test_each_reading_must_hold_what_was_promised_before_it() -> None:
    story = Story().ack(0, "a").final(50, "a").ack(60, "b").final(100, "a", "b")
    assert compared(story) == NOTHING
    story = Story().ack(0, "a").final(50).ack(60, "b").final(100, "a", "b")
    assert compared(story).lost == ("a",)
    story = Story().ack(0, "a").final(50, "a").ack(60, "b").final(100, "b")
    assert compared(story).lost == ("a",)


@pytest.mark.parametrize(("at", "lost"), [(4, ("a",)), (3.999, ())])
def test_a_promise_counts_from_the_moment_it_was_made(at: float, lost: tuple[str, ...]) -> None:
    assert compared(Story().ack(0, "a").final(at)).lost == lost


def test_the_last_reading_in_time_is_the_one_compared() -> None:
    story = Story().refuse(0, "c").final(100).final(50, "c")
    assert [line.t_ms for line in finals(story.lines)] == [50, 100]
    assert compared(story) == NOTHING


@pytest.mark.parametrize(
    ("story", "found"),
    [
        (Story().ack(0, "a").read(5, "a"), ("a",)),
        (Story().ack(0, "a").read(5, "a", "b"), ("a",)),
        (Story().ack(0, "a").read(5, "a").read(6, "a", "a"), ("a",)),
        (Story().ack(0, "a").read(4, "a"), ("a",)),
        (Story().ack(0, "b").ack(10, "a").read(15, "b").read(16, "a"), ("a", "b")),
        (Story().ack(0, "a").ack(10, "a", client="w2").read(5, "a"), ("a",)),
        (Story().ack(10, "a", client="w2").ack(0, "a").read(5, "a"), ("a",)),
        (Story().ack(0, "a").read(5, "a", "a"), ()),
        (Story().ack(0, "a"), ()),
        (Story().ack(0, "a").read(5, "a", kind="unknown"), ()),
        (Story().ack(0, "a").read(5, "a", kind="fail"), ()),
        (Story().ack(0, "a").read(3.9, "a"), ()),
        (Story().refuse(0, "a").read(5, "a"), ()),
        (Story().lose_sight(0, "a").read(5, "a"), ()),
        (Story().begin(0, "a").read(5, "a"), ()),
        (Story().ack(0, "a").read(5, "b"), ()),
        (Story().ack(0, "a").status(5, "node1", "node1", 1, id="a", value=[]), ()),
    ],
)
def test_a_row_that_is_not_there_when_it_was_promised_came_early(
    story: Story, found: tuple[str, ...]
) -> None:
    assert early(story.lines, writes(story.lines)) == found
