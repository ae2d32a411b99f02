"""Epochs against holders: every way of having two leaders is found; slow answers are not taken for one."""

from collections.abc import Callable

import pytest

from haproof.core.histories.leadership import (
    Sighting,
    by_non_holder,
    elections,
    epochs,
    events_match,
    named,
    shown_twice,
    sightings,
    unprovoked,
)
from haproof.core.histories.writes import writes
from histories import Story

Tell = Callable[[Story], Story]


def seen(story: Story) -> list[Sighting]:
    return sightings(story.lines, writes(story.lines))


def handover(story: Story) -> Story:
    """node1 leads epoch 1, node2 takes over under epoch 2; both report it."""
    story.status(0, "node1", "node1", 1).status(1, "node2", "node1", 1).ack(10, "a", epoch=1)
    return story.status(100, "node2", "node2", 2).ack(110, "b", node="node2", epoch=2)


def test_sightings_are_what_answers_show() -> None:
    story = Story().ack(10, "a", node="node2", epoch=4).status(0, "node1", "node2", 4)
    story.refuse(20, "b", holder="node2", epoch=4)
    assert seen(story) == [
        Sighting(0, 4, "node2"),
        Sighting(14, 4, "node2", 10),
        Sighting(24, 4, "node2"),
    ]


@pytest.mark.parametrize(
    "tell",
    [
        lambda s: s.status(0, "node1", None, 4),
        lambda s: s.status(0, "node1", "node1", None),
        lambda s: s.status(0, "node1", "node1", 4, kind="fail"),
        lambda s: s.status(0, "node1", "node1", 4, kind="unknown"),
        lambda s: s.ack(0, "a", epoch=None),
        lambda s: s.write(0, "a", node=None, epoch=4),
        lambda s: s.refuse(0, "a", epoch=4),
        lambda s: s.refuse(0, "a", holder="node2"),
        lambda s: s.begin(0, "a", epoch=4),
        lambda s: s.event(0, 4, "node1"),
    ],
)
def test_half_a_sighting_is_none(tell: Tell) -> None:
    assert seen(tell(Story())) == []


@pytest.mark.parametrize(
    ("tell", "found"),
    [
        (lambda s: s.status(200, "node1", "node1", 2), (2,)),
        (lambda s: s.ack(200, "c", node="node1", epoch=2), (2,)),
        (lambda s: s.ack(200, "c", node="node2", epoch=1), (1,)),
        (lambda s: s.refuse(200, "c", holder="node1", epoch=2), (2,)),
        (lambda s: s.event(200, 2, "node1"), (2,)),
        (lambda s: s.event(200, 2, "node1").event(201, 1, "node2"), (1, 2)),
        (lambda s: s.event(200, 7, "node1").event(201, 7, "node2"), (7,)),
        (lambda s: s, ()),
        (lambda s: s.status(200, "node1", "node2", 2), ()),
        (lambda s: s.status(200, "node1", "node1", 1), ()),
        (lambda s: s.event(200, 2, "node2").event(201, 1, "node1").event(202, 2, None), ()),
    ],
)
def test_an_epoch_has_one_holder(tell: Tell, found: tuple[int, ...]) -> None:
    story = tell(handover(Story()))
    assert shown_twice(seen(story), named(elections(story.lines))) == found


@pytest.mark.parametrize(
    ("tell", "found"),
    [
        (lambda s: s.ack(101, "c", node="node1", epoch=1), ("c",)),
        (lambda s: s.ack(200, "d", node="node1", epoch=1).ack(210, "c", node="node1", epoch=1), ("c", "d")),
        (lambda s: s.ack(200, "c", node="node1", epoch=2), ("c",)),
        (lambda s: s.ack(200, "c", node="node3", epoch=0), ("c",)),
        (lambda s: s, ()),
        (lambda s: s.ack(100, "c", node="node1", epoch=1), ()),
        (lambda s: s.ack(99, "c", node="node1", epoch=1), ()),
        (lambda s: s.ack(200, "c", node="node1", epoch=3), ()),
        (lambda s: s.ack(200, "c", node="node2", epoch=2), ()),
        (lambda s: s.ack(200, "c", node="node2", epoch=1), ()),
        (lambda s: s.ack(200, "c", node="node1", epoch=None), ()),
        (lambda s: s.write(200, "c", node=None, epoch=1), ()),
        (lambda s: s.refuse(200, "c", node="node1", epoch=1), ()),
        (lambda s: s.lose_sight(200, "c", node="node1", epoch=1), ()),
        (lambda s: s.write(200, "c", node="node1", epoch=1, warnings=["local"]), ()),
        (lambda s: s.status(150, "node1", "node1", 2).ack(200, "c", node="node1", epoch=2), ()),
        (lambda s: s.status(150, "node1", "node1", 2).ack(200, "c", node="node2", epoch=2), ()),
        (lambda s: s.status(150, "node1", "node1", 3).ack(200, "c", node="node2", epoch=2), ("c",)),
    ],
)
def test_a_write_of_a_node_that_no_longer_holds_is_found(tell: Tell, found: tuple[str, ...]) -> None:
    story = tell(handover(Story()))
    assert by_non_holder(writes(story.lines), seen(story)) == found


