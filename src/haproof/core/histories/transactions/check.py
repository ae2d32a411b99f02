"""Judges the transactions of one trial."""

from collections.abc import Collection, Mapping, Sequence

from msgspec import Struct

from haproof.core.histories.transactions.cycles import cycles
from haproof.core.histories.transactions.dependencies import dependencies
from haproof.core.histories.transactions.order import ordered
from haproof.core.histories.transactions.recorder import Transactions
from haproof.core.histories.transactions.words import MEANINGS, in_words

EXAMPLES = 3
"""So many of each anomaly are explained."""


class Isolation(Struct, frozen=True, kw_only=True):
    """What the transactions of a trial show.

    `anomalies` is name → count: of transactions that show it, and for cycles of groups of transactions that
    one cycle or more ties together. `examples` is name → explanations. `lost` are acknowledged transactions
    of which at least one append is missing at the end; `kept_unknown` those without an answer that took
    effect. `duplicated` counts further copies of a number, `phantom` numbers that nobody appended or whose
    transaction was refused.
    """

    anomalies: dict[str, int]
    examples: dict[str, tuple[str, ...]]
    lost: tuple[int, ...]
    kept_unknown: int
    duplicated: int
    phantom: int


def check(
    history: Transactions,
    final: Mapping[int, Sequence[int]] | None = None,
    *,
    forgive: bool = False,
    timeline: int | None = None,
) -> Isolation:
    """Judge a history. `final` are the lists at the end (None: not read); `forgive` and `timeline` as in
    `order.ordered`."""
    seen = ordered(history, final, forgive=forgive, timeline=timeline)
    known = dependencies(history.all, seen)
    counts = {name: len(numbers) for name, numbers in seen.found.items()}
    examples = {name: _direct(history, name, numbers) for name, numbers in seen.found.items()}
    found = cycles(known)
    for cycle in found:
        counts[cycle.anomaly] = counts.get(cycle.anomaly, 0) + 1
    for name in {cycle.anomaly for cycle in found}:
        shown = sorted((one for one in found if one.anomaly == name), key=lambda one: len(one.edges))
        examples[name] = tuple(in_words(one, history.all, seen) for one in shown[:EXAMPLES])
    return Isolation(
        anomalies=dict(sorted(counts.items())),
        examples=dict(sorted(examples.items())),
        lost=tuple(seen.lost),
        kept_unknown=sum(
            there and one.outcome == "unknown" for one, there in zip(history.all, seen.effective, strict=True)
        ),
        duplicated=sum(copies - 1 for copies in seen.copies.values()),
        phantom=len(seen.phantom),
    )


def _direct(history: Transactions, name: str, numbers: Collection[int]) -> tuple[str, ...]:
    """The transactions that show an anomaly which is no cycle."""
    ids = [history.all[number].id for number in sorted(numbers)[:EXAMPLES]]
    return tuple(f"{id_}: {MEANINGS[name]}" for id_ in ids)
