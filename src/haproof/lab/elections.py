"""The election events that the nodes report, read into the history."""

from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Settled
from haproof.lab.history import History
from haproof.lab.scenario import Stage

ELECTED = "ha.leader.elected"
EVENT_SECONDS = 5.0


def read_elections(stage: Stage, cluster: Cluster, settled: Settled, history: History) -> None:
    """Read the election events of every node, once that of the present leader is there.

    An event whose epoch is no whole number stands in the history without one.
    """
    current = settled.answers[settled.leader.name].count("current_epoch")

    def complete() -> bool | None:
        events = elected(settled.leader.client.call("audit_events"))
        return True if current in (epoch for epoch, _ in events) else None

    stage.waits.until("the audit event of the present leader", EVENT_SECONDS, complete)
    for node in cluster.nodes:
        for epoch, holder in elected(node.client.call("audit_events")):
            history.event(node.name, epoch, holder)


def elected(answer: Answer) -> list[tuple[int | None, str | None]]:
    """Epoch and holder of each election event of an audit answer, in its own order."""
    events = []
    for item in answer.items("events"):
        event = answer.part(item)
        if event.value("event_name") == ELECTED:
            fields = answer.part(event.value("fields"))
            events.append((fields.count("epoch"), fields.text("holder_id")))
    return events
