"""Epochs against holders: who was shown to lead, and who wrote although another did."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from haproof.core.histories.operation import MARKS, Operation
from haproof.core.histories.writes import Write, first_promises


class Sighting(Struct, frozen=True):
    """The holder of an epoch, as an answer showed it at a moment (milliseconds of the history's clock).

    `sent_ms` is when the write was sent that was acknowledged under it; None for a status and a refusal.
    """

    at_ms: float
    epoch: int
    holder: str
    sent_ms: float | None = None


Named = tuple[int, str | None]
"""Epoch and holder, as an audit event names them."""


def sightings(operations: Iterable[Operation], attempts: Sequence[Write]) -> list[Sighting]:
    """Everything that status and write answers showed, in time order."""
    return sorted((*_shown_by_status(operations), *_shown_by_writes(attempts)), key=lambda seen: seen.at_ms)


def _shown_by_status(operations: Iterable[Operation]) -> Iterator[Sighting]:
    for line in operations:
        if line.op == "status" and line.kind == "ok" and line.epoch is not None and line.holder is not None:
            yield Sighting(line.t_ms, line.epoch, line.holder)


def _shown_by_writes(attempts: Sequence[Write]) -> Iterator[Sighting]:
    for write in first_promises(attempts):
        if write.epoch is None:
            continue
        if write.acknowledged and write.by is not None:
            yield Sighting(write.done_ms, write.epoch, write.by, write.sent_ms)
        elif not write.acknowledged and write.holder is not None:
            yield Sighting(write.done_ms, write.epoch, write.holder)


def elections(operations: Iterable[Operation]) -> list[Operation]:
    """The lines of the audit events, those that name no epoch left out."""
    return [line for line in operations if line.op == "event" and line.epoch is not None]


def named(events: Iterable[Operation]) -> list[Named]:
    """Epoch and holder of each event."""
    return [(line.epoch, line.holder) for line in events if line.epoch is not None]


def shown_twice(seen: Iterable[Sighting], events: Iterable[Named]) -> tuple[int, ...]:
    """Epochs that were shown with more than one holder, ascending."""
    holders = _holders(seen)
    for epoch, holder in events:
        if holder is not None:
            holders.setdefault(epoch, set()).add(holder)
    return tuple(sorted(epoch for epoch, names in holders.items() if len(names) > 1))


def _holders(seen: Iterable[Sighting]) -> dict[int, set[str]]:
    holders: dict[int, set[str]] = {}
    for one in seen:
        holders.setdefault(one.epoch, set()).add(one.holder)
    return holders


def by_non_holder(attempts: Sequence[Write], seen: Sequence[Sighting]) -> tuple[str, ...]:
    """Rows that were sent after the holder of a higher epoch had been seen, and acknowledged by another node.

    `seen` is in time order. A node that answers with a still higher epoch is the next holder, whom the lab
    meets in this answer; one that answers with the highest epoch seen, and was not seen to hold it, is not.
    An answer that names no epoch or no node cannot be judged, and does not count; nor does that to a repeated
    write. Sorted.
    """
    times = [one.at_ms for one in seen]
    highest = list(_highest(seen))
    found = set()
    for write in first_promises(attempts):
        place = bisect_left(times, write.sent_ms)
        if not write.acknowledged or write.epoch is None or write.by is None or not place:
            continue
        epoch, holders = highest[place - 1]
        if write.epoch <= epoch and write.by not in holders:
            found.add(write.id)
    return tuple(sorted(found))


def _highest(seen: Iterable[Sighting]) -> Iterator[tuple[int, frozenset[str]]]:
    """After each sighting: the highest epoch so far, and everybody who was seen to hold it."""
    epoch, holders = -1, frozenset[str]()
    for one in seen:
        if one.epoch > epoch:
            epoch, holders = one.epoch, frozenset((one.holder,))
        elif one.epoch == epoch and one.holder not in holders:
            holders |= {one.holder}
        yield epoch, holders


def epochs(seen: Sequence[Sighting], events: Iterable[Named]) -> list[int]:
    """The epochs in time order: those that answers showed, completed by those that events name between.

    An epoch that was learned late (from a follower that lags behind) stands where it belongs. An epoch that
    came back stands there again: a write was acknowledged under it that had been sent after a higher one was
    seen.
    """
    order: list[int] = []
    times = [one.at_ms for one in seen]
    highest = list(_highest(seen))
    for one in seen:
        if one.epoch not in order:
            _insert(order, one.epoch)
        elif one.sent_ms is not None and one.epoch != order[-1]:
            place = bisect_left(times, one.sent_ms)
            if place and highest[place - 1][0] > one.epoch:
                order.append(one.epoch)
    for epoch, _ in events:
        if order and min(order) < epoch < max(order) and epoch not in order:
            _insert(order, epoch)
    return order


def _insert(order: list[int], epoch: int) -> None:
    """Put an epoch before the first that is higher."""
    place = next((index for index, other in enumerate(order) if other > epoch), len(order))
    order.insert(place, epoch)


def events_match(seen: Iterable[Sighting], events: Iterable[Named]) -> bool | None:
    """Whether the events name the same epochs and holders that answers showed; None where none did.

    In any order. Events may name epochs that nobody was shown, where those lie below the highest shown one:
    a reign may be too short to be seen.
    """
    shown = _holders(seen)
    if not shown:
        return None
    told: dict[int, set[str | None]] = {}
    for epoch, holder in events:
        told.setdefault(epoch, set()).add(holder)
    same = all(told.get(epoch) == holders for epoch, holders in shown.items())
    return same and max(told) <= max(shown) and all(len(holders) == 1 for holders in told.values())


def unprovoked(operations: Sequence[Operation], settled_ms: float) -> int:
    """How often a node's answers changed role or holder while no fault was being settled.

    A trial is being settled from its first mark until `settled_ms` after its last (its healing, its end).
    A change lies between two status answers of one node, so it counts where that whole time is quiet.
    """
    busy = _busy(operations, settled_ms)
    last: dict[str, Operation] = {}
    changes = 0
    for line in operations:
        if line.op != "status" or line.kind != "ok" or line.node is None:
            continue
        before = last.get(line.node)
        if before is not None and _changed(before, line):
            changes += not any(begin <= line.t_ms and before.t_ms <= end for begin, end in busy)
        last[line.node] = line
    return changes


def _changed(before: Operation, after: Operation) -> bool:
    """Whether role or holder is another one; what an answer leaves out is no change."""
    pairs = ((before.role, after.role), (before.holder, after.holder))
    return any(a is not None and b is not None and a != b for a, b in pairs)


def _busy(operations: Iterable[Operation], settled_ms: float) -> list[tuple[float, float]]:
    """From the first mark of each trial to its settling: begin and end."""
    marks: dict[str | None, list[float]] = {}
    for line in operations:
        if line.kind in MARKS:
            marks.setdefault(line.trial, []).append(line.t_ms)
    return [(min(times), max(times) + settled_ms) for times in marks.values()]
