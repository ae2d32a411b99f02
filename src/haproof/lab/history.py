"""The history of a slice: every operation of the lab's clients, in the lab's own order (docs/histories.md).

An operation is written down *before* it is sent and again when its outcome is known; so are what nodes show
of the leadership, faults, their healing, and the whole table. The figures are derived from the file.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

from haproof.core.histories.codec import decode, encode
from haproof.core.histories.operation import OPEN_EPOCHS, TABLE, Kind, Operation
from haproof.core.histories.operation import Row as StoredRow
from haproof.core.histories.writes import WriteClass
from haproof.core.instant import format_instant
from haproof.core.record import LARGEST
from haproof.lab.client import Answer
from haproof.lab.portrait import malformed
from haproof.lab.readback import Found
from haproof.lab.writes import Row, Write

KINDS: dict[WriteClass, Kind] = {"acknowledged": "ok", "refused": "fail", "unknown": "unknown"}


class Named(Protocol):
    """A client as the history names it."""

    name: str
    via: str


class History:
    """An append-only file, safe to write from several threads, and the holder that the lab saw last."""

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        self._path = path
        self._stream = open(path, "xb")  # noqa: SIM115 - closed by close()
        self._redact = redact
        self._lock = threading.Lock()
        self._opened_s = time.monotonic()
        self._highest = -1
        self.holder: str | None = None
        """The node that the lab has seen as the holder of the highest epoch."""
        self.odd: dict[str, str] = {}
        """By field of a status: the first form that the contract does not know, in a sentence."""

    def invoked(self, client: Named, row: Row, node: str | None) -> None:
        """A write is about to be sent."""
        self._insert(time.monotonic(), "invoke", client, row, value=row.payload, node=node)

    def ended(self, client: Named, write: Write) -> None:
        """A write has an outcome."""
        self._sight(write.by, write.epoch)
        self._insert(
            write.done_s,
            KINDS[write.outcome],
            client,
            write.row,
            node=write.by or write.node,
            epoch=write.epoch,
            status=_status(write.status),
            holder=write.holder,
            invalid=write.invalid,
        )

    def read_back(self, client: Named, row: Row, found: Found | None) -> None:
        """A row was read at once by a session of the lab's own; None where PostgreSQL did not answer."""
        there = found is not None and found.payload == row.payload
        self._write(
            Operation(
                t_ms=self._ms(time.monotonic()),
                kind="unknown" if found is None else "ok",
                op="read",
                client=client.name,
                via="reader",
                id=row.id,
                value=None if found is None else [row.id] if there else [],
            )
        )

    def status(self, node: str, answer: Answer) -> None:
        """A node answered what it knows of the leadership."""
        holder, epoch = answer.text("holder_id"), answer.count("current_epoch")
        acquired_at = answer.instant("acquired_at")
        for field, sentence in malformed(answer):
            self.odd.setdefault(field, f"{node} {sentence}")
        self._sight(holder, epoch)
        self._write(
            Operation(
                t_ms=self._ms(answer.reply.done_s),
                kind="ok" if answer.ok else "fail" if answer.trouble == "refused" else "unknown",
                op="status",
                asked_ms=self._ms(answer.reply.sent_s),
                node=node,
                epoch=epoch,
                status=_status(answer.status),
                holder=holder,
                acquired_at=None if acquired_at is None else format_instant(acquired_at),
                role=answer.text("role"),
                quorum_health=answer.text("quorum_health"),
                write_block_active=answer.flag("write_block_active"),
                can_accept_protected_writes=answer.flag("can_accept_protected_writes"),
            )
        )

    def health(self, node: str, answer: Answer, blocked: bool | None, accepting: bool | None) -> None:
        """A node answered at another place than its status whether writes are blocked."""
        self._write(
            Operation(
                t_ms=self._ms(answer.reply.done_s),
                kind="ok",
                op="status",
                asked_ms=self._ms(answer.reply.sent_s),
                node=node,
                status=_status(answer.status),
                write_block_active=blocked,
                can_accept_protected_writes=accepting,
            )
        )

    def event(self, node: str, epoch: int | None, holder: str | None) -> None:
        """An `ha.leader.elected` event was read from a node."""
        at_ms = self._ms(time.monotonic())
        self._write(Operation(t_ms=at_ms, kind="ok", op="event", node=node, epoch=epoch, holder=holder))

    def mark(
        self,
        kind: Kind,
        trial: str,
        node: str | None = None,
        at_s: float | None = None,
        epoch: int | None = None,
    ) -> float:
        """A moment of a trial, by default now; gives it back.

        `fault` (with the wall clock, and the epoch that held) and `heal` just before the act, `gone` and
        `end` once it is seen.
        """
        moment_s = time.monotonic() if at_s is None else at_s
        at = format_instant(datetime.now(UTC)) if kind == "fault" else None
        self._write(Operation(t_ms=self._ms(moment_s), kind=kind, trial=trial, node=node, at=at, epoch=epoch))
        return moment_s

    def open_epochs(self, trial: str, epochs: list[str]) -> None:
        """The epochs that the database holds as open now, read by a session of the lab's own."""
        at_ms = self._ms(time.monotonic())
        self._write(Operation(t_ms=at_ms, kind="ok", op="read", via=OPEN_EPOCHS, trial=trial, value=epochs))

    def stored(self, trial: str, rows: Iterable[tuple[str, Any, Any]]) -> None:
        """All rows that are stored at a moment of a trial."""
        at_ms = self._ms(time.monotonic())
        self._write(
            Operation(
                t_ms=at_ms, kind="ok", op="read", via=TABLE, trial=trial, value=[], rows=list(_stored(rows))
            )
        )

    def final(self, read_at_s: float, rows: Iterable[tuple[str, Any, Any]]) -> None:
        """The whole table: id, payload and epoch of every row; `read_at_s` is from before the read."""
        self._write(Operation(t_ms=self._ms(read_at_s), kind="final", rows=list(_stored(rows))))

    def lines(self) -> list[bytes]:
        """Everything so far, as anybody reads it from the file."""
        with open(self._path, "rb") as lines:
            return list(lines)

    def operations(self) -> list[Operation]:
        """The same, decoded."""
        return decode(self.lines())

    def close(self) -> None:
        """No line comes after this."""
        with self._lock:
            self._stream.close()

    def _insert(self, at_s: float, kind: Kind, client: Named, row: Row, **more: Any) -> None:
        self._write(
            Operation(
                t_ms=self._ms(at_s),
                kind=kind,
                op="insert",
                client=client.name,
                via=client.via,
                id=row.id,
                **more,
            )
        )

    def _sight(self, holder: str | None, epoch: int | None) -> None:
        if holder is not None and epoch is not None and epoch >= self._highest:
            self._highest, self.holder = epoch, holder

    def _ms(self, at_s: float) -> float:
        return round((at_s - self._opened_s) * 1000, 3)

    def _write(self, operation: Operation) -> None:
        line = self._redact(encode(operation).decode("utf-8")).encode("utf-8")
        with self._lock:
            if not self._stream.closed:
                self._stream.write(line)
                self._stream.flush()


def _status(status: int | None) -> int | None:
    return status if status is not None and 100 <= status <= 599 else None


def _stored(rows: Iterable[tuple[str, Any, Any]]) -> Iterator[StoredRow]:
    """Rows as the history holds them."""
    for row_id, payload, epoch in rows:
        yield row_id, _payload(payload), _count(epoch)


def _payload(value: object) -> str | None:
    return None if value is None else str(value)


def _count(value: object) -> int | None:
    whole = isinstance(value, int) and not isinstance(value, bool)
    return value if whole and 0 <= value <= LARGEST else None  # type: ignore[operator,return-value]
