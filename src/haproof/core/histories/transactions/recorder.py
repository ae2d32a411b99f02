"""Collects the transactions of one trial line by line, and keeps of what they read only what is needed.

Every read is compared at once with the longest list that was read of its key: one that is a beginning of it,
or goes on from it, is kept as its length. So a history takes memory for its transactions, not for the square
of its lists.
"""

from collections.abc import Sequence

from msgspec import Struct

from haproof.core.histories.transactions.transaction import Step, Transaction, appended
from haproof.core.histories.writes import WriteClass


class Divergent(Struct, frozen=True):
    """A read whose numbers are no beginning of the longest list of its key, nor go on from it."""

    transaction: int
    key: int
    numbers: list[int]


class Internal(Struct, frozen=True):
    """A read that contradicts what its own transaction had read or appended before."""

    transaction: int
    key: int


class Transactions:
    """All transactions in the order in which they were sent.

    `writers` is key → number → transaction, `longest` key → the longest list that anybody read.
    """

    def __init__(self) -> None:
        self.all: list[Transaction] = []
        self.writers: dict[int, dict[int, int]] = {}
        self.longest: dict[int, list[int]] = {}
        self.divergent: list[Divergent] = []
        self.internal: list[Internal] = []

    def begin(
        self, planned: Sequence[Step], client: str, id_: str, sent_ms: float, via: str | None = None
    ) -> int:
        """A transaction that is about to be sent; its number. Raises ValueError for steps that are none."""
        number, appends = len(self.all), appended(planned)
        for key, value in appends:
            if self.writers.setdefault(key, {}).setdefault(value, number) != number:
                raise ValueError(f"{value} is appended to {key} by two transactions")
        if len(set(appends)) != len(appends):
            raise ValueError("a number is appended twice")
        self.all.append(Transaction(client=client, id=id_, sent_ms=sent_ms, appends=appends, via=via))
        return number

    def end(
        self,
        number: int,
        outcome: WriteClass,
        done_ms: float,
        member: str | None = None,
        timeline: int | None = None,
    ) -> Transaction:
        """The end of a transaction."""
        one = self.all[number]
        one.outcome, one.done_ms, one.member, one.timeline = outcome, done_ms, member, timeline
        return one

    def answered(self, number: int, done: Sequence[Step]) -> None:
        """What a transaction that the server acknowledged has read. Raises ValueError where that is not what
        was sent, or not known."""
        one = self.all[number]
        if appended(done) != one.appends:
            raise ValueError("appends something else than was sent")
        own: dict[int, list[int]] = {}
        before: dict[int, list[int]] = {}
        reads = []
        for index, (kind, key, value) in enumerate(done):
            if kind == "append":
                own.setdefault(key, []).append(value)  # type: ignore[arg-type]
                continue
            if not isinstance(value, list):
                raise ValueError(f"$.value[{index}][2]: expected the list that was read")
            outside = self._outside(number, key, value, own.get(key), before)
            if outside is not None and self._fits(number, key, outside):
                reads.append((key, len(outside)))
        one.reads = tuple(reads)

    def _outside(
        self, number: int, key: int, value: list[int], own: list[int] | None, before: dict[int, list[int]]
    ) -> list[int] | None:
        """What was read of others' numbers; None where the transaction's own are not at its end."""
        outside = value if own is None else value[: len(value) - len(own)]
        if own is not None and (len(value) < len(own) or value[len(outside) :] != own):
            self.internal.append(Internal(number, key))
            return None
        if before.setdefault(key, outside) != outside:
            self.internal.append(Internal(number, key))
        return outside

    def _fits(self, number: int, key: int, numbers: list[int]) -> bool:
        """Whether a read agrees with the longest one of its key so far; a longer one takes its place."""
        longest = self.longest.get(key)
        if longest is None:
            self.longest[key] = numbers
            return True
        known = len(longest)
        if len(numbers) <= known:
            fits = longest[: len(numbers)] == numbers
        else:
            fits = numbers[:known] == longest
            if fits:
                self.longest[key] = numbers
        if not fits:
            self.divergent.append(Divergent(number, key, numbers))
        return fits
