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

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._sock = sock
        self._deadline_s = deadline_s

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        remaining = self._deadline_s - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._sock.settimeout(remaining)
        return self._sock.recv_into(buffer)


class _DeadlineSocket:
    """What `HTTPResponse` needs of a socket: a stream."""

    def __init__(self, sock: socket.socket, deadline_s: float) -> None:
        self._stream = _DeadlineStream(sock, deadline_s)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._stream)


class Exchange:
    """A request in two halves, so that a hung node can be sent one now and be read from later."""

    def __init__(
        self, method: str, url: str, headers: dict[str, str], body: bytes | None, seconds: float
    ) -> None:
        self.sent_s = time.monotonic()
        self._method = method
        self._trouble: Trouble | None = None
        self._sock: socket.socket | None = None
        parts = urlsplit(url)
        try:
            self._sock = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=seconds)
        except (OSError, ValueError):
            self._trouble = "refused"
            return
        try:
            self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sock.sendall(_request(method, parts.path, parts.query, parts.netloc, headers, body))
        except OSError:
            self._trouble = "broken"

    @property
    def sent(self) -> bool:
        """Whether the request left: if not, it cannot have had an effect."""
        return self._trouble is None

    def reply(self, deadline_s: float) -> Reply:
        """Read the answer until `deadline_s` of the monotonic clock, and close."""
        if self._sock is None or self._trouble is not None:
            self.close()
            return self._end(None, None, self._trouble)
        try:
            return self._read(self._sock, deadline_s)
        except TimeoutError:
            return self._end(None, None, "timeout")
        except (http.client.BadStatusLine, http.client.IncompleteRead, ConnectionError):
            return self._end(None, None, "broken")
        except (http.client.HTTPException, OSError, ValueError, AssertionError):
            return self._end(None, None, "rubbish")
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the connection."""
        if self._sock is not None:
            with contextlib.suppress(OSError):
                self._sock.close()

    def _read(self, sock: socket.socket, deadline_s: float) -> Reply:
        response = http.client.HTTPResponse(_DeadlineSocket(sock, deadline_s), method=self._method)  # type: ignore[arg-type]
        response.begin()
        content = response.read(LARGEST_BODY_BYTES + 1)
        if len(content) > LARGEST_BODY_BYTES:
            return self._end(response.status, None, "rubbish")
        if response.length:  # bytes that were announced and never came
            return self._end(response.status, None, "broken")
        try:
            return self._end(response.status, json.loads(content), None)
        except (ValueError, RecursionError):
            return self._end(response.status, None, "rubbish")

    def _end(self, status: int | None, body: Any, trouble: Trouble | None) -> Reply:
        return Reply(status, body, trouble, self.sent_s, time.monotonic())


def _request(
    method: str, path: str, query: str, netloc: str, headers: dict[str, str], body: bytes | None
) -> bytes:
    """The bytes of a request on a connection that is used once."""
    target = f"{path or '/'}?{query}" if query else path or "/"
    lines = [
        f"{method} {target} HTTP/1.1",
        f"Host: {netloc}",
        "Connection: close",
        "Accept: application/json",
    ]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + (body or b"")
