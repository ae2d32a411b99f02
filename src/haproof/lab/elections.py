"""The election events that the nodes report, read into the history."""

from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Settled
from haproof.lab.history import History
from haproof.lab.scenario import Stage

ELECTED = "ha.leader.elected"
EVENT_SECONDS = 5.0


def read_elections(stage: Stage, cluster: Cluster, settled: Settled, history: History) -> str | None:
    """Read the election events of every node, once that of the present leader is there.

    An event whose epoch is no count is in the history without one; the first is quoted in what is returned.
    """
    current = settled.answers[settled.leader.name].count("current_epoch")

    def complete() -> bool | None:
        events = elected(settled.leader.client.call("audit_events"))
        return True if current in (fields.count("epoch") for fields in events) else None

    stage.waits.until("the audit event of the present leader", EVENT_SECONDS, complete)
    odd = None
    for node in cluster.nodes:
        for fields in elected(node.client.call("audit_events")):
            epoch = fields.count("epoch")
            history.event(node.name, epoch, fields.text("holder_id"))
            if epoch is None and odd is None:
                odd = f"{node.name} reports an election of the epoch {fields.quoted('epoch')}"
    return odd


def elected(answer: Answer) -> list[Answer]:
    """The fields of each election event of an audit answer, in its own order."""
    events = (answer.part(item) for item in answer.items("events"))
    return [answer.part(event.value("fields")) for event in events if event.value("event_name") == ELECTED]