def test_before_anything_was_seen_nobody_is_a_non_holder() -> None:
    story = Story().ack(0, "a", epoch=1).ack(2, "b", client="w2", node="node2", epoch=1)
    assert by_non_holder(writes(story.lines), seen(story)) == ()


def test_what_is_seen_later_makes_nobody_a_non_holder() -> None:
    story = Story().ack(0, "a", epoch=1).status(50, "node2", "node2", 2)
    assert by_non_holder(writes(story.lines), seen(story)) == ()


def test_rows_and_epochs_are_found_in_order() -> None:
    story = Story().status(0, "node2", "node2", 100)
    for number in reversed(range(30)):
        story.ack(10 + 10 * number, f"row-{number:02}", epoch=number)
        story.status(500, "node3", "node3", number)
    assert by_non_holder(writes(story.lines), seen(story)) == tuple(f"row-{n:02}" for n in range(30))
    assert shown_twice(seen(story), ()) == tuple(range(30))
    wild = [Sighting(0, epoch, holder) for epoch in (2**40, 7, 2**20 + 1, 2**20) for holder in "ab"]
    assert shown_twice(wild, ()) == (7, 2**20, 2**20 + 1, 2**40)


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (lambda s: s, [1, 2]),
        (lambda s: s.event(90, 1, "node1").event(91, 2, "node2").status(95, "node1", "node1", 0), [0, 1, 2]),
        (lambda s: s.status(200, "node2", "node2", 6).event(300, 5, "n").event(301, 3, "n"), [1, 2, 3, 5, 6]),
        (lambda s: s.status(200, "node2", "node2", 4).event(300, 3, "n").event(301, 3, "n"), [1, 2, 3, 4]),
        (lambda s: s.status(200, "node2", "node2", 3), [1, 2, 3]),
        (lambda s: s.status(200, "node2", "node2", 4), [1, 2, 4]),
        (lambda s: s.status(200, "node2", "node2", 4).event(300, 3, "node1"), [1, 2, 3, 4]),
        (lambda s: s.status(200, "node2", "node2", 4).status(210, "node1", "node1", 3), [1, 2, 3, 4]),
        (lambda s: s.status(200, "node1", "node1", 1), [1, 2]),
        (lambda s: s.status(200, "node1", "node9", 0), [0, 1, 2]),
        (lambda s: s.event(300, 0, "node1").event(301, 3, "node1"), [1, 2]),
        (lambda s: s.ack(200, "c", node="node1", epoch=1), [1, 2, 1]),
        (lambda s: s.ack(200, "c", node="node2", epoch=1), [1, 2, 1]),
        (lambda s: s.ack(200, "c", epoch=1).ack(210, "d", epoch=1), [1, 2, 1]),
        (lambda s: s.ack(200, "c", epoch=1).status(300, "node2", "node2", 3), [1, 2, 1, 3]),
        (
            lambda s: s.ack(200, "c", epoch=1).status(300, "node2", "node2", 4).event(310, 3, "node1"),
            [1, 2, 1, 3, 4],
        ),
        (lambda s: s.begin(99, "c").finish(200, "c", node="node1", epoch=1), [1, 2]),
        (lambda s: s.begin(100, "c").finish(200, "c", node="node1", epoch=1), [1, 2]),
        (lambda s: s.begin(100.5, "c").finish(200, "c", node="node1", epoch=1), [1, 2, 1]),
    ],
)
def test_epochs_stand_in_time_order(tell: Tell, expected: list[int]) -> None:
    story = tell(handover(Story()))
    assert epochs(seen(story), named(elections(story.lines))) == expected


def test_without_sightings_there_are_no_epochs() -> None:
    assert epochs([], [(1, "node1"), (2, "node2")]) == []


@pytest.mark.parametrize(
    ("events", "expected"),
    [
        ([(1, "node1"), (2, "node2")], True),
        ([(2, "node2"), (1, "node1")], True),
        ([(1, "node1"), (2, "node2"), (2, "node2")], True),
        ([(0, "node2"), (1, "node1"), (2, "node2")], True),
        ([(1, "node1")], False),
        ([(2, "node2")], False),
        ([], False),
        ([(1, "node1"), (2, "node1")], False),
        ([(1, "node1"), (2, "node2"), (2, "node1")], False),
        ([(1, "node1"), (2, None)], False),
        ([(1, "node1"), (2, "node2"), (3, "node1")], False),
        ([(0, "node1"), (0, "node2"), (1, "node1"), (2, "node2")], False),
    ],
)
def test_events_name_the_same_epochs_and_holders(
    events: list[tuple[int, str | None]], expected: bool
) -> None:
    story = handover(Story())
    for at, (epoch, holder) in enumerate(events):
        story.event(300 + at, epoch, holder)
    assert events_match(seen(story), named(elections(story.lines))) is expected


