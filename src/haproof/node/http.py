"""HTTP/1.1 for the API: parsing, limits and authorization; every refusal is JSON with one sentence.

A worker thread cannot be held for ever, not even by a byte now and then: a head and a body have a deadline
and a size each, and there are only so many connections at once.
"""

import hmac
import io
import json
import socket
import sys
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any, NoReturn, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from haproof.node.log import Log
from haproof.node.requests import Refused, Request, Route
from haproof.node.session import SessionLost, SqlError

MAX_BODY_BYTES = 1 << 20
MAX_OPERATOR_CHARACTERS = 128
_MOST_CONNECTIONS = 128
_HEAD_SECONDS = 10.0  # from the end of one request to the end of the next one's head
_BODY_SECONDS = 5.0
_SEND_SECONDS = 10.0
_LINGER_SECONDS = 1.0
_LINGER_BYTES = 8 << 20


class Operations(Protocol):
    """All that HTTP needs to know of the API."""

    def routes(self, path: str) -> dict[str, Route] | None:
        """Give the methods of a path, or None when there is no such path."""


class Server(ThreadingTCPServer):
    """One thread a connection, with an upper limit of connections."""

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], api: Operations, token: bytes, log: Log) -> None:
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        self.api = api
        self.token = token
        self.log = log
        self._connections = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Hand a connection to a thread, or close it when there are too many."""
        if not self._connections.acquire(blocking=False):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve one connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Log what ended a connection: a client that went away is nothing to talk about."""
        error = sys.exception()
        if not isinstance(error, OSError):
            self.log.write(f"http: {type(error).__name__}: {error}")


