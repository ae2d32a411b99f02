"""A cycle in words: who comes before whom, and why that cannot be."""

from collections.abc import Sequence
from itertools import pairwise

from haproof.core.histories.transactions.cycles import Cycle, Edge
from haproof.core.histories.transactions.dependencies import REALTIME, RW, SESSION, WR, WW
from haproof.core.histories.transactions.order import NOBODY, Ordered
from haproof.core.histories.transactions.transaction import Transaction

MEANINGS = {
    "G0": "dirty write: appends of two transactions are interleaved",
    "G1a": "aborted read: a number was read whose transaction took no effect",
    "G1b": "intermediate read: a transaction was seen half done",
    "G1c": "circular information flow: transactions read each other's appends",
    "G-single": "read skew: a transaction saw only a part of another",
    "G-nonadjacent": "long fork: two readers saw the same writes in different order",
    "G2-item": "write skew: each wrote without seeing what the other wrote",
    "internal": "a transaction read something else than it had read or appended itself",
    "incompatible-order": "two reads of one list show different orders",
    "lost-append": "an acknowledged append is missing at the end",
}
"""Each anomaly in a few words, without the order that it needs."""


def in_words(cycle: Cycle, everything: Sequence[Transaction], seen: Ordered) -> str:
    """Each step of a cycle as one clause, and that it is a contradiction."""
    steps = "; ".join(_step(edge, everything, seen) for edge in cycle.edges)
    first = everything[cycle.edges[0][0]].id
    return f"{steps}: so {first} comes before itself"


def _step(edge: Edge, everything: Sequence[Transaction], seen: Ordered) -> str:
    one, other, kind = edge
    before, after = everything[one], everything[other]
    if kind == SESSION:
        return f"{after.id} comes after {before.id}: the same client sent it later"
    if kind == REALTIME:
        return (
            f"{after.id} comes after {before.id}: sent at {after.sent_ms:.3f} ms, "
            f"after that was acknowledged at {before.done_ms:.3f} ms"
        )
    key, old, new = _data(edge, seen)
    shown = f"list {key}"
    if kind == WW:
        return f"{after.id} comes after {before.id}: in {shown} its {new} stands after {old}"
    if kind == WR:
        return f"{after.id} comes after {before.id}: it read {old} in {shown}"
    return f"{after.id} comes after {before.id}, which read {shown} without {new}"


def _data(edge: Edge, seen: Ordered) -> tuple[int, int, int]:
    """The key of a dependency, and the numbers before and after it (the same where there is one)."""
    one, other, kind = edge
    if kind == WW:
        for key, writers in sorted(seen.by.items()):
            known = [place for place, writer in enumerate(writers) if writer != NOBODY]
            for place, following in pairwise(known):
                if (writers[place], writers[following]) == (one, other):
                    return key, seen.order[key][place], seen.order[key][following]
    elif kind == WR:
        for key, length in seen.reads[other]:
            if length and seen.by[key][length - 1] == one:
                return key, seen.order[key][length - 1], seen.order[key][length - 1]
    elif kind == RW:
        for key, length in seen.reads[one]:
            place = next((at for at in range(length, len(seen.by[key])) if seen.by[key][at] != NOBODY), -1)
            if place >= 0 and seen.by[key][place] == other:
                return key, seen.order[key][place], seen.order[key][place]
    raise ValueError(f"no dependency of kind {kind} from {one} to {other}")
