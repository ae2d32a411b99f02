"""One PostgreSQL session in which every wait has a deadline.

The blocking calls of a driver cannot be trusted to come back: cancelling one first asks the *server* to
cancel (5 s) and then waits for it (5 s), and `connect_timeout` knows no less than 2 s. A stopped server
answers neither. So libpq is driven without blocking: send, wait for the socket until the deadline, and when
the deadline passes close the socket. Nothing is ever asked of a server that may not be there. (What libpq
cannot do without blocking is to look up a host name: give an address.)
"""

import select
import signal
import socket
import time
from collections.abc import Iterable, Sequence
from contextlib import suppress
from types import TracebackType
from typing import Self

from psycopg import OperationalError, ProgrammingError, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haproof.node.database import Database

_STATE = pq.DiagnosticField.SQLSTATE
_SEVERITY = pq.DiagnosticField.SEVERITY_NONLOCALIZED
_MESSAGE = pq.DiagnosticField.MESSAGE_PRIMARY
_COPY_BUFFER_BYTES = 1 << 18

Row = tuple[str | None, ...]


class SessionLost(Exception):
    """The connection could not be made, or is gone; what was under way may or may not have happened."""


class DeadlinePassed(SessionLost):
    """No answer came in time; the socket was closed."""


class Interrupted(Exception):
    """The wakeup was rung; the statement under way, if any, was left unanswered."""


class SqlError(Exception):
    """PostgreSQL refused a statement. `sqlstate` is its five-character code."""

    def __init__(self, sqlstate: str, message: str) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate


class Wakeup:
    """A doorbell for a thread that waits on a socket: `ring()` from anywhere, `fileno()` to wait on."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        """Give the descriptor that becomes readable when the bell was rung."""
        return self._reader.fileno()

    def ring_at_signals(self) -> None:
        """Ring whenever the process handles a signal, whichever thread the system hands it to."""
        signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)

    def ring(self) -> None:
        """Wake the waiting thread, now or at its next wait."""
        with suppress(BlockingIOError):  # then it has been rung often enough already
            self._writer.send(b"!")

    def quiet(self) -> None:
        """Forget the rings so far."""
        with suppress(BlockingIOError):
            while self._reader.recv(4096):
                pass

    def wait(self, seconds: float) -> bool:
        """Wait for a ring, at most so long; True if there was one (it is forgotten then)."""
        if not _poll({self._reader.fileno(): select.POLLIN}, time.monotonic() + seconds):
            return False
        self.quiet()
        return True


class Session:
    """A connection in autocommit mode; parameters and results are text.

    Deadlines are instants of `time.monotonic()`. A session that raised `SessionLost` is closed.
    """

    def __init__(self, pgconn: pq.abc.PGconn) -> None:
        self._pgconn = pgconn
        self._fatal = ""
        self.warnings: list[str] = []
        self.server: Database | None = None  # set by who opened the session and asked
        self.pid = 0  # of its process on the server; outlives the session
        pgconn.notice_handler = self._notice

    @classmethod
    def connect(
        cls,
        dsn: str,
        application_name: str,
        *,
        deadline: float,
        settings: dict[str, str] | None = None,
        tcp_user_timeout_ms: int = 0,
        wakeup: Wakeup | None = None,
    ) -> Self:
        """Open a session whose `settings` (server parameters) hold from its first moment.

        Raises `SessionLost` when it cannot be had before `deadline`, `Interrupted` when woken.
        """
        options = [str(conninfo_to_dict(dsn).get("options") or "")]
        options += [f"-c {name}={value}" for name, value in (settings or {}).items()]
        conninfo = make_conninfo(
            dsn,
            application_name=application_name,
            client_encoding="UTF8",
            keepalives="1",
            keepalives_idle="1",
            keepalives_interval="1",
            keepalives_count="2",
            tcp_user_timeout=str(tcp_user_timeout_ms),
            options=" ".join(filter(None, options)),
        )
        session = cls(pq.PGconn.connect_start(conninfo.encode()))
        try:
            session._finish_connecting(deadline, wakeup)
        except BaseException:
            session.close()
            raise
        return session

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the socket; a transaction whose COMMIT was not sent is rolled back by the server."""
        self._pgconn.finish()

    @property
    def closed(self) -> bool:
        """True once the connection is closed or known to be broken."""
        return self._pgconn.status != pq.ConnStatus.OK

    def run(
        self,
        sql: str,
        parameters: Sequence[str | int | None] = (),
        *,
        deadline: float | None,
        wakeup: Wakeup | None = None,
    ) -> list[Row]:
        """Execute one statement and give its rows; None as `deadline` waits as long as it takes.

        Raises `SqlError` when PostgreSQL refuses it (the session lives on), `SessionLost` when the
        connection breaks or the deadline passes, `Interrupted` when woken; the session is closed then.
        """
        values = [None if value is None else _parameter(str(value)) for value in parameters]
        self.warnings.clear()
        with _Guard(self):
            self._pgconn.send_query_params(sql.encode(), values)
            return self._outcome(deadline, wakeup)

    def script(self, sql: bytes, *, deadline: float) -> None:
        """Execute any number of statements, separated by semicolons, that return nothing of interest."""
        with _Guard(self):
            self._pgconn.send_query(sql)
            self._outcome(deadline)

    def copy_in(self, sql: bytes, lines: Iterable[bytes], *, deadline: float) -> None:
        """Execute `COPY … FROM stdin` and feed it the lines, each with its newline."""
        with _Guard(self):
            self._pgconn.send_query(sql)
            self._outcome(deadline)
            buffer = bytearray()
            for line in lines:
                buffer += line
                if len(buffer) >= _COPY_BUFFER_BYTES:
                    self._put(buffer, deadline)
                    buffer.clear()
            self._put(buffer, deadline)
            while not self._pgconn.put_copy_end():
                self._wait(select.POLLOUT, deadline)
            self._outcome(deadline)

    def idle(self, until: float, wakeup: Wakeup | None = None) -> None:
        """Wait until the instant, a ring (both return), or the end of the connection (raises)."""
        with _Guard(self):
            while _poll({self._pgconn.socket: select.POLLIN, **_bell(wakeup)}, until):
                if wakeup and wakeup.wait(0):
                    return
                self._pgconn.consume_input()
                self._pgconn.is_busy()  # parses what came, so that a farewell is seen
                if self._fatal:
                    raise SessionLost(self._fatal)

    def probably_alive(self) -> bool:
        """Tell, without asking the server, that nothing has ended the connection so far."""
        try:
            self.idle(time.monotonic())
        except SessionLost:
            return False
        return not self.closed

    def _finish_connecting(self, deadline: float, wakeup: Wakeup | None) -> None:
        events = select.POLLOUT
        while self._pgconn.status != pq.ConnStatus.BAD:
            self._wait(events, deadline, wakeup)
            status = self._pgconn.connect_poll()
            if status == pq.PollingStatus.OK:
                self._pgconn.nonblocking = 1
                self.pid = self._pgconn.backend_pid
                return
            if status == pq.PollingStatus.FAILED:
                break
            events = select.POLLIN if status == pq.PollingStatus.READING else select.POLLOUT
        raise SessionLost(one_line(self._pgconn.get_error_message()))

    def _outcome(self, deadline: float | None, wakeup: Wakeup | None = None) -> list[Row]:
        rows: list[Row] = []
        refused: SqlError | None = None
        while (result := self._next_result(deadline, wakeup)) is not None:
            if result.status == pq.ExecStatus.COPY_IN:
                break
            if result.status == pq.ExecStatus.FATAL_ERROR:
                refused = refused or self._refusal(result)
            rows = _rows(result)
        if refused:
            raise refused
        return rows

    def _next_result(self, deadline: float | None, wakeup: Wakeup | None) -> pq.abc.PGresult | None:
        while self._pgconn.flush():
            self._wait(select.POLLIN | select.POLLOUT, deadline, wakeup)
            self._pgconn.consume_input()
        while self._pgconn.is_busy():
            self._wait(select.POLLIN, deadline, wakeup)
            self._pgconn.consume_input()
        return self._pgconn.get_result()

    def _refusal(self, result: pq.abc.PGresult) -> SqlError:
        message = one_line((result.error_field(_MESSAGE) or b"").decode(errors="replace"))
        if (result.error_field(_SEVERITY) or b"FATAL") in (b"FATAL", b"PANIC"):
            raise SessionLost(message)
        return SqlError((result.error_field(_STATE) or b"").decode(), message)

    def _put(self, data: bytearray, deadline: float) -> None:
        while data and not self._pgconn.put_copy_data(bytes(data)):
            self._wait(select.POLLIN | select.POLLOUT, deadline)
            self._pgconn.consume_input()
        while self._pgconn.flush():
            self._wait(select.POLLIN | select.POLLOUT, deadline)
            self._pgconn.consume_input()

    def _wait(self, events: int, deadline: float | None, wakeup: Wakeup | None = None) -> None:
        ready = _poll({self._pgconn.socket: events, **_bell(wakeup)}, deadline)
        if wakeup and wakeup.fileno() in ready:
            wakeup.quiet()
            raise Interrupted
        if not ready:
            raise DeadlinePassed("PostgreSQL did not answer in time")

    def _notice(self, result: pq.abc.PGresult) -> None:
        severity = result.error_field(_SEVERITY) or b""
        message = one_line((result.error_field(_MESSAGE) or b"").decode(errors="replace"))
        if severity in (b"FATAL", b"PANIC"):
            self._fatal = message
        elif severity == b"WARNING":
            self.warnings.append(message)


