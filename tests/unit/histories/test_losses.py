"""VAL17's figures of a whole history: what was answered to the node that led, and the longest outage."""

import pytest

from haproof.core.histories.losses import losses
from histories import Story


def loss(story: Story, number: int, at: float, held: float) -> Story:
    name = f"loss-{number}"
    story.mark(at, "fault", name).mark(at + 10, "gone", name).mark(at + 10 + held, "heal", name)
    return story.mark(at + 100 + held, "end", name)


def asked(*kinds: tuple[str, int | None], row: str = "during-loss") -> Story:
    story = Story()
    for number, (kind, status) in enumerate(kinds, 1):
        story.write(100 * number, f"{row}-{number}", kind, status=status)
    return story


NO, YES, UNKNOWN, NEVER_SENT = ("fail", 503), ("ok", 201), ("unknown", 504), ("fail", None)


@pytest.mark.parametrize(
    ("story", "expected"),
    [
        (asked(NO), True),
        (asked(NO, NO), True),
        (asked(NO, YES), False),
        (asked(NO, UNKNOWN), False),
        (asked(NEVER_SENT), None),
        (asked(NO, NEVER_SENT), None),
        (asked(NEVER_SENT, YES), False),
        (asked(("ok", None)), False),
        (asked(NO, ("unknown", None)), False),
        (asked(), None),
        (asked(YES, row="row"), None),
        (asked(NO).final(900), True),
        (asked(NO).final(900, "during-loss-1"), False),
        (asked().refuse(10, "row-1").final(900, "row-1"), False),
    ],
)
def test_only_a_no_that_holds_is_a_refusal(story: Story, expected: bool | None) -> None:
    assert losses(story.lines).refused is expected


def test_the_longest_outage_counts() -> None:
    assert losses(Story().lines).held_ms is None
    story = loss(loss(loss(Story(), 1, 0, 300), 2, 1_000, 5_000), 3, 9_000, 40)
    assert losses(story.lines).held_ms == 5_000
    assert losses(story.mark(20_000, "fault", "loss-4").lines).held_ms == 5_000


def test_what_is_promised_in_silence_is_promised_in_a_loss() -> None:
    story = Story().mark(0, "fault", "silent-1").mark(10, "gone", "silent-1").mark(500, "heal", "silent-1")
    story.ack(100, "a").ack(600, "b").lose_sight(700, "c", invalid="no id").lose_sight(800, "d")
    found = losses(story.lines)
    assert found.acknowledged == ("a",)
    assert found.detected_ms == found.recovered_ms == []
    assert found.block_held is None
    assert found.invalid == ("no id",)


def test_what_is_promised_in_a_loss_that_was_watched_counts() -> None:
    assert losses(loss(Story(), 1, 0, 300).ack(100, "b").ack(400, "c").lines).acknowledged == ("b",)


def test_the_table_is_compared_where_it_was_read() -> None:
    story = loss(Story(), 1, 0, 300).ack(500, "a").ack(510, "b")
    assert losses(story.lines).table is None
    table = losses(story.final(600, "a").lines).table
    assert table is not None
    assert table.lost == ("b",)
