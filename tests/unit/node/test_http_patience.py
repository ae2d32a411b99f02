"""How long the node's HTTP server waits for a client that sends a byte now and then."""

import socket
import threading
import time
from collections.abc import Iterator
from typing import cast

import pytest

from haproof.node import http
from haproof.node.log import Log
from haproof.node.requests import Route

TOKEN = b"token"
AUTHORIZED = b"Authorization: Bearer token\r\nX-Operator: tester\r\n"
BYTE_SECONDS = 0.02
PATIENCE_SECONDS = 0.2
DEADLINE_SECONDS = 10.0


class OneRoute:
    """As much of the API as the server asks for."""

    def routes(self, path: str) -> dict[str, Route] | None:
        route = Route(lambda request: (200, {"fields": sorted(request.body)}), frozenset({"name"}))
        return {"POST": route} if path == "/" else None


@pytest.fixture
def address(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, int]]:
    monkeypatch.setattr(http, "_HEAD_SECONDS", PATIENCE_SECONDS)
    monkeypatch.setattr(http, "_BODY_SECONDS", PATIENCE_SECONDS)
    server = http.Server(("127.0.0.1", 0), OneRoute(), TOKEN, Log(None, "n1"))
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield cast(tuple[str, int], server.server_address)
    server.shutdown()
    thread.join()
    server.server_close()


def trickle(address: tuple[str, int], at_once: bytes, endless: bytes) -> bytes:
    """Send something at once and then the same byte again and again; what was answered until the end."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    with socket.create_connection(address, timeout=BYTE_SECONDS) as client:
        client.sendall(at_once)
        answer = b""
        while time.monotonic() < deadline:
            try:
                client.sendall(endless)
                part = client.recv(65536)
            except TimeoutError:
                continue
            except ConnectionError:
                return answer
            if not part:
                return answer
            answer += part
    pytest.fail("the server still waits")


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nX: "])
def test_a_head_that_never_ends_is_hung_up_on(address: tuple[str, int], head: bytes) -> None:
    assert trickle(address, head, b"x") == b""


def test_a_body_that_never_ends_is_refused(address: tuple[str, int]) -> None:
    head = b"POST / HTTP/1.1\r\n" + AUTHORIZED + b"Content-Length: 1000000\r\n\r\n"
    assert trickle(address, head, b" ").startswith(b"HTTP/1.1 408 ")


def test_a_connection_is_kept_as_long_as_requests_come(address: tuple[str, int]) -> None:
    request = b"POST / HTTP/1.1\r\n" + AUTHORIZED + b'Content-Length: 11\r\n\r\n{"name": 1}'
    began_at = time.monotonic()
    with socket.create_connection(address, timeout=DEADLINE_SECONDS) as client:
        while time.monotonic() < began_at + 3 * PATIENCE_SECONDS:
            client.sendall(request)
            assert client.recv(65536).endswith(b'{"fields": ["name"]}\n')