class _Guard:
    """Turns what libpq says about a broken connection into `SessionLost`, and closes the session then."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, OperationalError | ProgrammingError | ValueError):
            reason = self._session._fatal or one_line(str(error))
            self._session.close()
            raise SessionLost(reason) from error
        if isinstance(error, SessionLost | Interrupted):
            self._session.close()


def one_line(text: str) -> str:
    """Make one line of a libpq message, without its severity word."""
    line = " ".join(text.split())
    for word in ("FATAL: ", "ERROR: "):
        line = line.replace(word, "")
    return line.strip() or "the connection was lost"


def _bell(wakeup: Wakeup | None) -> dict[int, int]:
    return {wakeup.fileno(): select.POLLIN} if wakeup else {}


def _parameter(text: str) -> bytes:
    """Encode a parameter; libpq would silently cut it at a NUL."""
    if "\x00" in text:
        raise SqlError("22021", "text must not contain the NUL character")
    return text.encode()


def _rows(result: pq.abc.PGresult) -> list[Row]:
    columns = range(result.nfields)
    return [
        tuple(_text(result.get_value(row, column)) for column in columns) for row in range(result.ntuples)
    ]


def _text(value: bytes | None) -> str | None:
    return None if value is None else bytes(value).decode()


def _poll(interest: dict[int, int], deadline: float | None) -> set[int]:
    """Wait until one of the descriptors is ready (or broken) or the instant has come; give the ready ones."""
    poller = select.poll()
    for descriptor, events in interest.items():
        poller.register(descriptor, events)
    if deadline is None:
        return {descriptor for descriptor, _ in poller.poll()}
    remaining_ms = max(0.0, (deadline - time.monotonic()) * 1000)
    return {descriptor for descriptor, _ in poller.poll(remaining_ms)}
