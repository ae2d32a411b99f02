"""One list-append transaction, and its micro-operations as a line of a history carries them."""

from collections.abc import Sequence
from math import inf
from typing import Literal

import msgspec

from haproof.core.histories.writes import WriteClass
from haproof.core.record import Count
from haproof.core.type_words import mismatch

Step = tuple[Literal["append", "r"], Count, Count | list[Count] | None]
"""`["append", key, number]`, or `["r", key, numbers]`: null until it is known what was read."""

_STEPS = msgspec.json.Decoder(list[Step])


class Transaction(msgspec.Struct, gc=False, kw_only=True):
    """What one client sent at once, and its end; times are milliseconds of the history's clock.

    `appends` are key and number, in order. `reads` are key and the length of the list that was read, the
    transaction's own numbers left out; a read that fits no order of the key is not among them. `done_ms` is
    infinite where no answer came.
    """

    client: str
    id: str
    sent_ms: float
    appends: tuple[tuple[int, int], ...]
    via: str | None = None
    outcome: WriteClass = "unknown"
    done_ms: float = inf
    member: str | None = None
    timeline: int | None = None
    reads: tuple[tuple[int, int], ...] = ()

    @property
    def answered(self) -> bool:
        """Whether the client knows what it read: the server said yes."""
        return self.outcome in ("acknowledged", "local")


def steps(value: msgspec.Raw) -> list[Step]:
    """The micro-operations of a line. Raises ValueError with the place of the fault."""
    try:
        return _STEPS.decode(value)
    except msgspec.ValidationError as fault:
        place, words = mismatch(fault)
        raise ValueError(f"$.value{place.removeprefix('$')}: {words}") from None


def appended(done: Sequence[Step]) -> tuple[tuple[int, int], ...]:
    """Key and number of each append. Raises ValueError for one without a number."""
    found = []
    for index, (kind, key, value) in enumerate(done):
        if kind == "append":
            if not isinstance(value, int):
                raise ValueError(f"$.value[{index}][2]: expected the number that is appended")
            found.append((key, value))
    return tuple(found)
