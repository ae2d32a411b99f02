"""Whatever a node answers, or does not, is an observation and comes in time."""

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from haproof.lab.client import Answer, Client, look_up
from haproof.lab.target import Target
from haproof.lab.target_file import load_target
from haproof.lab.transport import Exchange, Line, Reply

STATUS = {
    "holder_id": "node1",
    "current_epoch": 3,
    "write_ready": True,
    "acquired_at": "2026-03-23T10:00:00.123456Z",
    "replication": {"lag_status": "ok", "replicas": [1]},
    "leader": {"a/b": ["x", "y"]},
}


@contextmanager
def server(talk: Callable[[socket.socket], None]) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread.join(5)


def asked(url: str, seconds: float = 1.0) -> Reply:
    exchange = Exchange("GET", url, {}, None, seconds)
    return exchange.reply(exchange.sent_s + seconds)


def answer(body: bytes, head: bytes = b"HTTP/1.1 200 OK\r\n") -> Callable[[socket.socket], None]:
    return lambda connection: connection.sendall(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def test_good_answer() -> None:
    with server(answer(b'{"a": 1}')) as url:
        reply = asked(f"{url}/x?y=1")
    assert (reply.status, reply.body, reply.trouble) == (200, {"a": 1}, None)


def test_error_status_keeps_its_body() -> None:
    with server(answer(b'{"error": "no"}', b"HTTP/1.1 503 No\r\n")) as url:
        reply = asked(url)
    assert (reply.status, reply.body, reply.trouble) == (503, {"error": "no"}, None)


def test_nobody_listens() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
        exchange = Exchange("GET", url, {}, None, 1)
        assert not exchange.sent
        assert exchange.reply(time.monotonic() + 1).trouble == "refused"


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" * 3 + b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;x=y\r\n}\r\n0\r\nT: u\r\n\r\n",
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n{}",
    ],
    ids=["early hints", "continue", "chunked", "1.0 until closed", "1.0 with length", "1.1 until closed"],
)
def test_an_answer_of_unusual_make_is_an_answer(raw: bytes) -> None:
    with server(lambda connection: connection.sendall(raw)) as url:
        reply = asked(url)
    assert (reply.status, reply.body, reply.trouble) == (200, {}, None)


def test_informational_answers_without_end_are_none_at_the_deadline() -> None:
    def talk(connection: socket.socket) -> None:
        for _ in range(100):
            try:
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\n\r\n")
            except ConnectionError:
                return
            time.sleep(0.01)

    with server(talk) as url:
        assert asked(url, 0.2).trouble == "timeout"


@contextmanager
def keeping_server(*answers: bytes) -> Iterator[tuple[str, list[int]]]:
    """Answers on as many connections as are made; the number of requests that came on each."""
    served: list[int] = []
    left = list(answers)

    def serve(listener: socket.socket) -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            served.append(0)
            with connection:
                while left and connection.recv(65_536):
                    served[-1] += 1
                    words = left.pop(0)
                    connection.sendall(words)
                    if b"close" in words:
                        break

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", served
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(5)


KEPT = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


@pytest.mark.parametrize(
    ("answers", "served"),
    [
        ((KEPT, KEPT, KEPT), [3]),
        ((KEPT, KEPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), KEPT), [2, 1]),
        ((KEPT + b"more than was announced", KEPT, KEPT), [1, 2]),
        ((KEPT.replace(b"1.1", b"1.0"), KEPT), [1, 1]),
    ],
    ids=["kept", "closed by the node", "bytes behind the answer", "1.0"],
)
def test_a_line_keeps_its_connection_while_the_node_does(
    answers: tuple[bytes, ...], served: list[int]
) -> None:
    line = Line()
    with keeping_server(*answers) as (url, connections):
        for _ in answers[: sum(served)]:
            Exchange("GET", url, {}, None, 1, line).reply(time.monotonic() + 1)
        line.close()
    assert connections == served


def test_a_kept_connection_that_the_node_closed_is_replaced() -> None:
    line = Line()
    with keeping_server(KEPT) as (url, connections):
        assert Exchange("GET", url, {}, None, 1, line).reply(time.monotonic() + 1).status == 200
        deadline = time.monotonic() + 5
        while len(connections) == 1:
            assert Exchange("GET", url, {}, None, 1, line).reply(time.monotonic() + 1).status is None
            assert time.monotonic() < deadline
        line.close()
    assert connections[0] == 1


