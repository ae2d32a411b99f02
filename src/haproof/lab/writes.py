"""Probe rows: one write with its outcome, and a writer that goes on through every fault.

An outcome is `acknowledged` (the system promised to keep the row), `refused` (it said no, or was never
reached) or `unknown` (sent, and no answer that says what became of it). Only the first is a promise.
"""

import itertools
import json
import random
import re
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import psycopg

from haproof.errors import LabError
from haproof.lab.client import REQUEST_SECONDS, Answer
from haproof.lab.cluster import Cluster, Node
from haproof.lab.measure import Waits
from haproof.lab.postgres import Server, Session
from haproof.lab.target import PLACEHOLDER, Target

Outcome = Literal["acknowledged", "refused", "unknown"]
PAUSE_SECONDS = 0.02
"""Between two writes: fine enough for the write gap, light enough for two cores."""

PAYLOAD_BYTES = 32
WRONG_STATEMENT = "42"
"""The class of the SQLSTATEs for syntax, names and privileges."""


@dataclass(frozen=True)
class Write:
    """One write as the client saw it; times are of the monotonic clock, in seconds."""

    id: str
    payload: str
    outcome: Outcome
    node: str | None
    status: int | None
    sent_s: float
    done_s: float


def outcome_of(answer: Answer) -> Outcome:
    """What an HTTP answer to a protected write promises."""
    if answer.status in (200, 201) and answer.trouble is None:
        return "acknowledged"
    if answer.trouble == "refused":
        return "refused"
    if answer.status is not None and (400 <= answer.status < 500 or answer.status == 503):
        return "refused"
    return "unknown"


def write_through(
    node: Node, row_id: str, payload: str, seconds: float = REQUEST_SECONDS
) -> tuple[Write, Answer]:
    """Send one protected write to a node."""
    answer = node.client.call("protected_write", seconds, id=row_id, payload=payload)
    reply = answer.reply
    write = Write(row_id, payload, outcome_of(answer), node.name, answer.status, reply.sent_s, reply.done_s)
    return write, answer


class DirectRows:
    """Rows straight to PostgreSQL by `[sql] write_row`, for a target without a protected-write endpoint."""

    def __init__(self, server: Server, statement: str) -> None:
        self._server = server
        self._statement = PLACEHOLDER.sub(r"%(\1)s", re.sub("%", "%%", statement)).encode()
        self._session: Session | None = None
        self._proved = False

    def write(self, row_id: str, payload: str) -> Write:
        """Write one row, over the open session or a new one.

        Raises LabError where the very first shows that the statement is wrong: no system refuses it then.
        """
        sent_s = time.monotonic()
        try:
            session = self._session = self._session or self._server.connect()
        except psycopg.Error:
            return Write(row_id, payload, "refused", None, None, sent_s, time.monotonic())
        outcome: Outcome = "acknowledged"
        try:
            session.execute(self._statement, {"id": row_id, "payload": payload})
            self._proved = True
        except psycopg.Error as fault:
            if not self._proved and (fault.sqlstate or "").startswith(WRONG_STATEMENT):
                raise LabError(f"[sql] write_row: {' '.join(str(fault).split())}") from fault
            outcome = "unknown" if session.closed else "refused"
            if session.closed:
                self._session = None
        return Write(row_id, payload, outcome, None, None, sent_s, time.monotonic())

    def close(self) -> None:
        """Close the open session, if there is one."""
        if self._session is not None:
            self._session.close()


