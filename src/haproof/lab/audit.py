"""What the system under test reports of what happened: its audit events, read around each deed of the lab."""

import contextlib
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from haproof.core import raw_names
from haproof.core.deeds import Deed, Line, Reading, Told, encode, follows_deeds
from haproof.core.instant import format_instant
from haproof.lab.client import Answer, look_up
from haproof.lab.cluster import Cluster
from haproof.lab.scenario import Stage

LONGEST_TEXT = 200


class Trail:
    """The expected events of a slice: which were there before each deed, and which after it.

    Every node that runs is asked each time: they may share one list, or keep one each. Each reading and each
    deed is a line of `audit.jsonl`.
    """

    def __init__(self, stage: Stage, cluster: Cluster, *expected: str) -> None:
        self._stage = stage
        self._cluster = cluster
        self._expected = expected
        self._lines: list[Line] = []
        self._known: dict[str, Counter[str]] = {}
        self._names: list[str] | None = None
        self._samples = open(stage.evidence / raw_names.AUDIT, "x", encoding="utf-8")  # noqa: SIM115
        stage.closing.callback(self._samples.close)

    def look(self) -> None:
        """Read every node's events now."""
        for reading in self._read():
            self._note(reading)

    @contextlib.contextmanager
    def deed(self, *events: str) -> Iterator[None]:
        """What happens inside must leave each of these events; what is known is read before it begins."""
        self._known = {}
        for reading in self._read():
            self._note(reading)
            self._known[reading.node] = Counter(event.name for event in reading.events)
        began_s = time.monotonic()
        yield
        self.done(*events, began_s=began_s)

    def done(self, *events: str, began_s: float) -> None:
        """What began then and ends now must leave each of these events."""
        ended_s, ended_at = time.monotonic(), datetime.now(UTC)
        began_at = ended_at - timedelta(seconds=ended_s - began_s)
        for event in events:
            self._note(Deed(event, began_s, ended_s, format_instant(began_at), format_instant(ended_at)))

    def await_more(self, *events: str) -> None:
        """Wait until each of these events is known more often than before the last deed began.

        Gives up at the target's failover deadline (the seed bounds no time for this). Whatever is known then
        is a reading.
        """

        def complete() -> list[Reading] | None:
            readings = self._read()
            more = {event for event in events for reading in readings if self._is_more(reading, event)}
            return readings if more == set(events) else None

        limit_s = self._stage.target.timing.failover_deadline_s
        seen = self._stage.waits.until(f"audit events {', '.join(events)}", limit_s, complete)
        for reading in seen.value if seen else self._read():
            self._note(reading)

    def follows(self) -> bool | None:
        """The judgement on all readings and deeds so far; what is read after it is not part of the trail.

        An event of something else, soon after a deed, must not pass for that deed's own.
        """
        self._samples.close()
        return follows_deeds(self._lines)

    @property
    def names(self) -> list[str] | None:
        """The names of all events in the last whole answers, each once; None where no answer came."""
        return self._names

    def _is_more(self, reading: Reading, event: str) -> bool:
        known = self._known.get(reading.node, Counter[str]())
        return sum(told.name == event for told in reading.events) > known[event]

    def _read(self) -> list[Reading]:
        readings: list[Reading] = []
        names: dict[str, None] = {}
        for node in self._cluster.nodes:
            if not node.running:
                continue
            taken_s = time.monotonic()
            answer = node.client.call("audit_events")
            if answer.ok:
                events = told(answer)
                names |= dict.fromkeys(event.name for event in events)
                expected = tuple(event for event in events if event.name in self._expected)
                readings.append(Reading(node.name, taken_s, expected, node.starts))
        if readings:
            self._names = list(names)
        return readings

    def _note(self, line: Line) -> None:
        if self._samples.closed:
            return
        self._lines.append(line)
        self._samples.write(self._stage.ground.secrets.redact(encode(line)) + "\n")
        self._samples.flush()


def told(answer: Answer) -> list[Told]:
    """The events of an audit answer, in its own order; one without a name is left out."""
    found = []
    for event in answer.items("events"):
        name = look_up(event, answer.pointers.get("event_name"), "event_name")
        at = look_up(event, answer.pointers.get("timestamp"), "timestamp")
        if isinstance(name, str):
            found.append(Told(_carried(name), _carried(at) if isinstance(at, str) else None))
    return found


def _carried(text: str) -> str:
    """A text of the node's that evidence can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]
