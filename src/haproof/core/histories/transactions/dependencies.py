"""Which transaction must come before which: by what they wrote and read, by their client, by the clock.

Only predecessors are kept, since a graph is free of cycles if it can be taken apart from its end. `by` is
transaction → predecessors, each as `transaction * KINDS + kind`; order in real time is one shared tuple for
all transactions that began between two ends.
"""

from collections.abc import Iterator, Sequence
from math import inf

from msgspec import Struct

from haproof.core.histories.transactions.order import NOBODY, Ordered
from haproof.core.histories.transactions.transaction import Transaction

WW, WR, RW, SESSION, REALTIME = range(5)
"""Kinds of dependency. WW: appended after. WR: read what the other appended. RW: the other appended what was
not there yet when it was read (an anti-dependency). SESSION: the client's next. REALTIME: sent after the
other had been acknowledged."""

KINDS = 5


class Dependencies(Struct):
    """Predecessors of every transaction that took effect; the lists of others are empty."""

    effective: list[int]
    by: list[list[int]]
    session: list[int]
    realtime: list[tuple[int, ...]]

    def predecessors(self, number: int) -> Iterator[int]:
        """All predecessors of a transaction; one that is one in two ways comes twice."""
        for edge in self.by[number]:
            yield edge // KINDS
        if self.session[number] != NOBODY:
            yield self.session[number]
        yield from self.realtime[number]

    def edges(self, number: int) -> Iterator[tuple[int, int]]:
        """All predecessors of a transaction with the kind of dependency."""
        for edge in self.by[number]:
            yield divmod(edge, KINDS)
        if self.session[number] != NOBODY:
            yield self.session[number], SESSION
        for other in self.realtime[number]:
            yield other, REALTIME

    def cyclic(self) -> list[int]:
        """The transactions from which a cycle can be reached, in order; none where there is no cycle.

        Whatever no other transaction depends on is taken away, until nothing is left or only these.
        """
        waiting = [0] * len(self.by)
        for number in self.effective:
            for other in self.predecessors(number):
                waiting[other] += 1
        free = [number for number in self.effective if not waiting[number]]
        for number in free:
            for other in self.predecessors(number):
                waiting[other] -= 1
                if not waiting[other]:
                    free.append(other)
        return [number for number in self.effective if waiting[number]]


def dependencies(everything: Sequence[Transaction], seen: Ordered) -> Dependencies:
    """Every dependency between transactions that took effect. Adds to `seen` what the walk shows: a read that
    ends in the middle of a transaction (G1b), a transaction that read what it appended only later."""
    effective = [number for number, there in enumerate(seen.effective) if there]
    by: list[list[int]] = [[] for _ in everything]
    for writers in seen.by.values():
        _write_dependencies(by, writers)
    for number in effective:
        for key, length in seen.reads[number]:
            _read_dependencies(by, seen, everything, number, key, length)
    sent = sorted(effective, key=lambda number: everything[number].sent_ms)
    return Dependencies(effective, by, _sessions(everything, sent), _realtime(everything, sent))


def _write_dependencies(by: list[list[int]], writers: Sequence[int]) -> None:
    """Each writer of a key after the one before it."""
    last = NOBODY
    for writer in writers:
        if writer not in (NOBODY, last):
            if last != NOBODY:
                by[writer].append(last * KINDS + WW)
            last = writer


def _read_dependencies(
    by: list[list[int]], seen: Ordered, everything: Sequence[Transaction], number: int, key: int, length: int
) -> None:
    """A read after the last number that it shows, and before the next one."""
    writers = seen.by[key]
    if length:
        writer = writers[length - 1]
        if writer == number:
            seen.add("internal", number)
        elif writer != NOBODY:
            by[number].append(writer * KINDS + WR)
            if _goes_on(everything[writer], key, seen.order[key][length - 1]):
                seen.add("G1b", number)
    for place in range(length, len(writers)):
        following = writers[place]
        if following != NOBODY:
            if following != number:
                by[following].append(number * KINDS + RW)
            return


def _goes_on(writer: Transaction, key: int, number: int) -> bool:
    """Whether a transaction appends another number to the key after this one."""
    last = number
    for other, value in writer.appends:
        if other == key:
            last = value
    return last != number


def _sessions(everything: Sequence[Transaction], sent: Sequence[int]) -> list[int]:
    """Of each transaction the last one of its client that had been answered; NOBODY before the first."""
    before = [NOBODY] * len(everything)
    last: dict[str, int] = {}
    for number in sent:
        one = everything[number]
        before[number] = last.get(one.client, NOBODY)
        if one.answered:
            last[one.client] = number
    return before


def _realtime(everything: Sequence[Transaction], sent: Sequence[int]) -> list[tuple[int, ...]]:
    """Of each transaction those that had been acknowledged before it was sent, without those that had been
    before one of these was sent in turn."""
    before: list[tuple[int, ...]] = [()] * len(everything)
    ended = sorted(
        (number for number in sent if everything[number].answered),
        key=lambda number: everything[number].done_ms,
    )
    newest: set[int] = set()
    shared: tuple[int, ...] = ()
    place, done_ms = 0, everything[ended[0]].done_ms if ended else inf
    for number in sent:
        sent_ms = everything[number].sent_ms
        if done_ms < sent_ms:
            while done_ms < sent_ms:
                newest.difference_update(before[ended[place]])
                newest.add(ended[place])
                place += 1
                done_ms = everything[ended[place]].done_ms if place < len(ended) else inf
            shared = tuple(sorted(newest))
        before[number] = shared
    return before