class _Incoming(io.RawIOBase):
    """What a client sends, awaited until `deadline` (monotonic seconds) however it comes in."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.deadline = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self.deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._connection.settimeout(remaining)
        return self._connection.recv_into(buffer)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    default_request_version = "HTTP/1.0"
    wbufsize = -1
    disable_nagle_algorithm = True

    def setup(self) -> None:
        """Read through what knows deadlines."""
        super().setup()
        self.rfile.close()
        self._incoming = _Incoming(self.connection)
        self.rfile = io.BufferedReader(self._incoming)

    def handle_one_request(self) -> None:
        """Wait for one head, no longer than it may take; the library hangs up on a TimeoutError."""
        self._incoming.deadline = time.monotonic() + _HEAD_SECONDS
        super().handle_one_request()

    def version_string(self) -> str:
        """Name the program, not the library."""
        return "haproof-node"

    def log_message(self, *_: object) -> None:
        """Requests are not events."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer what could not be parsed as a request, and hang up."""
        sentence = message or self.responses.get(code, ("unknown",))[0]
        if code == 501:  # the library's answer to a method without a do_ function
            code, sentence = 405, "this method is not supported"
        self.close_connection = True
        self._answer(code, {"error": sentence})
        self._linger()

    def __getattr__(self, name: str) -> Any:
        """Answer every method in one place: the routes know which are allowed."""
        if name.startswith("do_"):
            return self._serve
        raise AttributeError(name)

    def _serve(self) -> None:
        headers: dict[str, str] = {}
        try:
            status, body = self._respond(headers)
        except Refused as refused:
            status, body = refused.status, refused.body
        except (SessionLost, SqlError) as error:
            status, body = 503, {"error": f"PostgreSQL: {error}"}
        except (ConnectionError, TimeoutError):
            self.close_connection = True
            return
        except Exception as error:  # noqa: BLE001 - a fault of this program must not look like an answer
            self.close_connection = True
            self.server.log.write(f"fault: {type(error).__name__}: {error}")
            status, body = 500, {"error": "internal fault; see the node's log"}
        self._answer(status, body, headers)
        if self.close_connection:
            self._linger()

    def _respond(self, headers: dict[str, str]) -> tuple[int, dict[str, object]]:
        length = self._body_length()
        path, query = self._target()
        routes = self.server.api.routes(path)
        if routes is None:
            self._unread(length)
            raise Refused(404, "there is no such path")
        route = routes.get(self.command)
        if route is None:
            self._unread(length)
            headers["Allow"] = ", ".join(sorted(routes))
            raise Refused(405, f"this path knows {headers['Allow']} only")
        unknown = set(query) - route.query
        if unknown:
            self._unread(length)
            raise Refused(400, f"unknown query parameter {min(unknown)[:64]!a}")
        if self.command == "GET":
            self._unread(length)
            return route.handler(Request(query=query))
        return self._respond_to_change(route, query, length)

    def _respond_to_change(
        self, route: Route, query: dict[str, str], length: int | None
    ) -> tuple[int, dict[str, object]]:
        try:
            self._authorize()
            operator = self._operator()
            if length is None:
                raise Refused(411, "a Content-Length is required")
            if length > MAX_BODY_BYTES:
                raise Refused(413, f"the body must not be larger than {MAX_BODY_BYTES} bytes")
        except Refused:
            self._unread(length)
            raise
        body = _json_object(self._read(length))
        unknown = body.keys() - route.fields
        if unknown:
            raise Refused(400, f"unknown field {min(unknown)[:64]!a}")
        return route.handler(Request(body, query, operator))

    def _target(self) -> tuple[str, dict[str, str]]:
        try:
            parts = urlsplit(self.path)
            pairs = parse_qsl(
                parts.query, keep_blank_values=True, strict_parsing=bool(parts.query), errors="strict"
            )
            path = unquote(parts.path, errors="strict")
        except (ValueError, UnicodeError):
            self.close_connection = True
            raise Refused(400, "the request target cannot be read") from None
        query = dict(pairs)
        if len(query) != len(pairs):
            self.close_connection = True
            raise Refused(400, "a query parameter is given twice")
        if "\x00" in "".join(query.values()):
            self.close_connection = True
            raise Refused(400, "a query parameter contains the NUL character")
        return path, query

    def _authorize(self) -> None:
        given = self.headers.get("Authorization", "")
        scheme, _, token = given.partition(" ")
        held = scheme.lower() == "bearer" and hmac.compare_digest(
            token.strip().encode("latin-1", "replace"), self.server.token
        )
        if not held:
            raise Refused(401, "this request needs the node's token: Authorization: Bearer TOKEN")

    def _operator(self) -> str:
        try:
            name = self.headers.get("X-Operator", "").encode("latin-1").decode().strip()
        except UnicodeError:
            raise Refused(400, "X-Operator is not valid UTF-8") from None
        if not name:
            raise Refused(400, "this request needs the operator's name: X-Operator: NAME")
        if len(name) > MAX_OPERATOR_CHARACTERS or not name.isprintable():
            limit = f"1 to {MAX_OPERATOR_CHARACTERS} printable characters"
            raise Refused(400, f"X-Operator must be {limit}")
        return name

    def _body_length(self) -> int | None:
        if "Transfer-Encoding" in self.headers:
            self.close_connection = True
            raise Refused(411, "a Content-Length is required; transfer encodings are not supported")
        given = set(self.headers.get_all("Content-Length", []))
        if not given:
            if self.command not in ("GET", "HEAD"):
                self.close_connection = True  # whatever follows must not be read as a request
            return None
        text = given.pop().strip()
        if given or not (text.isascii() and text.isdigit() and len(text) <= 18):
            self.close_connection = True
            raise Refused(400, "Content-Length must be one whole number")
        return int(text)

    def _unread(self, length: int | None) -> None:
        """Hang up after the answer when a body is left that nobody read."""
        if length:
            self.close_connection = True

    def _read(self, length: int) -> bytes:
        self._incoming.deadline = time.monotonic() + _BODY_SECONDS
        body = bytearray()
        while len(body) < length:
            try:
                part = self.rfile.read1(length - len(body))
            except TimeoutError:
                self.close_connection = True
                raise Refused(408, "the body did not arrive in time") from None
            if not part:
                self.close_connection = True
                raise Refused(400, "the body is shorter than its Content-Length")
            body += part
        return bytes(body)

    def _answer(self, status: int, body: dict[str, object], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(body).encode() + b"\n"
        self.connection.settimeout(_SEND_SECONDS)
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        if status == 401:
            self.send_header("WWW-Authenticate", "Bearer")
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)
        self.wfile.flush()

    def _linger(self) -> None:
        """Let the client read the answer: closing on unread input would reset the connection."""
        deadline = time.monotonic() + _LINGER_SECONDS
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            self.connection.settimeout(_LINGER_SECONDS)
            read = 0
            while read < _LINGER_BYTES and time.monotonic() < deadline:
                part = self.connection.recv(1 << 16)
                if not part:
                    return
                read += len(part)


def _json_object(data: bytes) -> dict[str, Any]:
    if not data:
        return {}
    try:
        body = json.loads(data.decode(), object_pairs_hook=_no_key_twice, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        reason = str(error) if isinstance(error, _BadJson) else "the body is not valid JSON in UTF-8"
        raise Refused(400, reason) from None
    if not isinstance(body, dict):
        raise Refused(400, "the body must be a JSON object")
    return body


class _BadJson(ValueError):
    pass


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    keys = dict(pairs)
    if len(keys) != len(pairs):
        raise _BadJson("a key of the body is given twice")
    return keys


def _no_constant(name: str) -> NoReturn:
    raise _BadJson(f"{name} is not JSON")
