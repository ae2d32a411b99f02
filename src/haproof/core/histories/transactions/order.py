"""The order of all appends to each key, and what contradicts it before any cycle is looked for.

The order is the list at the end, where it was read; else the longest list that anybody read.
"""

from collections import Counter
from collections.abc import Mapping, Sequence

from msgspec import Struct, field

from haproof.core.histories.transactions.recorder import Divergent, Transactions

NOBODY = -1
"""In place of a transaction: nobody appended the number, or its transaction was refused."""


class Ordered(Struct):
    """The versions of every key, and what they say.

    `order` is key → numbers, each once; `by` the transaction of each number, or NOBODY; `refused_at` the
    place of the first number of a refused transaction. `effective` are the transactions that took effect,
    `lost` the acknowledged ones of which a number is missing, `reads` what each read, as the length of the
    beginning of the order that it is. `found` is anomaly → the transactions that show it.
    `phantom` are numbers that nobody appended, or a refused transaction; `copies` says how often one list
    has a number that it has more than once.
    """

    order: dict[int, list[int]] = field(default_factory=dict)
    by: dict[int, list[int]] = field(default_factory=dict)
    reads: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    effective: list[bool] = field(default_factory=list)
    found: dict[str, set[int]] = field(default_factory=dict)
    lost: list[int] = field(default_factory=list)
    phantom: set[tuple[int, int]] = field(default_factory=set)
    copies: dict[tuple[int, int], int] = field(default_factory=dict)
    refused_at: dict[int, int] = field(default_factory=dict)

    def add(self, anomaly: str, transaction: int) -> None:
        """One more transaction that shows an anomaly."""
        self.found.setdefault(anomaly, set()).add(transaction)

    def count(self, key: int, numbers: Sequence[int]) -> None:
        """Note the numbers that a list has more than once."""
        if len(set(numbers)) != len(numbers):
            for number, copies in Counter(numbers).items():
                if copies > self.copies.get((key, number), 1):
                    self.copies[key, number] = copies


def ordered(
    history: Transactions, final: Mapping[int, Sequence[int]] | None, *, forgive: bool, timeline: int | None
) -> Ordered:
    """Put every key's appends in order. `final` are the lists at the end, None where they were not read.

    `forgive`: an acknowledged transaction of which nothing is left at the end is loss of an asynchronous
    cluster, counted as such and not once more as an anomaly. `timeline` is that of the server that was read
    at the end: what an earlier one showed of writes that were never acknowledged may be gone.
    """
    seen = Ordered()
    for key in history.writers.keys() | history.longest.keys() | (final or {}).keys():
        _arrange(seen, history, key, None if final is None else final.get(key, ()))
    _effects(seen, history, final is not None, forgive)
    for one in history.internal:
        seen.add("internal", one.transaction)
    _read_prefixes(seen, history, timeline, final is not None)
    return seen


def _arrange(seen: Ordered, history: Transactions, key: int, final: Sequence[int] | None) -> None:
    """One key's order, each number once, with the transaction of each."""
    numbers = list(history.longest.get(key, ()) if final is None else final)
    once = list(dict.fromkeys(numbers))
    seen.count(key, numbers)
    writers = history.writers.get(key, {})
    by = [writers.get(number, NOBODY) for number in once]
    for place, (number, writer) in enumerate(zip(once, by, strict=True)):
        if writer == NOBODY:
            seen.phantom.add((key, number))
        elif history.all[writer].outcome == "refused":
            seen.refused_at.setdefault(key, place)
            by[place] = NOBODY
            if final is not None:
                seen.phantom.add((key, number))
    seen.order[key], seen.by[key] = once, by


