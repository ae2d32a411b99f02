"""The HTTP contract seen from the lab: operations by name, fields by their contract names.

    answer = client.call("status", seconds=1)
    answer.text("holder_id")        # None when absent, null, or not a text: rubbish is never an exception

A field is looked up by its contract name at the top of the answer (or below `replication` for the lag
fields), unless the target file's `[api.fields]` says where it lies.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from haproof.core.instant import Instant, parse_instant
from haproof.core.record import LARGEST
from haproof.errors import LabError
from haproof.lab.target import Target, fill, fill_body
from haproof.lab.transport import Exchange, Line, Reply, Trouble

LONGEST_TEXT = 2_000
LONGEST_QUOTE = 200
NESTED = dict.fromkeys(("lag_status", "max_write_lag_ms", "max_replay_lag_ms", "replicas"), "replication")


@dataclass(frozen=True)
class Answer:
    """A reply read with the target's field names."""

    reply: Reply
    pointers: Mapping[str, str] = field(default_factory=dict)

    @property
    def status(self) -> int | None:
        """The HTTP status; None when no whole answer came."""
        return self.reply.status

    @property
    def trouble(self) -> Trouble | None:
        """What went wrong with the exchange, if anything did."""
        return self.reply.trouble

    @property
    def ok(self) -> bool:
        """Whether it is a 2xx with a JSON object."""
        status = self.reply.status
        return status is not None and 200 <= status < 300 and isinstance(self.reply.body, dict)

    def value(self, name: str) -> Any:
        """The field as it came; None where it is absent."""
        return look_up(self.reply.body, self.pointers.get(name), name)

    def text(self, name: str) -> str | None:
        """The field as a text that evidence can carry (cut at 2,000 characters)."""
        value = self.value(name)
        if not isinstance(value, str):
            return None
        return value.encode("utf-8", "replace").decode("utf-8")[:LONGEST_TEXT]

    def flag(self, name: str) -> bool | None:
        """The field as a boolean."""
        value = self.value(name)
        return value if isinstance(value, bool) else None

    def count(self, name: str) -> int | None:
        """The field as a whole number that evidence can carry."""
        value = self.value(name)
        whole = isinstance(value, int) and not isinstance(value, bool)
        return value if whole and 0 <= value <= LARGEST else None

    def instant(self, name: str) -> Instant | None:
        """The field as an instant."""
        try:
            return parse_instant(self.value(name))
        except ValueError:
            return None

    def quoted(self, name: str) -> str:
        """The field as it came, as JSON and not too long, for a sentence."""
        value = self.value(name)
        if value is None:
            return "absent or null"
        text = json.dumps(value, ensure_ascii=True, default=str)
        return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"

    def quoted_body(self) -> str:
        """The whole answer, as JSON and not too long; what went wrong where there is none."""
        if self.reply.body is None:
            return str(self.trouble)
        text = json.dumps(self.reply.body, ensure_ascii=True, default=str)
        return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 1]}…"

    def part(self, value: Any) -> "Answer":
        """One item of this answer as an answer, read with the same field names."""
        return Answer(replace(self.reply, body=value), self.pointers)

    def items(self, name: str) -> list[Any]:
        """The field as an array; an answer that is itself an array stands for it. Empty where it is none."""
        value = self.reply.body if isinstance(self.reply.body, list) else self.value(name)
        return value if isinstance(value, list) else []

    def summary(self) -> dict[str, Any]:
        """For the journal: status, trouble and the body as it came, cut where it is long."""
        body = self.reply.body
        text = json.dumps(body, ensure_ascii=True, default=str)
        return {
            "status": self.status,
            "trouble": self.trouble,
            "body": body if len(text) <= LONGEST_TEXT else text[:LONGEST_TEXT],
        }


def look_up(body: Any, pointer: str | None, name: str) -> Any:
    """A field of an answer (or of one item of it): by JSON Pointer where one is given, else by name.

    One pointer serves every kind of answer: in those in which it leads nowhere the name counts.
    """
    found = _follow(body, pointer) if pointer is not None else None
    if found is not None:
        return found
    if not isinstance(body, dict):
        return None
    if name in body or name not in NESTED:
        return body.get(name)
    inner = body.get(NESTED[name])
    return inner.get(name) if isinstance(inner, dict) else None


def _follow(body: Any, pointer: str) -> Any:
    """RFC 6901; None where the path leads nowhere."""
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(body, dict) and key in body:
            body = body[key]
        elif isinstance(body, list) and key.isascii() and key.isdecimal() and int(key) < len(body):
            body = body[int(key)]
        else:
            return None
    return body


class Client:
    """Requests to one node. Safe to use from several threads: each request has its own connection, or a line.

    An ordinary answer that takes longer than the target's `answer_deadline_ms` counts as none. `on_status`
    is given every answer of the operation `status`, in the thread that asked.
    """

    def __init__(self, target: Target, url: str, names: Mapping[str, str]) -> None:
        self._target = target
        self._names = dict(names)
        self._headers = {key: fill(value, names) for key, value in target.headers.items()}
        self.url = url
        self.answer_seconds = target.timing.answer_deadline_ms / 1000
        self.on_status: Callable[[Answer], None] = lambda answer: None

    def call(
        self, operation: str, seconds: float | None = None, line: Line | None = None, **names: str
    ) -> Answer:
        """One operation of the contract; `names` fill the body (`id`, `payload`, `strategy`, …)."""
        seconds = self.answer_seconds if seconds is None else seconds
        exchange = self.begin(operation, seconds, line, **names)
        answer = self.read(exchange, exchange.sent_s + seconds)
        if operation == "status":
            self.on_status(answer)
        return answer

    def begin(
        self, operation: str, seconds: float | None = None, line: Line | None = None, **names: str
    ) -> Exchange:
        """Send an operation without reading its answer; on a `line` the connection is kept."""
        wanted = self._target.operations[operation]
        if wanted is None:
            raise LabError(f"the target offers no {operation}; the scenario must ask before it calls")
        values = self._names | names
        body = None
        if wanted.body is not None and wanted.method != "GET":
            body = json.dumps(fill_body(wanted.body, values)).encode("utf-8")
        url = self.url + fill(wanted.path, values)
        limit_s = self.answer_seconds if seconds is None else seconds
        return Exchange(wanted.method, url, self._headers, body, limit_s, line)

    def read(self, exchange: Exchange, deadline_s: float) -> Answer:
        """The answer of an exchange, awaited until a moment of the monotonic clock."""
        return Answer(exchange.reply(deadline_s), self._target.fields)

    def get(self, path: str) -> Answer:
        """GET a path that is no operation of the contract (the target's readiness)."""
        exchange = Exchange("GET", self.url + path, self._headers, None, self.answer_seconds)
        return self.read(exchange, exchange.sent_s + self.answer_seconds)

    def status(self, line: Line | None = None) -> Answer:
        """`GET /v1/ha/status`; on a `line` the connection is kept."""
        return self.call("status", line=line)
