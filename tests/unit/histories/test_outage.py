"""What happens while the database is away: promises, the block, detection and recovery."""

from collections.abc import Callable
from typing import Any

import pytest

from haproof.core.histories.outage import (
    acknowledged_during,
    block_held,
    detected_ms,
    held_ms,
    recovered_ms,
    statuses,
)
from haproof.core.histories.timing import trials
from haproof.core.histories.writes import writes
from histories import Story

Tell = Callable[[Story], Story]
LOST: dict[str, Any] = {
    "quorum_health": "lost",
    "write_block_active": True,
    "can_accept_protected_writes": False,
}
HEALTHY: dict[str, Any] = LOST | {"quorum_health": "healthy", "write_block_active": False}


def loss(number: int = 1, at: float = 100, story: Story | None = None) -> Story:
    """Stopped at 100, gone at 110, started at 200, over at 300."""
    name = f"loss-{number}"
    story = (story or Story()).mark(at, "fault", name).mark(at + 10, "gone", name)
    return story.mark(at + 100, "heal", name).mark(at + 200, "end", name)


def said(story: Story, at: float, node: str, facts: dict[str, Any], **change: Any) -> Story:
    return story.status(at, node, None, None, **(facts | change))


def noticed() -> Story:
    """Both nodes report the loss (after 20 and 50 ms) and the recovery (after 30 and 40 ms)."""
    story = loss()
    for at, node in ((90, "n1"), (95, "n2"), (105, "n1")):
        said(story, at, node, HEALTHY)
    for at, node in ((120, "n1"), (150, "n2"), (180, "n1"), (199, "n2"), (210, "n1"), (215, "n2")):
        said(story, at, node, LOST)
    return said(said(story, 230, "n1", HEALTHY), 240, "n2", HEALTHY)


def outages(story: Story) -> Any:
    return trials(story.lines, "loss")


@pytest.mark.parametrize(
    ("tell", "found"),
    [
        (lambda s: s.ack(110, "a"), ("a",)),
        (lambda s: s.ack(196, "a"), ("a",)),
        (lambda s: s.ack(150, "b").ack(120, "a", client="w2", node="node2"), ("a", "b")),
        (lambda s: s.ack(109.9, "a"), ()),
        (lambda s: s.ack(196.1, "a"), ()),
        (lambda s: s.begin(150, "a").finish(201, "a"), ()),
        (lambda s: s.refuse(150, "a").lose_sight(160, "b").begin(170, "c"), ()),
        (lambda s: s.write(150, "a", warnings=["local"]), ()),
        (lambda s: loss(2, 1000, s).ack(1020, "a").ack(500, "b"), ("a",)),
    ],
)
def test_nothing_is_promised_while_the_database_is_away(tell: Tell, found: tuple[str, ...]) -> None:
    story = tell(loss())
    assert acknowledged_during(outages(story), writes(story.lines)) == found


def test_rows_are_found_in_order() -> None:
    story = loss()
    for number in reversed(range(30)):
        story.ack(120, f"row-{number:02}", client=f"w{number}")
    found = acknowledged_during(outages(story), writes(story.lines))
    assert found == tuple(f"row-{number:02}" for number in range(30))


def test_an_outage_that_was_never_healed_lasts_to_its_end() -> None:
    story = Story().mark(100, "fault", "loss-1").mark(110, "gone", "loss-1").ack(150, "a")
    assert acknowledged_during(outages(story), writes(story.lines)) == ("a",)
    story.mark(153, "end", "loss-1")
    assert acknowledged_during(outages(story), writes(story.lines)) == ()


def test_an_outage_whose_exit_was_not_seen_is_not_judged() -> None:
    story = Story().mark(100, "fault", "loss-1").mark(200, "heal", "loss-1").ack(150, "a")
    assert acknowledged_during(outages(story), writes(story.lines)) == ()
    assert held_ms(outages(story)[0]) is None


def test_how_long_it_was_away() -> None:
    (outage,) = outages(loss())
    assert held_ms(outage) == 90
    (open_,) = outages(Story().mark(100, "fault", "loss-1").mark(110, "gone", "loss-1"))
    assert held_ms(open_) is None
    (fine,) = outages(
        Story().mark(0, "fault", "loss-1").mark(0.1, "gone", "loss-1").mark(0.3, "heal", "loss-1")
    )
    assert held_ms(fine) == 0.2


def times(story: Story) -> tuple[float | None, float | None]:
    (outage,) = outages(story)
    answers = statuses(story.lines)
    return detected_ms(outage, answers), recovered_ms(outage, answers)


def test_the_last_node_counts() -> None:
    assert times(noticed()) == (50, 40)


