"""One write of a probe row, and what its answer promises.

Its class is `acknowledged` (the system promised to keep the row), `refused` (it said no, or was never
reached) or `unknown` (sent, and no answer that says what became of it). Only the first is a promise.
"""

import re
import time
from dataclasses import dataclass

import psycopg

from haproof.core.histories.writes import WriteClass
from haproof.errors import LabError
from haproof.lab.client import Answer
from haproof.lab.cluster import Node
from haproof.lab.portrait import no_status
from haproof.lab.postgres import Server, Session
from haproof.lab.target import PLACEHOLDER
from haproof.lab.transport import Exchange, Line

WRONG_STATEMENT = "42"
"""The class of the SQLSTATEs for syntax, names and privileges."""


@dataclass(frozen=True)
class Row:
    """What is sent: an id that no other row has, and a payload that no other row has."""

    id: str
    payload: str


@dataclass(frozen=True)
class Write:
    """One write as the client saw it; times are of the monotonic clock, in seconds.

    `node` was asked; `by` and `epoch` are the node and the epoch that an acknowledgement names. `invalid`
    says what an answer of success lacks: it promises nothing then, and its outcome is unknown. `said` is the
    answer in words.
    """

    row: Row
    outcome: WriteClass
    node: str | None
    status: int | None
    sent_s: float
    done_s: float
    by: str | None = None
    epoch: int | None = None
    holder: str | None = None
    invalid: str | None = None
    said: str = ""


def judged(row: Row, node: str, answer: Answer, deadline_ms: float = 0) -> Write:
    """An HTTP answer to a protected write, and what it promises; `deadline_ms` was the time it had."""
    outcome, invalid = _outcome(answer), None
    if outcome == "acknowledged":
        invalid = invalid_success(row, answer)
    promised = outcome == "acknowledged" and invalid is None
    return Write(
        row,
        outcome if invalid is None else "unknown",
        node,
        answer.status,
        answer.reply.sent_s,
        answer.reply.done_s,
        by=answer.text("node_id") if promised else None,
        epoch=answer.count("epoch") if promised else None,
        holder=answer.text("holder_id"),
        invalid=invalid,
        said=no_status(answer, deadline_ms) or f"answered {answer.status}: {answer.quoted_body()}",
    )


def invalid_success(row: Row, answer: Answer) -> str | None:
    """What makes an answer of 200 or 201 no promise; None where it names this row, an epoch and a node."""
    if answer.value("id") != row.id:
        return f"id is {answer.quoted('id')}, not {row.id}"
    if answer.count("epoch") is None:
        return f"epoch is {answer.quoted('epoch')}, not a whole number"
    if answer.text("node_id") is None:
        return f"node_id is {answer.quoted('node_id')}, not the name of a node"
    if answer.value("created_at") is not None and answer.instant("created_at") is None:
        return f"created_at is {answer.quoted('created_at')}, not a time"
    if answer.value("success") is False or answer.value("error") is not None:
        said = "success" if answer.value("success") is False else "error"
        return f"{said} is {answer.quoted(said)}"
    return None


def _outcome(answer: Answer) -> WriteClass:
    if answer.trouble == "broken":  # of a status line alone nobody knows what the rest would have said
        return "unknown"
    if answer.status in (200, 201):
        return "acknowledged"
    if answer.trouble == "refused":
        return "refused"
    if answer.status is not None and (400 <= answer.status < 500 or answer.status == 503):
        return "refused"
    return "unknown"


class Sent:
    """A protected write that is on its way to a node."""

    def __init__(self, node: Node, row: Row, line: Line | None = None) -> None:
        self.node = node
        self.row = row
        self._exchange: Exchange = node.client.begin(
            "protected_write", line=line, id=row.id, payload=row.payload
        )

    @property
    def left(self) -> bool:
        """Whether it was sent: if not, it cannot have had an effect."""
        return self._exchange.sent

    def answer(self, until_s: float | None = None) -> tuple[Write, Answer]:
        """Its answer, awaited until a moment of the monotonic clock (by default the answer deadline)."""
        client = self.node.client
        deadline_s = self._exchange.sent_s + client.answer_seconds if until_s is None else until_s
        answer = client.read(self._exchange, deadline_s)
        return judged(self.row, self.node.name, answer, client.answer_seconds * 1000), answer


class DirectRows:
    """Rows straight to PostgreSQL by `[sql] write_row`, for a target without a protected-write endpoint."""

    def __init__(self, server: Server, statement: str) -> None:
        self._server = server
        self._statement = PLACEHOLDER.sub(r"%(\1)s", re.sub("%", "%%", statement)).encode()
        self._session: Session | None = None
        self._proved = False

    def write(self, row: Row) -> Write:
        """Write one row, over the open session or a new one.

        Raises LabError where the very first shows that the statement is wrong: no system refuses it then.
        """
        sent_s = time.monotonic()
        try:
            session = self._session = self._session or self._server.connect()
        except psycopg.Error:
            return Write(row, "refused", None, None, sent_s, time.monotonic())
        outcome: WriteClass = "acknowledged"
        try:
            session.execute(self._statement, {"id": row.id, "payload": row.payload})
            self._proved = True
        except psycopg.Error as fault:
            if not self._proved and (fault.sqlstate or "").startswith(WRONG_STATEMENT):
                raise LabError(f"[sql] write_row: {' '.join(str(fault).split())}") from fault
            outcome = "unknown" if session.closed else "refused"
            if session.closed:
                self._session = None
        return Write(row, outcome, None, None, sent_s, time.monotonic())

    def close(self) -> None:
        """Close the open session, if there is one."""
        if self._session is not None:
            self._session.close()
