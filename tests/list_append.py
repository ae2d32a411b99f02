"""Histories of list-append transactions, written by hand or by a simulated store.

A transaction is written `T("a", 0, 1, "+x1 x=12 y=")`: client a, sent at 0, answered at 1, appended 1 to list
x, then read 1 and 2 in x and nothing in y. Lists are letters, numbers are digits; `end` are the lists at the
end.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from haproof.core.histories.transactions.check import Isolation, check
from haproof.core.histories.transactions.recorder import Transactions
from haproof.core.histories.transactions.transaction import Step
from haproof.core.histories.writes import WriteClass


class T(NamedTuple):
    client: str
    sent: float
    done: float
    steps: str
    outcome: WriteClass = "acknowledged"
    timeline: int | None = None


def key(letter: str) -> int:
    return ord(letter) - ord("a")


def numbers(digits: str) -> list[int]:
    return [int(digit, 36) for digit in digits]


def steps(words: str) -> list[Step]:
    found: list[Step] = []
    for word in words.split():
        if word[0] == "+":
            found += [("append", key(word[1]), number) for number in numbers(word[2:])]
        else:
            found.append(("r", key(word[0]), numbers(word[2:])))
    return found


def recorded(written: Sequence[T]) -> Transactions:
    history = Transactions()
    for index, one in enumerate(written):
        done = steps(one.steps)
        planned: list[Step] = [(kind, at, value if kind == "append" else None) for kind, at, value in done]
        number = history.begin(planned, one.client, f"t{index}", one.sent)
        if one.outcome in ("acknowledged", "local"):
            history.answered(number, done)
        if one.outcome != "unknown":
            history.end(number, one.outcome, one.done, "pg1", one.timeline)
    return history


def lists(end: str) -> dict[int, list[int]]:
    return {key(word[0]): numbers(word[2:]) for word in end.split()}


def judged(
    written: Sequence[T], end: str | None = None, *, forgive: bool = False, timeline: int | None = None
) -> Isolation:
    final: Mapping[int, Sequence[int]] | None = None if end is None else lists(end)
    return check(recorded(written), final, forgive=forgive, timeline=timeline)
