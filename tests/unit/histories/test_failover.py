"""VAL13's own figures: the hung leader by its successor's clock, failovers only where a write was taken."""

from haproof.core.histories.failover import failovers_ms, hung_ms, metrics
from histories import Story


def test_a_hung_leader_is_replaced_when_the_new_one_says_so() -> None:
    story = Story().mark(100, "fault", "hang-1", "node1").status(1_900, "node2", "node2", 2)
    assert hung_ms(story.lines) == 1_800
    assert hung_ms(story.mark(950, "gone", "hang-1", "node1").lines) == 850


def test_without_a_hang_nothing_was_measured() -> None:
    assert hung_ms(Story().status(0, "node1", "node1", 1).lines) is None
    assert hung_ms(Story().mark(100, "fault", "hang-1", "node1").lines) is None


def test_a_holder_that_takes_no_write_is_no_failover() -> None:
    story = Story().mark(100, "fault", "sigkill-1", "node1").status(150, "node2", "node2", 2)
    assert failovers_ms(story.lines, "sigkill") == [None]
    story.ack(160, "a", node="node2", epoch=2)
    assert failovers_ms(story.lines, "sigkill") == [50]
    assert metrics(story.lines)["sigkill_accepting_trials_ms"] == [64]
