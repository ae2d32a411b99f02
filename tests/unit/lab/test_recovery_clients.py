"""RECOVERY's clients against nodes of the test's own: what is written down, and to whom a row goes next."""

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from haproof.core.histories.codec import decode
from haproof.lab.client import Answer as Said
from haproof.lab.recovery.clients import Config, Watcher, Writer, clients
from haproof.lab.target import REFERENCE
from haproof.lab.transport import Reply, Trouble
from haproof.lab.workload.history import History

Answer = tuple[int, Any]


@contextmanager
def node(*answers: Answer) -> Iterator[tuple[int, list[dict[str, Any]]]]:
    """A server that gives these answers in turn, the last one again and again: its port, and what it got."""
    got: list[dict[str, Any]] = []
    left = list(answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.answer()

        def do_GET(self) -> None:
            self.answer()

        def answer(self) -> None:
            status, body = left.pop(0) if len(left) > 1 else left[0]
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield server.server_port, got
        server.shutdown()
        thread.join()


def names(node: str, port: int) -> dict[str, str]:
    return {"node": node, "token": "token", "operator": "lab", "url": f"http://127.0.0.1:{port}"}


def writer(port: int, stream: io.StringIO, nodes: tuple[str, ...] = ("node1",)) -> Writer:
    """The first writer, of nodes that all listen there."""
    each = {node: names(node, port) for node in nodes}
    config = Config("t-1", "t-1.", str(REFERENCE), str(REFERENCE.parent), each, 1, "", 1, 0.0)
    return Writer(1, config, clients(config), History(stream, "t-1"), threading.Event())


def said(status: int | None, body: Any = None, trouble: Trouble | None = None) -> Said:
    return Said(Reply(status, body, trouble, 0.0, 0.0))


def attempt(*answers: Answer, nodes: tuple[str, ...] = ("node1",)) -> tuple[list[dict[str, Any]], Writer]:
    """One row to the node: the lines of its history."""
    stream = io.StringIO()
    with node(*answers) as (port, _):
        one = writer(port, stream, nodes)
        one._leader = "node1"
        one._attempt("row")
    return [json.loads(line) for line in stream.getvalue().splitlines()], one


CREATED = {"id": "row", "epoch": 3, "node_id": "node1", "created_at": "2026-03-20T10:00:00Z"}
EPOCH = "epoch is absent or null, not a whole number"


@pytest.mark.parametrize(
    ("status", "body", "kind", "shown"),
    [
        (201, CREATED, "ok", {"epoch": 3, "status": 201}),
        (200, CREATED, "ok", {"epoch": 3, "status": 200}),
        (201, {"id": "row"}, "unknown", {"invalid": EPOCH, "status": 201}),
        (
            201,
            CREATED | {"epoch": "3"},
            "unknown",
            {"invalid": 'epoch is "3", not a whole number', "status": 201},
        ),
        (201, CREATED | {"id": "other"}, "unknown", {"invalid": 'id is "other", not row', "status": 201}),
        (201, CREATED | {"success": False}, "unknown", {"invalid": "success is false", "status": 201}),
        (200, CREATED | {"error": "no"}, "unknown", {"invalid": 'error is "no"', "status": 200}),
        (201, CREATED | {"node_id": "node2"}, "ok", {"epoch": 3, "status": 201}),
        (799, CREATED, "unknown", {}),
        (201, b"not JSON", "unknown", {}),
        (421, {"error": "x", "holder_id": "node2"}, "fail", {"holder": "node2", "status": 421}),
        (503, {"error": "x"}, "fail", {"status": 503}),
        (504, {"error": "outcome unknown"}, "unknown", {"status": 504}),
        (500, {"error": "x"}, "unknown", {"status": 500}),
    ],
)
def test_an_attempt_is_written_down_before_and_after(
    status: int, body: Any, kind: str, shown: dict[str, Any]
) -> None:
    (before, after), _ = attempt((status, body))
    assert (before["kind"], before["op"], before["id"], before["value"]) == (
        "invoke",
        "insert",
        "row",
        "of row",
    )
    assert after["kind"] == kind
    further = set(after) - {"trial", "t_ms", "client", "via", "kind", "op", "id", "node"}
    assert {key: after[key] for key in further} == shown


def test_a_node_that_is_not_there_was_never_reached() -> None:
    stream = io.StringIO()
    with node((200, {})) as (port, _):
        pass
    assert not writer(port, stream)._attempt("row")
    assert json.loads(stream.getvalue().splitlines()[1])["kind"] == "fail"


@pytest.mark.parametrize(
    ("answer", "leader"),
    [
        (said(421, {"holder_id": "node2"}), "node2"),
        (said(421, {"holder_id": "stranger"}), "node2"),
        (said(421, {"holder_id": 7}), "node2"),
        (said(421, ["node2"]), "node2"),
        (said(503, {}), "node2"),
        (said(None, trouble="refused"), "node2"),
        (said(504, {}), "node1"),
    ],
)
def test_whom_a_row_goes_to_next(answer: Said, leader: str) -> None:
    one = writer(1, io.StringIO(), ("node1", "node2"))
    one._leader = "node1"
    one._follow("node1", answer)
    assert one._leader == leader


def test_a_row_is_sent_again_under_its_id_until_it_is_acknowledged() -> None:
    stream = io.StringIO()
    with node((504, {}), (503, {}), (201, CREATED)) as (port, got):
        writer(port, stream)._row("row")
    assert [body["id"] for body in got] == ["row", "row", "row"]
    assert len({body["payload"] for body in got}) == 1
    kinds = [json.loads(line)["kind"] for line in stream.getvalue().splitlines()]
    assert kinds == ["invoke", "unknown", "invoke", "fail", "invoke", "ok"]


def test_a_status_is_written_down_as_it_was_shown() -> None:
    stream, stop = io.StringIO(), threading.Event()
    body = {
        "role": "leader", "current_epoch": 3, "holder_id": "node1", "quorum_health": "healthy",
        "write_block_active": False, "can_accept_protected_writes": True,
    }  # fmt: skip
    with node((503, {}), (200, body)) as (port, _):
        asked = writer(port, io.StringIO())._nodes["node1"]
        thread = threading.Thread(target=Watcher("node1", asked, History(stream, "t-1"), stop).run)
        thread.start()
        while not stream.getvalue():
            stop.wait(0.01)
        stop.set()
        thread.join()
    line = json.loads(stream.getvalue().splitlines()[0])
    assert (line["op"], line["node"], line["epoch"], line["holder"]) == ("status", "node1", 3, "node1")
    assert line["asked_ms"] <= line["t_ms"]


def test_who_wrote_a_row_is_who_says_so() -> None:
    """A node may hand a write on to the one that leads."""
    (_, after), _ = attempt((201, CREATED | {"node_id": "node2"}))
    assert after["node"] == "node2"


RUBBISH = st.one_of(
    st.none(), st.booleans(), st.integers(-1, 2**80), st.floats(), st.text(max_size=3), st.just("\ud800"),
    st.just([]), st.just({}), st.just([{"a": [1]}]),
)  # fmt: skip
NAMES = (
    "role", "holder_id", "quorum_health", "current_epoch", "write_block_active", "can_accept_protected_writes"
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(NAMES, RUBBISH)), st.integers(200, 201))
def test_no_answer_makes_a_history_that_cannot_be_read(body: dict[str, Any], status: int) -> None:
    stream = io.StringIO()
    history = History(stream, "t-1")
    node = SimpleNamespace(call=lambda *_, **__: said(200, body), answer_seconds=1.0)
    once = SimpleNamespace(is_set=iter([False, True]).__next__, wait=lambda _: None)
    Watcher("node1", cast(Any, node), history, cast(Any, once)).run()
    one = writer(1, io.StringIO())
    one._history = history
    one._nodes = {
        "node1": cast(Any, SimpleNamespace(call=lambda *_, **__: said(status, body), answer_seconds=1.0))
    }
    one._leader = "node1"
    one._attempt("row")
    decode(stream.getvalue().encode().splitlines(keepends=True))


def test_an_answer_that_is_none_is_never_an_exception() -> None:
    with node((200, b"[]"), (200, b"{"), (200, b"")) as (port, _):
        one = writer(port, io.StringIO())
        assert [one._attempt("row") for _ in range(3)] == [False, False, False]
