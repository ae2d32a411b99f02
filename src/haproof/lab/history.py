"""The history of a slice: every operation of the lab's clients, one JSON line each, in the lab's own order.

An operation is written down *before* it is sent (`invoke`) and again when its outcome is known (`ok`, `fail`
or `unknown`); `t_ms` is monotonic, since the history was opened. What a node shows of itself in a status
answer is a line as well, and so are faults, their healing, and the whole table at the end (`final`).
"""

import json
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Protocol

from haproof.lab.client import Answer
from haproof.lab.readback import Found
from haproof.lab.writes import Row, Write

KINDS = {"acknowledged": "ok", "refused": "fail", "unknown": "unknown"}


class Named(Protocol):
    """A client as the history names it."""

    name: str
    via: str


class History:
    """An append-only file, safe to write from several threads, and what the lab has seen so far."""

    def __init__(self, path: Path, redact: Callable[[str], str]) -> None:
        self._stream = open(path, "x", encoding="utf-8")  # noqa: SIM115 - closed by close()
        self._redact = redact
        self._lock = threading.Lock()
        self._opened_s = time.monotonic()
        self._highest = -1
        self.holder: str | None = None
        """The node that the lab has seen as the holder of the highest epoch."""

    def invoked(self, client: Named, row: Row, node: str | None) -> None:
        """A write is about to be sent."""
        self._write(time.monotonic(), _of(client, "invoke", row.id), value=row.payload, node=node)

    def ended(self, client: Named, write: Write) -> None:
        """A write has an outcome."""
        self._sight(write.by, write.epoch)
        self._write(
            write.done_s,
            _of(client, KINDS[write.outcome], write.row.id),
            node=write.by or write.node,
            epoch=write.epoch,
            status=write.status,
            invalid=write.invalid,
        )

    def read_back(self, client: Named, write: Write, found: Found) -> None:
        """A row was read at once by a session of the lab's own, and PostgreSQL answered."""
        line = _of(client, "ok", write.row.id) | {"op": "read"}
        self._write(time.monotonic(), line, found=found.payload == write.row.payload)

    def status(self, node: str, answer: Answer) -> None:
        """A node answered what it knows of the leadership."""
        holder, epoch = answer.text("holder_id"), answer.count("current_epoch")
        self._sight(holder, epoch)
        self._write(
            answer.reply.done_s,
            {"kind": "ok" if answer.ok else "fail", "op": "status", "node": node},
            epoch=epoch,
            holder=holder,
            role=answer.text("role"),
            status=answer.status,
        )

    def fault(self, trial: str, node: str | None = None) -> None:
        """The lab is about to inject a fault."""
        self._write(time.monotonic(), {"kind": "fault", "trial": trial}, node=node)

    def heal(self, trial: str, node: str | None = None) -> None:
        """The lab is about to heal a fault."""
        self._write(time.monotonic(), {"kind": "heal", "trial": trial}, node=node)

    def final(self, rows: Iterable[tuple[str, Any, Any]]) -> None:
        """The whole table: id, payload and epoch of every row."""
        self._write(time.monotonic(), {"kind": "final"}, rows=[list(row) for row in rows])

    def close(self) -> None:
        """No line comes after this."""
        with self._lock:
            self._stream.close()

    def _sight(self, holder: str | None, epoch: int | None) -> None:
        if holder is not None and epoch is not None and epoch >= self._highest:
            self._highest, self.holder = epoch, holder

    def _write(self, at_s: float, line: dict[str, Any], **more: Any) -> None:
        given = {key: value for key, value in more.items() if value is not None}
        with self._lock:
            if self._stream.closed:
                return
            stamped = {"t_ms": round((at_s - self._opened_s) * 1000, 3)} | line | given
            text = json.dumps(stamped, ensure_ascii=True, default=str)
            self._stream.write(self._redact(text) + "\n")
            self._stream.flush()


def _of(client: Named, kind: str, row_id: str) -> dict[str, Any]:
    return {"client": client.name, "via": client.via, "kind": kind, "op": "insert", "id": row_id}