def _effects(seen: Ordered, history: Transactions, read_at_end: bool, forgive: bool) -> None:
    """Which transactions took effect, and what of them is missing."""
    there = {
        key: {number: place for place, number in enumerate(numbers)} for key, numbers in seen.order.items()
    }
    for number, one in enumerate(history.all):
        missing = [pair for pair in one.appends if pair[1] not in there[pair[0]]]
        gone = bool(missing) and len(missing) == len(one.appends)
        if one.outcome == "refused" or not (one.answered or one.appends):
            seen.effective.append(False)
            continue
        if not read_at_end:
            seen.effective.append(one.answered or not gone)
            continue
        seen.effective.append(not gone)
        if one.outcome == "acknowledged" and missing:
            seen.lost.append(number)
        if missing and not (gone and (forgive or one.outcome != "acknowledged")):
            seen.add("lost-append", number)
        if not _in_own_order(one.appends, there):
            seen.add("incompatible-order", number)


def _in_own_order(appends: Sequence[tuple[int, int]], there: Mapping[int, Mapping[int, int]]) -> bool:
    """Whether the numbers of one transaction stand in each list as it appended them."""
    last: dict[int, int] = {}
    for key, number in appends:
        place = there[key].get(number, len(there[key]))
        if place < last.get(key, 0):
            return False
        last[key] = place
    return True


def _read_prefixes(seen: Ordered, history: Transactions, timeline: int | None, read_at_end: bool) -> None:
    """Hold what was read against the order: numbers of refused transactions, of nobody, in another order.

    The longest read of a key may itself be no beginning of its order: then every read that is longer than
    what both have in common is held against the order number by number.
    """
    common = {key: _common(numbers, seen.order[key]) for key, numbers in history.longest.items()}
    repaired: list[Divergent] = list(history.divergent)
    for number, one in enumerate(history.all):
        fits = one.reads
        for key, length in one.reads:
            if length > common[key]:
                repaired.append(Divergent(number, key, history.longest[key][:length]))
                fits = tuple(read for read in fits if read != (key, length))
            elif length > seen.refused_at.get(key, length):
                seen.add("G1a", number)
        seen.reads.append(fits)
    for read in repaired:
        _repair(seen, history, read, timeline, read_at_end)


def _common(one: Sequence[int], other: Sequence[int]) -> int:
    """How many numbers two lists begin with in common."""
    shorter = min(len(one), len(other))
    if one[:shorter] == other[:shorter]:
        return shorter
    return next(place for place in range(shorter) if one[place] != other[place])


def _repair(
    seen: Ordered, history: Transactions, read: Divergent, timeline: int | None, read_at_end: bool
) -> None:
    """A read that is no beginning of its key's order: what is wrong with it, number by number.

    Numbers that are not in the order are left out of the read, each named for what it is: of nobody, of a
    refused transaction, of an acknowledged one that was lost (which is counted there), of one without an
    answer. What is left must be a beginning of the order.
    """
    order = set(seen.order[read.key])
    seen.count(read.key, read.numbers)
    once = list(dict.fromkeys(read.numbers))
    for number in once:
        if number not in order:
            _left_out(seen, history, read, number, timeline, read_at_end)
    kept = [number for number in once if number in order]
    if kept != seen.order[read.key][: len(kept)]:
        seen.add("incompatible-order", read.transaction)
        return
    seen.reads[read.transaction] += ((read.key, len(kept)),)
    if len(kept) > seen.refused_at.get(read.key, len(kept)):
        seen.add("G1a", read.transaction)


def _left_out(
    seen: Ordered,
    history: Transactions,
    read: Divergent,
    number: int,
    timeline: int | None,
    read_at_end: bool,
) -> None:
    """A number that was read and is not in the order of its key."""
    writer = history.writers.get(read.key, {}).get(number, NOBODY)
    if writer == NOBODY:
        seen.phantom.add((read.key, number))
    elif history.all[writer].outcome == "refused":
        seen.add("G1a", read.transaction)
    elif not read_at_end:
        seen.add("incompatible-order", read.transaction)
    elif history.all[writer].outcome != "acknowledged":
        at = history.all[read.transaction].timeline
        if timeline is None or at is None or at >= timeline:
            seen.add("G1a", read.transaction)
