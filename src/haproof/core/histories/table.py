"""The rows that are stored against what was sent and what was answered."""

from collections import Counter
from collections.abc import Iterable, Sequence
from math import inf

from msgspec import Struct

from haproof.core.histories.operation import Operation, Row
from haproof.core.histories.writes import Write, acknowledged_ids

CONFLICT = 409


class Compared(Struct, frozen=True, kw_only=True):
    """What a comparison found: ids, sorted; of `duplicated` how many copies are too many."""

    lost: tuple[str, ...]
    refused_stored: tuple[str, ...]
    unexpected: tuple[str, ...]
    unknown_present: tuple[str, ...]
    duplicated: int


def finals(operations: Iterable[Operation]) -> list[Operation]:
    """The readings of the whole table, in time order."""
    return sorted((line for line in operations if line.kind == "final"), key=lambda line: line.t_ms)


def compare(attempts: Sequence[Write], tables: Sequence[Operation]) -> Compared:
    """What the readings of the table show; without one nothing is lost, and nothing stored.

    `lost` is over all of them: a row that was promised before a reading must be in it, with the payload that
    was promised. The others are over the last reading. `refused_stored` are rows of which every
    attempt was refused, and promised ones that were called a conflict (409) when the same row came again.
    `unexpected` are ids that nobody sent, and payloads that nobody sent under their id
    (those of promised rows are lost). `duplicated` counts each further copy of an id, and each further id of
    a payload.
    """
    sent = _payloads(attempts)
    rows = list(tables[-1].rows or ()) if tables else []
    stored = [_key(row) for row in rows]
    promised = acknowledged_ids(attempts)
    refused = {write.id for write in attempts} - {
        write.id for write in attempts if write.outcome != "refused"
    }
    unknown = {write.id for write in attempts if write.outcome == "unknown"} - promised
    return Compared(
        lost=tuple(sorted(_lost(attempts, tables, sent))),
        refused_stored=tuple(sorted((refused | _repeats_refused(attempts)).intersection(stored))),
        unexpected=tuple(sorted({_key(row) for row in rows if not _sent(row, sent, promised)})),
        unknown_present=tuple(sorted(unknown.intersection(stored))),
        duplicated=_copies(rows),
    )


def _repeats_refused(attempts: Sequence[Write]) -> set[str]:
    """Rows that were promised, sent again as they were, and called a conflict then."""
    promised: dict[tuple[str, str | None], float] = {}
    for write in attempts:
        if write.acknowledged:
            key = (write.id, write.payload)
            promised[key] = min(write.done_ms, promised.get(key, inf))
    return {
        write.id
        for write in attempts
        if write.outcome == "refused"
        and write.status == CONFLICT
        and promised.get((write.id, write.payload), inf) <= write.sent_ms
    }


def _payloads(attempts: Sequence[Write]) -> dict[str, set[str | None]]:
    """Every id that was sent, and its payloads (one, where a row that is sent again is the same)."""
    sent: dict[str, set[str | None]] = {}
    for write in attempts:
        sent.setdefault(write.id, set()).add(write.payload)
    return sent


def _key(row: str | Row) -> str:
    return row if isinstance(row, str) else row[0]


def _fits(row: str | Row, payloads: set[str | None]) -> bool:
    """Whether a stored row has a payload that was sent; where payloads are not kept, any has."""
    return isinstance(row, str) or row[1] in payloads


def _sent(row: str | Row, sent: dict[str, set[str | None]], promised: set[str]) -> bool:
    """Whether somebody sent this row; a promised id with another payload is lost, and not unexpected."""
    key = _key(row)
    return key in sent and (key in promised or _fits(row, sent[key]))


def _lost(
    attempts: Sequence[Write], tables: Sequence[Operation], sent: dict[str, set[str | None]]
) -> set[str]:
    """Rows that were promised before a reading of the table and are not in it."""
    lost: set[str] = set()
    for table in tables:
        kept: dict[str, set[str | None]] = {}
        for row in table.rows or ():
            kept.setdefault(_key(row), set()).update(
                sent.get(_key(row), ()) if isinstance(row, str) else (row[1],)
            )
        lost |= {
            write.id
            for write in attempts
            if write.acknowledged
            and write.done_ms <= table.t_ms
            and write.payload not in kept.get(write.id, ())
        }
    return lost


def _copies(rows: Sequence[str | Row]) -> int:
    """How many rows are too many: further rows of one id, further ids of one payload."""
    ids = Counter(_key(row) for row in rows)
    bearers: dict[str, set[str]] = {}
    for row in rows:
        if not isinstance(row, str) and row[1] is not None:
            bearers.setdefault(row[1], set()).add(row[0])
    return sum(n - 1 for n in ids.values()) + sum(len(names) - 1 for names in bearers.values())


def early(operations: Iterable[Operation], attempts: Sequence[Write]) -> tuple[str, ...]:
    """Promised rows that a read after the promise, which the database answered, did not find; sorted."""
    first: dict[str, float] = {}
    for write in attempts:
        if write.acknowledged:
            first[write.id] = min(write.done_ms, first.get(write.id, write.done_ms))
    return tuple(
        sorted(
            {
                line.id
                for line in operations
                if line.op == "read"
                and line.kind == "ok"
                and line.id in first
                and line.t_ms >= first[line.id]
                and line.id not in line.value
            }
        )
    )
