"""Trials and gaps: each begins and ends where it should."""

import pytest

from haproof.core.histories.timing import (
    Trial,
    accepting_ms,
    first_accepted,
    gap_ms,
    named_ms,
    trials,
    worst,
)
from haproof.core.histories.writes import writes
from histories import Story


def kill(story: Story | None = None, node: str | None = "node1") -> Story:
    return (story or Story()).mark(100, "fault", "sigkill-1", node)


def only(story: Story) -> Trial:
    (trial,) = trials(story.lines, "sigkill")
    return trial


def accepting(story: Story) -> float | None:
    return accepting_ms(only(story), writes(story.lines))


def test_trials_of_a_series_in_the_order_of_their_numbers() -> None:
    story = Story().mark(50, "fault", "sigkill-2", "b").mark(10, "fault", "sigkill-1", "a")
    story.mark(20, "heal", "sigkill-1").mark(30, "end", "sigkill-1").mark(55, "gone", "sigkill-2")
    story.mark(60, "fault", "sigterm-1", "c").mark(65, "fault", "sigkill-x").mark(66, "fault", "sigkill")
    story.mark(70, "heal", "sigkill-9").mark(80, "fault", "rapid-sigkill-4").mark(81, "fault", "sigkill-²")
    story.mark(82, "fault", "sigkill-\u0667").ack(79, "a", trial="sigkill-3")
    found = trials(story.lines, "sigkill")
    assert [(t.number, t.at_ms, t.hit, t.gone_ms, t.heal_ms, t.end_ms) for t in found] == [
        (1, 10, "a", None, 20, 30),
        (2, 50, "b", 55, None, 83),
    ]
    assert [t.number for t in trials(story.lines, "rapid-sigkill")] == [4]
    assert trials(story.lines, "hang") == []


def test_the_tenth_trial_comes_after_the_ninth() -> None:
    story = Story()
    for number in (10, 9, 1):
        story.mark(number, "fault", f"sigkill-{number}")
    assert [t.number for t in trials(story.lines, "sigkill")] == [1, 9, 10]


def test_the_first_mark_of_a_kind_counts() -> None:
    story = kill().mark(200, "fault", "sigkill-1", "node2").mark(0, "end", "sigkill-1")
    assert (only(story).at_ms, only(story).end_ms) == (100, 0)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (kill().ack(150, "a", node="node2"), 54),
        (kill().ack(150, "a", node="node2").ack(120, "b", node="node2"), 24),
        (kill().begin(110, "a", node="node2").finish(190.1239, "a", node="node2"), 90.124),
        (kill().ack(100, "a", node="node2"), 4),
        (kill().ack(99, "a", node="node2"), None),
        (kill().ack(150, "a", node="node1"), None),
        (kill().refuse(150, "a", node="node2"), None),
        (kill().lose_sight(150, "a", node="node2"), None),
        (kill().begin(150, "a", node="node2"), None),
        (kill().write(150, "a", node="node2", warnings=["local"]), None),
        (kill(node=None).ack(150, "a", node="node1"), 54),
        (kill(node=None).ack(150, "a", node=None), 54),
        (kill().ack(150, "a", node="node2").mark(154, "end", "sigkill-1"), 54),
        (kill().ack(150, "a", node="node2").mark(153.9, "end", "sigkill-1"), None),
    ],
)
def test_a_trial_ends_with_the_first_write_acknowledged_after_the_fault(
    story: Story, expected: float | None
) -> None:
    assert accepting(story) == expected


def test_the_first_accepted_write_is_the_one_that_was_answered_first() -> None:
    story = kill().begin(110, "slow", node="node2").ack(120, "quick", client="w2", node="node2")
    story.finish(130, "slow", node="node2")
    first = first_accepted(only(story), writes(story.lines))
    assert first is not None
    assert first.id == "quick"


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (kill().status(150.5, "node2", "node2", 2), 50.5),
        (kill().status(150, "node2", "node2", 2).status(120, "node3", "node2", 2), 20),
        (kill().status(100, "node2", "node2", 2), 0),
        (kill().status(99.9, "node2", "node2", 2), None),
        (kill().status(150, "node2", "node1", 1), None),
        (kill().status(150, "node2", None, 1), None),
        (kill().status(150, "node1", "node2", 2), None),
        (kill().status(150, "node2", "node2", 2, kind="fail"), None),
        (kill().ack(150, "a", node="node2", holder="node2"), None),
        (kill().status(150, "node2", "node2", 2).mark(150, "end", "sigkill-1"), 50),
        (kill().status(150, "node2", "node2", 2).mark(149, "end", "sigkill-1"), None),
    ],
)
def test_a_new_holder_is_named_by_another_node(story: Story, expected: float | None) -> None:
    assert named_ms(only(story), story.lines) == expected


@pytest.mark.parametrize(
    ("acks", "expected"),
    [
        ([90, 150, 160], 60.0),
        ([90, 100, 160, 170], 60.0),
        ([10, 90, 110, 190], 80.0),
        ([190, 90, 110], 80.0),
        ([90], 110.0),
        ([90, 120, 300], 80.0),
        ([90, 120, 200], 80.0),
        ([100], 100.0),
        ([100.1], None),
        ([], None),
    ],
)
def test_a_gap_is_the_longest_time_without_an_acknowledgement(
    acks: list[float], expected: float | None
) -> None:
    story = Story().refuse(95, "r").lose_sight(96, "u", node="node2", client="w2").begin(97, "o", client="w3")
    for number, at in enumerate(acks):
        story.begin(at - 1, f"a{number}", client=f"c{number}").finish(at, f"a{number}", client=f"c{number}")
    assert gap_ms(writes(story.lines), 100, 200) == expected


def test_a_gap_keeps_microseconds() -> None:
    story = Story().begin(0, "a").finish(0.1, "a").begin(1, "b").finish(100.30004, "b")
    assert gap_ms(writes(story.lines), 1, 100.30004) == 100.2


@pytest.mark.parametrize(
    ("values", "expected"),
    [([1, 3, 2], 3), ([], None), ([1, None], None), ([None], None), ([0], 0), ([2.5, 2.4], 2.5)],
)
def test_the_worst_of_trials(values: list[float | None], expected: float | None) -> None:
    assert worst(values) == expected
