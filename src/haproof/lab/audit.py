"""What the system under test says happened: the names of its audit events."""

from collections import Counter

from haproof.lab.client import Answer, look_up
from haproof.lab.cluster import Node
from haproof.lab.scenario import Stage


def event_names(answer: Answer) -> list[str]:
    """The names in an audit answer, in its own order; an event without a name is left out."""
    pointer = answer.pointers.get("event_name")
    names = (look_up(event, pointer, "event_name") for event in answer.items("events"))
    return [name for name in names if isinstance(name, str)]


def known_events(node: Node) -> Counter[str]:
    """How often each event is known to a node now."""
    return Counter(event_names(node.client.call("audit_events")))


def await_events(
    stage: Stage, node: Node, *wanted: str, beyond: Counter[str] | None = None
) -> list[str] | None:
    """Wait until each wanted event is known more often than in `beyond` (by default: at all).

    Gives up at the target's failover deadline (no target of the seed bounds this). Returns the names of all
    events of the last whole answer, whether the wanted ones came or not; None when no answer came.
    """
    before = beyond if beyond is not None else Counter[str]()
    last: list[str] | None = None

    def complete() -> bool | None:
        nonlocal last
        answer = node.client.call("audit_events")
        if not answer.ok:
            return None
        last = event_names(answer)
        found = Counter(last)
        return True if all(found[name] > before[name] for name in wanted) else None

    limit_s = stage.target.timing.failover_deadline_s
    stage.waits.until(f"audit events {', '.join(wanted)}", limit_s, complete)
    return last
