"""Takeovers by the new leader's clock: what it says counts, within what others saw."""

from typing import Any

import pytest

from haproof.core.histories.takeover import hung_ms, takeover_ms, unobserved_ms
from haproof.core.histories.timing import trials
from histories import Story

NOON = "2026-11-28T12:00:00.000000Z"


def clock(ms: float) -> str:
    """So many milliseconds after noon."""
    return f"2026-11-28T12:00:{ms / 1000:09.6f}Z"


def killed(name: str = "sigkill-1", at: str | None = NOON) -> Story:
    """node1 is killed at 100, which is noon."""
    return Story().mark(100, "fault", name, "node1", at=at)


def told(story: Story, at: float, acquired_at: str | None, node: str = "node2", **keys: Any) -> Story:
    return story.status(at, node, keys.pop("holder", node), 2, acquired_at=acquired_at, **keys)


def found(story: Story) -> float | None:
    (trial,) = trials(story.lines, "sigkill")
    return takeover_ms(trial, story.lines)


def test_the_new_leader_says_since_when_it_leads() -> None:
    assert found(told(killed(), 150, clock(12.345))) == 12.345
    assert found(told(killed(), 150, NOON)) == 0


@pytest.mark.parametrize(
    "story",
    [
        killed(),
        killed().mark(140, "end", "sigkill-1").status(150, "node2", "node2", 2, acquired_at=clock(5)),
        told(killed(at=None), 150, clock(5)),
        told(killed(at="12 o'clock"), 150, clock(5)),
        told(killed(), 150, None),
        told(killed(), 150, "soon"),
        told(killed(), 150, "2026-11-28T11:59:59.999999Z"),
        told(killed(), 99, clock(5)),
        told(killed(), 150, clock(5), node="node1"),
        told(killed(), 150, clock(5), holder="node1"),
        told(killed(), 150, clock(5), kind="unknown"),
    ],
)
def test_what_says_nothing_of_the_takeover(story: Story) -> None:
    assert found(story) is None


def test_the_first_that_names_itself_counts() -> None:
    story = told(killed(), 110, clock(3), holder="node1")
    told(told(story, 150, clock(40)), 160, clock(60))
    assert found(story) == 40


def test_a_status_at_the_fault_and_one_at_the_end_are_of_the_trial() -> None:
    assert found(told(killed(), 100, clock(0.5))) == 0.5
    assert found(told(killed().mark(140, "end", "sigkill-1"), 140, clock(1))) == 1


def hang(at: str | None = NOON) -> Story:
    return killed("hang-1", at)


def test_a_hung_leader_is_replaced_when_the_new_one_says_so() -> None:
    assert hung_ms(told(hang(), 1_900, clock(850)).lines) == 850
    assert hung_ms(told(hang(), 1_900, clock(0.25)).lines) == 0.25


def test_the_new_leaders_clock_is_believed_only_within_what_was_seen() -> None:
    story = told(hang(), 500, None, holder="node1", asked_ms=480)
    story.status(600, "node2", "node1", 1)
    early = told(story, 1_900, clock(20))
    assert hung_ms(early.lines) == 500, "it was asked at 600 and did not name itself"
    assert hung_ms(told(hang(), 1_900, clock(2_500)).lines) == 1_800, "it was named at 1,900"
    later = told(told(hang(), 1_900, clock(850)), 2_000, None, holder="node1", asked_ms=1_950)
    assert hung_ms(later.lines) == 850, "what came after it was named tells nothing of before"
    asked_late = told(told(hang(), 500, None, holder="node1", asked_ms=300), 1_900, clock(20))
    assert hung_ms(asked_late.lines) == 200, "when it was asked counts, not when it answered"


@pytest.mark.parametrize("acquired_at", [None, "soon", "2026-11-28T11:59:59Z"])
def test_without_a_clock_it_counts_when_it_was_named(acquired_at: str | None) -> None:
    assert hung_ms(told(hang(), 1_900, acquired_at).lines) == 1_800


def test_a_history_without_the_wall_clock_marks_the_moment() -> None:
    story = told(hang(at=None), 1_900, clock(850))
    assert hung_ms(story.lines) == 1_800
    assert hung_ms(story.mark(950, "gone", "hang-1", "node1").lines) == 850


def test_without_a_hang_nothing_was_measured() -> None:
    assert hung_ms(Story().status(0, "node1", "node1", 1).lines) is None
    assert hung_ms(hang().lines) is None
    assert hung_ms(hang(at=None).lines) is None


def silent(before: tuple[str, ...] | None, after: tuple[str, ...] | None, acquired_ms: float = 15) -> Story:
    story = Story()
    if before is not None:
        story.epochs(50, "silent-1", *before)
    story.mark(100, "fault", "silent-1", "node1", at=NOON)
    if after is not None:
        story.epochs(5_100.5, "silent-1", *after)
    return told(story, 5_150, clock(acquired_ms)).mark(5_400, "end", "silent-1")


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (silent(("3",), ("4",)), 15),
        (silent(("3",), ("3",)), 5_000.5),
        (silent((), ()), 5_000.5),
        (silent(("3",), ("3",), acquired_ms=5_040), 5_040),
        (silent(None, ("3",)), 15),
        (silent(("3",), None), 15),
        (silent(None, None), 15),
    ],
)
def test_a_takeover_without_a_trace_came_later_than_the_silence(story: Story, expected: float) -> None:
    assert unobserved_ms(story.lines) == expected


def test_open_epochs_of_another_trial_tell_nothing() -> None:
    story = silent(None, ("3",)).epochs(10, "silent-2", "3").epochs(5_200, "silent-2", "3")
    assert unobserved_ms(story.lines) == 15


def test_nobody_took_over_in_silence() -> None:
    assert unobserved_ms(Story().lines) is None
    story = (
        Story()
        .mark(100, "fault", "silent-1", "node1", at=NOON)
        .epochs(50, "silent-1")
        .mark(900, "end", "silent-1")
    )
    assert unobserved_ms(story.epochs(800, "silent-1").lines) is None