@pytest.mark.parametrize(
    ("tell", "expected"),
    [
        (lambda s: said(s, 10, "n3", LOST), (None, None)),
        (lambda s: said(said(said(s, 10, "n3", HEALTHY), 200, "n3", LOST), 250, "n3", HEALTHY), (100, 50)),
        (
            lambda s: said(said(said(s, 10, "n3", HEALTHY), 200.1, "n3", LOST), 250, "n3", HEALTHY),
            (None, None),
        ),
        (lambda s: said(said(s, 130, "n3", LOST), 300, "n3", HEALTHY), (50, 100)),
        (lambda s: said(said(s, 130, "n3", LOST), 300.1, "n3", HEALTHY), (50, None)),
        (lambda s: said(said(s, 130, "n3", LOST), 199.9, "n3", HEALTHY), (50, None)),
        (lambda s: s.status(50, "n3", None, None, kind="fail", quorum_health="healthy"), (50, 40)),
    ],
)
def test_a_node_that_does_not_notice_or_recover_in_time_is_not_measured(
    tell: Tell, expected: tuple[float | None, float | None]
) -> None:
    assert times(tell(noticed())) == expected


def test_without_answers_nothing_is_measured() -> None:
    assert times(loss()) == (None, None)
    assert block_held(outages(loss()), {}) is None


def test_an_answer_at_the_very_moment_counts() -> None:
    story = said(said(loss(), 100, "n1", LOST), 200, "n1", HEALTHY)
    assert times(story) == (0, 0)
    story = said(loss(), 100, "n1", LOST, write_block_active=False)
    assert block_held(outages(story), statuses(story.lines)) is False


def test_an_outage_without_a_start_command_has_no_recovery() -> None:
    story = Story().mark(100, "fault", "loss-1").mark(300, "end", "loss-1")
    said(said(story, 120, "n1", LOST), 250, "n1", HEALTHY)
    assert times(story) == (20, None)


@pytest.mark.parametrize(
    ("at", "change", "held"),
    [
        (160, {"write_block_active": False}, False),
        (160, {"can_accept_protected_writes": True}, False),
        (160, {"write_block_active": None}, False),
        (160, {"can_accept_protected_writes": None}, False),
        (160, {"quorum_health": "healthy", "write_block_active": False}, False),
        (160, {"quorum_health": "degraded"}, True),
        (120, {"write_block_active": False}, False),
        (200, {"write_block_active": False}, False),
        (200.1, {"write_block_active": False}, True),
        (119, {"quorum_health": "healthy", "write_block_active": False}, True),
    ],
)
def test_the_block_holds_from_detection_to_the_start_command(
    at: float, change: dict[str, Any], held: bool
) -> None:
    story = noticed()
    said(story, at, "n1", LOST, **change)
    story.lines.sort(key=lambda line: line.t_ms)
    assert block_held(outages(story), statuses(story.lines)) is held


@pytest.mark.parametrize(("asked", "held"), [(118.0, True), (119.9, True), (120.0, False), (None, False)])
def test_an_answer_from_before_the_detection_may_arrive_after_it(asked: float | None, held: bool) -> None:
    """Two clients ask one node at once: what it said before the loss is no end of its block."""
    story = said(noticed(), 121, "n1", HEALTHY, asked_ms=asked)
    assert block_held(outages(story), statuses(story.lines)) is held


def test_the_first_report_is_the_earliest_whatever_the_order_of_the_lines() -> None:
    story = said(said(loss(), 150, "n1", LOST, asked_ms=140), 120, "n1", LOST, asked_ms=110)
    said(story, 130, "n1", HEALTHY, asked_ms=125)
    assert block_held(outages(story), statuses(story.lines)) is False


def test_the_block_of_every_outage_counts() -> None:
    story = loss(2, 1000, noticed())
    said(story, 1090, "n2", LOST, write_block_active=False)
    assert block_held(outages(story), statuses(story.lines)) is False


def test_a_block_that_nobody_detected_was_not_seen() -> None:
    story = said(said(loss(), 99, "n1", LOST), 201, "n1", LOST)
    assert block_held(outages(story), statuses(story.lines)) is None
    story = said(Story().mark(100, "fault", "loss-1").mark(300, "end", "loss-1"), 299, "n1", LOST)
    assert block_held(outages(story), statuses(story.lines)) is True


def test_failed_answers_are_no_statements() -> None:
    story = Story().status(1, "n1", None, None, kind="fail").status(2, "n2", None, None).event(3, 1, "n3")
    story.ack(4, "a", node="n4")
    assert {node: len(lines) for node, lines in statuses(story.lines).items()} == {"n2": 1}
