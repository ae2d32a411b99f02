"""Audit events against what the lab did: whether the events follow the deeds that they report.

A trail of readings and deeds lies beside the report of a slice (`audit.jsonl`, one JSON object a line), so
that whoever reads the raw evidence can judge it again.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

import msgspec
from msgspec import Struct

from haproof.core.instant import Instant, parse_instant

TOLERANCE = timedelta(seconds=1)
"""An event may be stamped so far outside its deed: systems that write whole seconds round down."""


class Told(Struct, frozen=True):
    """One event as a node lists it; `at` is its time stamp as the node wrote it."""

    name: str
    at: str | None


class Reading(Struct, frozen=True, tag_field="kind", tag="reading"):
    """The expected events that one node listed; `taken_s` is when it was asked (monotonic seconds).

    `start` counts the starts of the node's process; None in trails of before that was written down.
    """

    node: str
    taken_s: float
    events: tuple[Told, ...]
    start: int | None = None


class Deed(Struct, frozen=True, tag_field="kind", tag="deed"):
    """Something that must leave an event: when the lab began and ended it, by both clocks.

    `began_at` and `ended_at` are RFC 3339 times of the host's wall clock, which stamps the events too.
    """

    event: str
    began_s: float
    ended_s: float
    began_at: str
    ended_at: str


Line = Reading | Deed


def encode(line: Line) -> str:
    """One line of a trail, without its end."""
    return msgspec.json.encode(line).decode()


def decode(lines: Iterable[bytes]) -> list[Line]:
    """A trail from its lines, in order. Raises ValueError where one is none."""
    decoder = msgspec.json.Decoder(Line)
    return [decoder.decode(line) for line in lines]


def recount(lines: Iterable[bytes]) -> dict[str, bool | None]:
    """What `audit.jsonl` yields. Raises ValueError."""
    return {"audit_follows_deeds": follows_deeds(decode(lines))}


def follows_deeds(trail: Iterable[Line]) -> bool | None:
    """Whether no event is there before its first deed, and each deed leaves at least one more.

    One of the events after a deed must be stamped within it, give or take `TOLERANCE`. A node's own readings
    are compared with each other: systems may keep one list, or one for each node. No event that was listed
    once is dated anew. None without any deed.
    """
    lines = list(trail)
    deeds = [line for line in lines if isinstance(line, Deed)]
    readings = [line for line in lines if isinstance(line, Reading)]
    if not deeds:
        return None
    return not dated_anew(readings) and all(
        _follows([deed for deed in deeds if deed.event == name], readings)
        for name in {deed.event for deed in deeds}
    )


def dated_anew(readings: Sequence[Reading]) -> bool:
    """Whether a running node lists as many events of a name as before, and not with the times they had.

    A list that is shorter has lost events, which is judged elsewhere.
    """
    last: dict[tuple[str, int], Reading] = {}
    for reading in readings:
        if reading.start is None:
            continue
        before = last.get((reading.node, reading.start))
        last[reading.node, reading.start] = reading
        for name in {event.name for event in before.events} if before else ():
            assert before is not None
            had, has = _times(before, name), _times(reading, name)
            if has.total() >= had.total() and not had <= has:
                return True
    return False


def _times(reading: Reading, name: str) -> Counter[Instant | str | None]:
    """When the events of a name were, by the node's list: instants, however they are written."""
    return Counter(_instant(event.at) or event.at for event in _events(reading, name))


def _follows(deeds: Sequence[Deed], readings: Sequence[Reading]) -> bool:
    """The deeds of one event."""
    ordered = sorted(deeds, key=lambda deed: deed.began_s)
    first = ordered[0]
    if any(_events(reading, first.event) for reading in readings if reading.taken_s <= first.began_s):
        return False
    ends = [later.began_s for _, later in pairwise(ordered)] + [float("inf")]
    return all(_left(deed, before_s, readings) for deed, before_s in zip(ordered, ends, strict=True))


def _left(deed: Deed, before_s: float, readings: Sequence[Reading]) -> bool:
    """Whether some node lists more events once the deed began than before, and one stamped within it.

    Only readings from before the next deed of the same event (`before_s`) count.
    """
    for node in {reading.node for reading in readings}:
        own = [reading for reading in readings if reading.node == node]
        earlier = [reading for reading in own if reading.taken_s <= deed.began_s]
        later = [reading for reading in own if deed.began_s < reading.taken_s < before_s]
        if not earlier:
            continue
        known = len(_events(max(earlier, key=lambda reading: reading.taken_s), deed.event))
        for reading in later:
            events = _events(reading, deed.event)
            if len(events) > known and any(_within(event, deed) for event in events):
                return True
    return False


def _events(reading: Reading, name: str) -> list[Told]:
    return [event for event in reading.events if event.name == name]


def _within(event: Told, deed: Deed) -> bool:
    at = _instant(event.at)
    began, ended = parse_instant(deed.began_at), parse_instant(deed.ended_at)
    # Differences, not sums: an instant at the end of the calendar has nothing a second later.
    return at is not None and began - at <= TOLERANCE and at - ended <= TOLERANCE


def _instant(text: str | None) -> Instant | None:
    try:
        return parse_instant(text)
    except ValueError:
        return None
