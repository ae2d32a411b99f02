"""Stale writes: none may be stored, named or not; and whether each of them could be tried."""

from collections.abc import Callable

import pytest

from haproof.core.histories.stale import stored, tried
from histories import Story

Tell = Callable[[Story], Story]


def raised(number: int = 1, epoch: int | None = 3, at: float = 1_000, story: Story | None = None) -> Story:
    """The epoch raised above `epoch` when row a (of epoch 3) was there, and a write under it refused."""
    name, row = f"raised-epoch-{number}", "stale-epoch" if number == 1 else f"stale-epoch-{number}"
    story = (story or Story()).mark(at, "fault", name, "node1", epoch=epoch)
    return story.stored(at + 1, name, ("a", "A", 3)).refuse(at + 2, row)


def test_no_stale_write_is_stored() -> None:
    story = raised().final(2_000, ("a", "A", 3), ("b", "B", 4), ("x", "X", None))
    assert stored(story.lines) == ()
    assert tried(story.lines) is True


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([("stale-epoch", "x", 9)], ("stale-epoch",)),
        ([("stale-epoch", "x", None)], ("stale-epoch",)),
        ([("c", "C", 3), ("b", "B", 2)], ("b", "c")),
        ([("a", "A", 3), ("b", "B", 4)], ()),
    ],
)
def test_what_is_stored_and_should_not_be(
    rows: list[tuple[str, str, int | None]], found: tuple[str, ...]
) -> None:
    assert stored(raised().final(2_000, *rows).lines) == found


def test_a_reading_that_names_rows_by_their_ids_alone_tells_of_the_stale_ones_that_were_sent() -> None:
    assert stored(raised().line(2_000, "final", rows=["a", "stale-epoch"]).lines) == ("stale-epoch",)
    assert stored(raised().line(2_000, "final", rows=["a", "b"]).lines) == ()


def test_each_raise_is_judged_by_what_was_there_then() -> None:
    story = raised(2, 5, 1_500, raised())
    story.final(2_000, ("a", "A", 3), ("b", "B", 5))
    assert stored(story.lines) == ("b",)
    ours = raised(2, 4, 1_500, raised()).final(2_000, ("a", "A", 3), ("b", "B", 5))
    assert stored(ours.lines) == ()


def test_a_stale_write_that_nobody_sent_is_no_stale_write() -> None:
    story = Story().ack(0, "a").final(2_000, ("stale-x", "x", 1), ("a", "A", 1))
    assert stored(story.lines) == ()


@pytest.mark.parametrize(
    "story",
    [
        raised(epoch=None).final(2_000, ("b", "B", 1)),
        Story().mark(0, "fault", "raised-epoch-1", epoch=3).final(2_000, ("b", "B", 1)),
        raised(),
    ],
)
def test_without_epoch_or_readings_nothing_is_told_of_unnamed_rows(story: Story) -> None:
    assert stored(story.lines) == ()


def test_of_an_id_alone_nobody_knows_the_epoch() -> None:
    assert stored(raised().line(2_000, "final", rows=["b"]).lines) == ()
    assert stored(raised().line(2_000, "final").lines) == ()


def test_what_was_there_when_the_epoch_was_raised_is_what_the_first_reading_of_the_table_says() -> None:
    story = Story().mark(1_000, "fault", "raised-epoch-1", "node1", epoch=3)
    story.line(1_001, "ok", op="read", via="table", trial="raised-epoch-1", value=[])
    story.line(1_002, "ok", op="read", via="other", trial="raised-epoch-1", value=[], rows=[])
    story.line(1_003, "ok", op="read", trial="raised-epoch-1", value=[], rows=[])
    assert tried(story.refuse(1_004, "stale-epoch").lines) is None
    story.line(1_005, "ok", op="read", via="table", trial="raised-epoch-1", value=[], rows=["row-a"])
    story.stored(1_006, "raised-epoch-1").final(2_000, ("row-a", "A", 3), ("row-b", "B", 3))
    assert tried(story.lines) is True
    assert stored(story.lines) == ("row-b",)


def test_the_last_reading_of_the_table_counts() -> None:
    story = raised().final(2_000, ("b", "B", 3)).final(3_000, ("a", "A", 3))
    assert stored(story.lines) == ()
    assert stored(story.final(4_000, ("c", "C", 3)).lines) == ("c",)


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (lambda s: s, True),
        (lambda s: s.lose_sight(1_100, "stale-hung"), True),
        (lambda s: s.ack(1_100, "stale-hung"), True),
        (lambda s: s.write(1_100, "stale-hung", "fail"), False),
        (lambda s: s.write(1_100, "stale-hung-1", "fail"), True),
        (lambda s: s.write(1_100, "row-1", "fail"), True),
        (lambda s: s.mark(500, "fault", "hang-1", "node1"), False),
        (lambda s: s.mark(500, "fault", "hang-1", "node1").mark(900, "gone", "hang-1"), True),
        (lambda s: s.mark(1_500, "fault", "raised-epoch-2", epoch=4), None),
        (lambda s: s.mark(1_500, "fault", "raised-epoch-2", epoch=4).stored(1_501, "raised-epoch-2"), False),
        (lambda s: raised(2, 4, 1_500, s), True),
    ],
)
def test_whether_each_could_be_tried(tell: Tell, expected: bool | None) -> None:
    assert tried(tell(raised()).lines) is expected


def test_without_a_raise_nobody_can_tell() -> None:
    assert tried(Story().refuse(0, "stale-hung").lines) is None