class Writer:
    """Writes rows one after the other until it is stopped, following the leader as a client would."""

    def __init__(self, target: Target, cluster: Cluster, rng: random.Random, samples: Path) -> None:
        self._cluster = cluster
        self._rng = random.Random(rng.random())
        self._direct = DirectRows(cluster.server, target.sql.write_row) if target.sql.write_row else None
        self._samples = open(samples, "x", encoding="utf-8")  # noqa: SIM115 - closed by stop()
        self._writes: list[Write] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._fault: BaseException | None = None
        self._node = cluster.nodes[0]
        self._thread = threading.Thread(target=self._go, name="writer", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def halt(self) -> None:
        """End after the write in flight."""
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()
        self._samples.close()
        if self._direct is not None:
            self._direct.close()

    def stop(self) -> None:
        """End after the write in flight. Raises LabError when the writer itself broke down."""
        self.halt()
        if self._fault is not None:
            raise LabError(f"the writer broke down: {type(self._fault).__name__}: {self._fault}")

    def write(self, node: Node | None = None, again: Write | None = None) -> Write:
        """One row, a new one or that of `again`, through `node` or wherever the writer goes now."""
        with self._lock:
            row_id, payload = f"row-{len(self._writes) + 1:06}", self._rng.randbytes(PAYLOAD_BYTES).hex()
            if again is not None:
                row_id, payload = again.id, again.payload
            if self._direct is not None:
                write = self._direct.write(row_id, payload)
            else:
                write, answer = write_through(node or self._node, row_id, payload)
                if node is None:
                    self._follow(write, answer)
            self._writes.append(write)
            self._samples.write(json.dumps(asdict(write)) + "\n")
            self._samples.flush()
        return write

    def accepted(self, node: Node, waits: Waits, seconds: float) -> bool:
        """Whether `node` takes a row; one of unknown outcome is sent again, as a client would send it.

        On a slow disk a commit may outlast the node's deadline for it: that is neither a yes nor a no.
        """
        write = self.write(node)

        def known() -> Write | None:
            nonlocal write
            if write.outcome == "unknown":
                write = self.write(node, write)
            return None if write.outcome == "unknown" else write

        seen = waits.until(f"the outcome of {write.id}", seconds, known)
        return seen is not None and seen.value.outcome == "acknowledged"

    def accepted_by(self, followers: Iterable[Node]) -> int:
        """How many of these nodes take a protected write, which only a leader may: one row to each.

        0 where rows go straight to PostgreSQL: no node is asked then.
        """
        if self._direct is not None:
            return 0
        return sum(1 for node in followers if self.write(node).outcome == "acknowledged")

    def acknowledged(self) -> dict[str, str]:
        """Every acknowledged row: id and payload."""
        return {write.id: write.payload for write in list(self._writes) if write.outcome == "acknowledged"}

    def count(self, outcome: Outcome) -> int:
        """How many writes ended so."""
        return sum(1 for write in list(self._writes) if write.outcome == outcome)

    def taken_over(self, by: Node, since_s: float) -> Write | None:
        """The first row that `by` acknowledged and that was sent after `since_s`."""
        for write in list(self._writes):
            if write.outcome == "acknowledged" and write.sent_s >= since_s and write.node in (by.name, None):
                return write
        return None

    def gap_ms(self, since_s: float, until: Write) -> float | None:
        """The longest time without an acknowledgement, from the last one before `since_s` to `until`."""
        times = [write.done_s for write in list(self._writes) if write.outcome == "acknowledged"]
        before = [moment for moment in times if moment <= since_s]
        if not before:
            return None
        inside = [before[-1], *(moment for moment in times if since_s < moment <= until.done_s)]
        return round(max((b - a) * 1000 for a, b in itertools.pairwise(inside)), 3)

    def _go(self) -> None:
        try:
            while not self._stop.is_set():
                write = self.write()
                moved_on = write.status == 421
                self._stop.wait(0 if moved_on else PAUSE_SECONDS)
        except BaseException as fault:  # noqa: BLE001 - reported by stop(), in the main thread
            self._fault = fault

    def _follow(self, write: Write, answer: Answer) -> None:
        """Where the next write goes: stay on success, else to the named holder, else to the next node."""
        if write.outcome == "acknowledged":
            return
        nodes = self._cluster.nodes
        following = nodes[(nodes.index(self._node) + 1) % len(nodes)]
        named = self._cluster.node(answer.text("holder_id"))
        self._node = named if named is not None and named is not self._node else following
