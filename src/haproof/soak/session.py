"""A PostgreSQL session with a deadline for everything, whatever the server or the network does.

libpq waits for ever on a server that hangs; `cancel()` would open a connection of its own, which hangs as
well. So a timer shuts the socket, and the wait ends as if the server had hung up.
"""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haproof.errors import UsageError

CONNECT_SECONDS = 2
"""libpq's own least value; for each host."""


def settled(dsn: str) -> str:
    """The connection string with what a soak needs, where it does not say otherwise: a server that takes
    writes, one host after the other in a random order, and an end to a silent network.

    Raises UsageError where it is no connection string.
    """
    try:
        given = conninfo_to_dict(dsn)
    except psycopg.Error as fault:
        raise UsageError(f"--dsn is no connection string: {_flat(fault)}") from None
    usual: dict[str, Any] = {
        "connect_timeout": CONNECT_SECONDS,
        "target_session_attrs": "read-write",
        "application_name": "haproof soak",
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 2,
        "tcp_user_timeout": 5_000,
    }
    if "," in str(given.get("host", "")):
        usual["load_balance_hosts"] = "random"
    return make_conninfo("", **(usual | given))


def label(dsn: str) -> str:
    """Hosts and database of a connection string, for evidence: never user or password."""
    given = conninfo_to_dict(dsn)
    where = given.get("host") or given.get("hostaddr") or "local socket"
    return f"{where}:{given.get('port', 5432)}/{given.get('dbname') or given.get('user') or ''}"


class Session:
    """One connection at a time, made when it is needed, dropped whenever anything went wrong."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection[Any] | None = None
        self._warnings: list[str] = []

    def ask(self, statement: str, *values: object) -> tuple[list[tuple[Any, ...]], str | None]:
        """The rows of one statement, and the warning that the server sent with them, if any.

        Raises psycopg.Error or OSError; within `limit` they come in its time.
        """
        connection = self._connected()
        self._warnings.clear()
        try:
            cursor = connection.execute(statement.encode(), values or None)
            rows = list(cursor.fetchall()) if cursor.description else []
        except (psycopg.Error, OSError):
            self.close()
            raise
        return rows, self._warnings[0] if self._warnings else None

    def stream(self, statement: str) -> Iterator[bytes]:
        """What a COPY … TO STDOUT gives, in pieces."""
        connection = self._connected()
        try:
            with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
                for piece in copy:
                    yield bytes(piece)
        except (psycopg.Error, OSError):
            self.close()
            raise

    @contextlib.contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Everything in this block ends within so many seconds; a connection being made has its own limit."""
        timer = threading.Timer(seconds, self._hang_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def close(self) -> None:
        """Drop the connection."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                connection.close()

    def _connected(self) -> psycopg.Connection[Any]:
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._dsn, autocommit=True, prepare_threshold=None)
            self._connection.add_notice_handler(self._warned)
        return self._connection

    def _warned(self, said: psycopg.errors.Diagnostic) -> None:
        if said.severity_nonlocalized == "WARNING":
            self._warnings.append(str(said.message_primary))

    def _hang_up(self) -> None:
        connection = self._connection
        if connection is None:
            return
        with (
            contextlib.suppress(OSError, psycopg.Error),
            socket.socket(fileno=os.dup(connection.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


def said(fault: BaseException) -> str:
    """A fault in one line that a journal can hold; passwords are in none of libpq's messages."""
    return _flat(fault)[:200] or type(fault).__name__


def _flat(fault: BaseException) -> str:
    return " ".join(str(fault).split())


def since_ms(started_s: float) -> float:
    """Milliseconds since a moment of the monotonic clock, to a tenth."""
    return round((time.monotonic() - started_s) * 1000, 1)