def test_events_may_name_a_reign_that_was_too_short_to_be_seen() -> None:
    story = handover(Story()).status(200, "node2", "node2", 4)
    told = [(4, "node2"), (3, "node1"), (2, "node2"), (1, "node1")]
    assert events_match(seen(story), told) is True


def test_without_sightings_nothing_can_match() -> None:
    assert events_match([], [(1, "node1")]) is None


def test_an_event_without_an_epoch_names_nothing() -> None:
    story = Story().event(0, None, "node1").event(1, 2, None)
    assert named(elections(story.lines)) == [(2, None)]


def roles(story: Story, *answers: tuple[float, str, str | None, str | None]) -> Story:
    for at, node, role, holder in answers:
        story.status(at, node, holder, 1, role=role)
    return story


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([(0, "n1", "leader", "n1"), (50, "n1", "follower", "n1")], 1),
        ([(0, "n1", "leader", "n1"), (50, "n1", "leader", "n2")], 1),
        ([(0, "n1", "leader", "n1"), (50, "n1", "follower", "n2"), (99, "n1", "leader", "n1")], 2),
        ([(0, "n1", "leader", "n1"), (50, "n2", "follower", "n2")], 0),
        ([(0, "n1", "leader", "n1"), (50, "n1", "leader", "n1")], 0),
        ([(0, "n1", "leader", "n1"), (50, "n1", None, None), (99, "n1", "follower", None)], 0),
        ([(0, "n1", None, "n1"), (50, "n1", "leader", None)], 0),
        ([(0, "n1", "leader", "n1"), (50, "n2", "leader", "n1"), (60, "n1", "follower", "n1")], 1),
    ],
)
def test_changes_that_nobody_provoked_are_counted(
    answers: list[tuple[float, str, str | None, str | None]], expected: int
) -> None:
    assert unprovoked(roles(Story(), *answers).lines, 1000) == expected


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([(2000, "fault")], 0),
        ([(2050, "fault")], 0),
        ([(2051, "fault")], 1),
        ([(1000, "fault")], 0),
        ([(999, "fault")], 1),
        ([(10, "fault"), (1000, "heal")], 0),
        ([(10, "fault"), (999, "heal")], 1),
        ([(10, "fault"), (500, "heal"), (1000, "end")], 0),
        ([(10, "fault"), (5000, "heal")], 0),
        ([(1500, "heal")], 0),
    ],
)
def test_a_change_while_a_fault_is_settled_is_provoked(marks: list[tuple[float, str]], expected: int) -> None:
    story = roles(Story(), (2000, "n1", "leader", "n1"), (2050, "n1", "follower", "n2"))
    for at, kind in marks:
        story.mark(at, kind, "sigkill-1", "n1")
    assert unprovoked(story.lines, 1000) == expected


def test_two_trials_are_settled_each_for_itself() -> None:
    story = roles(Story(), (2500, "n1", "leader", "n1"), (2550, "n1", "follower", "n2"))
    story.mark(0, "fault", "a-1").mark(9000, "fault", "b-1")
    assert unprovoked(story.lines, 1000) == 1


def test_a_write_between_two_answers_hides_no_change() -> None:
    story = roles(Story(), (0, "n1", "leader", "n1")).ack(10, "a", node="n1")
    assert unprovoked(roles(story, (50, "n1", "follower", "n1")).lines, 10) == 1


def test_failed_answers_and_other_lines_show_no_role() -> None:
    story = roles(Story(), (0, "n1", "leader", "n1"))
    story.status(50, "n1", "n2", 1, kind="fail", role="follower").event(60, 1, "n2").ack(70, "a", node="n1")
    assert unprovoked(story.lines, 10) == 0


def test_a_repeated_write_tells_of_the_row_that_is_there() -> None:
    """Whoever leads answers it, with the node and the epoch that wrote the row first."""
    story = Story().ack(0, "a", "node1", 1).status(50, "node2", "node2", 2)
    again = story.ack(100, "a", "node1", 1)
    assert by_non_holder(writes(again.lines), seen(again)) == ()
    assert epochs(seen(again), ()) == [1, 2]
    other = (
        Story().ack(0, "a", "node1", 1).status(50, "node2", "node2", 2).ack(100, "a", "node1", 1, value="b")
    )
    assert by_non_holder(writes(other.lines), seen(other)) == ("a",)
    late = Story().lose_sight(0, "a").status(50, "node2", "node2", 2).ack(100, "a", "node1", 1)
    assert by_non_holder(writes(late.lines), seen(late)) == ("a",), "of an unknown outcome nothing is known"
