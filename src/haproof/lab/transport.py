"""One HTTP request with a deadline for the *whole* exchange; whatever comes back is an observation.

A node under test may refuse, hang, trickle bytes, or answer rubbish. None of that is an exception here:
it is a `Reply` that says what happened and whether the request may have had an effect.
"""

import contextlib
import http.client
import io
import json
import socket
import time
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

from haproof.lab.shortage import noticed

LARGEST_BODY_BYTES = 4 * 1024 * 1024

Trouble = Literal["refused", "timeout", "broken", "rubbish"]
"""`refused`: never sent; `timeout` and `broken`: sent, no whole answer; `rubbish`: not HTTP, or not JSON."""


@dataclass(frozen=True)
class Reply:
    """What one request came to; times are of the monotonic clock, in seconds."""

    status: int | None
    body: Any
    trouble: Trouble | None
    sent_s: float
    done_s: float


class _DeadlineStream(io.RawIOBase):
    """Reads from a socket, never beyond a moment of the monotonic clock."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.deadline_s = 0.0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self.deadline_s - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        return self._sock.recv_into(buffer)


class _SharedReader(io.BufferedReader):
    """Outlives the response that reads from it: an answer may follow another on one connection."""

    def close(self) -> None:
        pass


class _Wire:
    """A connection to a node; for `HTTPResponse` it is a socket, of which it needs a stream only."""

    def __init__(self, address: tuple[str, int], seconds: float) -> None:
        self.sock = socket.create_connection(address, timeout=seconds)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._stream = _DeadlineStream(self.sock)
        self._reader = _SharedReader(self._stream)

    def await_until(self, deadline_s: float) -> None:
        self._stream.deadline_s = deadline_s

    def makefile(self, mode: str) -> io.BufferedReader:
        return self._reader

    def quiet(self) -> bool:
        """Whether it is open, and nothing came that nobody asked for."""
        self.await_until(0.0)
        with contextlib.suppress(TimeoutError):
            return not self._reader.peek(1)  # bytes behind the last answer
        try:
            self.sock.settimeout(0)
            self.sock.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return False  # the end of the stream, or bytes of no request

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.sock.close()


class Line:
    """A connection that one client keeps between requests, as a pool does; opened when it is needed."""

    def __init__(self) -> None:
        self._kept: tuple[tuple[str, int], _Wire] | None = None

    def take(self, address: tuple[str, int], seconds: float) -> _Wire:
        """The kept connection, where it still is one to this address; else a new one."""
        kept, self._kept = self._kept, None
        if kept is not None:
            if kept[0] == address and kept[1].quiet():
                return kept[1]
            kept[1].close()
        return _Wire(address, seconds)

    def keep(self, address: tuple[str, int], wire: _Wire) -> None:
        """Have it ready for the next request."""
        self._kept = (address, wire)

    def close(self) -> None:
        """Let go of it."""
        if self._kept is not None:
            self._kept[1].close()
            self._kept = None


class Exchange:
    """A request in two halves, so that a hung node can be sent one now and be read from later.

    On a `line` the connection is kept for the next request if the answer allows it; else it is used once.
    """

    def __init__(
        self,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        seconds: float,
        line: Line | None = None,
    ) -> None:
        self.sent_s = time.monotonic()
        self._method = method
        self._line = line
        self._trouble: Trouble | None = None
        self._wire: _Wire | None = None
        parts = urlsplit(url)
        try:
            self._address = (parts.hostname or "", parts.port or 80)
            wire = line.take(self._address, seconds) if line is not None else _Wire(self._address, seconds)
        except (OSError, ValueError) as fault:
            noticed.look_at(fault)
            self._trouble = "refused"
            return
        self._wire = wire
        try:
            wire.sock.settimeout(seconds)
            words = _request(method, parts.path, parts.query, parts.netloc, headers, body, line is not None)
            wire.sock.sendall(words)
        except OSError:
            self._trouble = "broken"

    @property
    def sent(self) -> bool:
        """Whether the request left: if not, it cannot have had an effect."""
        return self._trouble is None

    def reply(self, deadline_s: float) -> Reply:
        """Read the answer until `deadline_s` of the monotonic clock, and close or keep the connection."""
        if self._wire is None or self._trouble is not None:
            self.close()
            return self._end(None, None, self._trouble)
        try:
            return self._read(self._wire, deadline_s)
        except TimeoutError:
            return self._end(None, None, "timeout")
        except (http.client.BadStatusLine, http.client.IncompleteRead, ConnectionError):
            return self._end(None, None, "broken")
        except (http.client.HTTPException, OSError, ValueError, AssertionError):
            return self._end(None, None, "rubbish")
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the connection, unless it was kept."""
        if self._wire is not None:
            self._wire.close()

    def _read(self, wire: _Wire, deadline_s: float) -> Reply:
        wire.await_until(deadline_s)
        response = self._final_response(wire)
        content = response.read(LARGEST_BODY_BYTES + 1)
        if len(content) > LARGEST_BODY_BYTES:
            return self._end(response.status, None, "rubbish")
        if response.length:  # bytes that were announced and never came
            return self._end(response.status, None, "broken")
        if self._line is not None and not response.will_close:
            self._line.keep(self._address, wire)
            self._wire = None
        try:
            return self._end(response.status, json.loads(content), None)
        except (ValueError, RecursionError):
            return self._end(response.status, None, "rubbish")

    def _final_response(self, wire: _Wire) -> http.client.HTTPResponse:
        """The head of the answer; informational ones (100 Continue, 103 Early Hints) are passed over."""
        while True:
            response = http.client.HTTPResponse(wire, method=self._method)  # type: ignore[arg-type]
            response.begin()
            if not 100 <= response.status < 200:
                return response

    def _end(self, status: int | None, body: Any, trouble: Trouble | None) -> Reply:
        return Reply(status, body, trouble, self.sent_s, time.monotonic())


def _request(
    method: str,
    path: str,
    query: str,
    netloc: str,
    headers: dict[str, str],
    body: bytes | None,
    keep: bool,
) -> bytes:
    """The bytes of a request, on a connection that is used once or kept."""
    target = f"{path or '/'}?{query}" if query else path or "/"
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {netloc}",
        f"Connection: {'keep-alive' if keep else 'close'}",
        "Accept: application/json",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")