@pytest.mark.parametrize(
    ("raw", "trouble"),
    [
        (b"", "broken"),
        (b"nonsense\r\n\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{}", "broken"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{,", "rubbish"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\xff\xff", "rubbish"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "broken"),
        (b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n", "rubbish"),
        (b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n", "rubbish"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b"[" * 100_000, "rubbish"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + b" " * (5 * 1024 * 1024), "rubbish"),
    ],
)
def test_rubbish_is_an_observation(raw: bytes, trouble: str) -> None:
    def talk(connection: socket.socket) -> None:
        try:
            connection.sendall(raw)
        except ConnectionError:
            return

    with server(talk) as url:
        assert asked(url, 5).trouble == trouble


def test_a_hang_ends_at_the_deadline() -> None:
    with server(lambda connection: time.sleep(0.6)) as url:
        reply = asked(url, 0.2)
    assert reply.trouble == "timeout"
    assert 0.2 <= reply.done_s - reply.sent_s < 0.6


def test_a_trickle_ends_at_the_deadline() -> None:
    def talk(connection: socket.socket) -> None:
        try:
            for byte in b"HTTP/1.1 200 OK\r\nX-Long: " + b"y" * 200:
                connection.sendall(bytes([byte]))
                time.sleep(0.01)
        except ConnectionError:
            return

    with server(talk) as url:
        reply = asked(url, 0.2)
    assert reply.trouble == "timeout"
    assert reply.done_s - reply.sent_s < 1


@pytest.fixture
def target(tmp_path: Path) -> Target:
    path = tmp_path / "target.toml"
    path.write_text(
        'name = "x"\nversion = "1"\n[node]\nstart = ["{python}"]\n[api.fields]\nrole = "/leader/a~1b/1"\n'
    )
    return load_target(path)


def test_a_request_carries_headers_and_a_filled_body(target: Target) -> None:
    seen: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 201 Made\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            connection, _ = listener.accept()
            with connection:
                seen.append(connection.recv(65_536))
                talk(connection)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        client = Client(target, url, {"token": "T", "operator": "O"})
        got = client.call("protected_write", id='a"b', payload="{id}")
        thread.join(5)
    head, _, body = seen[0].partition(b"\r\n\r\n")
    assert got.status == 201
    assert head.startswith(b"POST /v1/rollouts HTTP/1.1\r\n")
    assert b"Authorization: Bearer T" in head
    assert b"X-Operator: O" in head
    assert json.loads(body) == {"id": 'a"b', "payload": "{id}"}


def test_where_a_pointer_leads_nowhere_the_name_counts(target: Target) -> None:
    assert Answer(Reply(200, {"role": "leader"}, None, 0, 0), target.fields).text("role") == "leader"
    assert Answer(Reply(200, {}, None, 0, 0), target.fields).text("role") is None


def test_fields_by_name_by_pointer_and_of_the_right_type(target: Target) -> None:
    got = Answer(Reply(200, STATUS, None, 0, 0), target.fields)
    assert got.ok
    assert got.text("holder_id") == "node1"
    assert got.text("role") == "y"
    assert got.text("lag_status") == "ok"
    assert got.items("replicas") == [1]
    assert got.count("current_epoch") == 3
    assert got.flag("write_ready") is True
    acquired = got.instant("acquired_at")
    assert acquired is not None
    assert acquired.microsecond == 123456
    assert got.text("current_epoch") is None
    assert got.count("write_ready") is None
    assert got.flag("current_epoch") is None
    assert got.instant("holder_id") is None
    assert got.items("holder_id") == []
    assert got.text("absent") is None


@pytest.mark.parametrize("body", [None, [], "text", 7, [{"holder_id": 1}]])
def test_an_answer_that_is_no_object_has_no_fields(body: object) -> None:
    got = Answer(Reply(200, body, None, 0, 0))
    assert not got.ok
    assert got.text("holder_id") is None
    assert look_up(body, "/0/x", "x") is None


def test_text_and_counts_fit_into_evidence() -> None:
    body = {"holder_id": "\ud800" * 5000, "current_epoch": 2**53, "bytes": -1}
    got = Answer(Reply(200, body, None, 0, 0))
    text = got.text("holder_id")
    assert text is not None
    assert text == "?" * 2000
    assert got.count("current_epoch") is None
    assert got.count("bytes") is None
