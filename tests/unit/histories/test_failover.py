"""VAL13's own figures: failovers only where a write was taken."""

from haproof.core.histories.failover import failovers_ms, metrics
from histories import Story


def test_a_holder_that_takes_no_write_is_no_failover() -> None:
    story = Story().mark(100, "fault", "sigkill-1", "node1").status(150, "node2", "node2", 2)
    assert failovers_ms(story.lines, "sigkill") == [None]
    story.ack(160, "a", node="node2", epoch=2)
    assert failovers_ms(story.lines, "sigkill") == [50]
    assert metrics(story.lines)["sigkill_accepting_trials_ms"] == [64]
