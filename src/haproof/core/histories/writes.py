"""What was written and what was answered: each attempt of a row from its sending to its end."""

from collections.abc import Iterable, Sequence
from math import inf
from typing import Literal

from msgspec import Struct

from haproof.core.histories.operation import ENDS, Operation

WriteClass = Literal["acknowledged", "local", "refused", "unknown"]
"""What an attempt came to, rows and transactions alike: see `Write`."""

_OUTCOMES: dict[str, WriteClass] = {"ok": "acknowledged", "fail": "refused", "unknown": "unknown"}


class Write(Struct, frozen=True, kw_only=True):
    """One attempt to write a row; times are milliseconds of the history's clock.

    `acknowledged` is a promise. `local` is a yes with a warning that no standby confirmed it: none. `refused`
    is a no, or a server that was never reached. `unknown` is everything else, an attempt without an end
    included; `done_ms` is infinite for that one. `asked` was sent the row, `by` is who answered as it names
    itself (who was asked, where it does not), `epoch` what it named (of a cluster, its timeline). `status` is
    that of an HTTP answer: what was refused without one was never sent.
    """

    id: str
    payload: str | None
    client: str
    via: str | None
    trial: str | None
    asked: str | None
    sent_ms: float
    outcome: WriteClass
    done_ms: float = inf
    by: str | None = None
    epoch: int | None = None
    holder: str | None = None
    status: int | None = None
    invalid: str | None = None

    @property
    def acknowledged(self) -> bool:
        """Whether the system promised to keep the row."""
        return self.outcome == "acknowledged"


def writes(operations: Iterable[Operation]) -> list[Write]:
    """Every attempt to insert a row, in the order in which they were sent."""
    sent: list[Write] = []
    open_: dict[tuple[str | None, str | None, str | None], int] = {}
    for operation in operations:
        if operation.op != "insert":
            continue
        key = (operation.trial, operation.client, operation.id)
        if operation.kind == "invoke":
            open_[key] = len(sent)
            sent.append(_begun(operation))
        elif operation.kind in ENDS:
            place = open_.pop(key)
            sent[place] = _ended(sent[place], operation)
    return sent


def _begun(invoke: Operation) -> Write:
    """An attempt of which no end is known yet."""
    return Write(
        id=invoke.id or "",
        payload=invoke.value if isinstance(invoke.value, str) else None,
        client=invoke.client or "",
        via=invoke.via,
        trial=invoke.trial,
        asked=invoke.server,
        sent_ms=invoke.t_ms,
        outcome="unknown",
    )


def _ended(begun: Write, end: Operation) -> Write:
    """The same with its end."""
    outcome = _OUTCOMES[end.kind]
    return Write(
        id=begun.id,
        payload=begun.payload,
        client=begun.client,
        via=begun.via,
        trial=begun.trial,
        asked=begun.asked,
        sent_ms=begun.sent_ms,
        outcome="local" if outcome == "acknowledged" and end.warnings else outcome,
        done_ms=end.t_ms,
        by=end.server or begun.asked,
        epoch=end.timeline if end.epoch is None else end.epoch,
        holder=end.holder,
        status=end.status,
        invalid=end.invalid,
    )


def acknowledged_ids(attempts: Sequence[Write]) -> set[str]:
    """Every row that was promised."""
    return {write.id for write in attempts if write.acknowledged}


def first_promises(attempts: Sequence[Write]) -> list[Write]:
    """All attempts but repeats: the same row again, sent after it had been promised.

    The answer to a repeat tells of the row that is there: of the node and the epoch that wrote it first.
    """
    promised: dict[tuple[str, str | None], float] = {}
    found = []
    for write in attempts:
        key = (write.id, write.payload)
        if promised.get(key, inf) <= write.sent_ms:
            continue
        found.append(write)
        if write.acknowledged:
            promised[key] = min(write.done_ms, promised.get(key, inf))
    return found


def count(attempts: Sequence[Write], outcome: WriteClass) -> int:
    """How many attempts ended so."""
    return sum(write.outcome == outcome for write in attempts)


def invalid(attempts: Sequence[Write]) -> int:
    """How many answers of success promised nothing, because a field was missing or wrong."""
    return sum(write.invalid is not None for write in attempts)
