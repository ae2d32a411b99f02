"""What each kind of client does with its server: write rows, read them, append to lists in transactions."""

import contextlib
import os
import random
import socket
import threading
import time
from collections.abc import Sequence
from typing import Any, ClassVar

import psycopg
from psycopg.conninfo import make_conninfo

from haproof.lab.workload.config import Config
from haproof.lab.workload.history import History
from haproof.lab.workload.schema import INSERT, READ, WATCHED_ONE_IN, WHERE

CONNECT_SECONDS = 2
RETRY_SECONDS = 0.05

UNKNOWN = frozenset(("57P01", "57P02", "57P03", "57014"))
"""A server that is told to end, or to cancel, says so whether the commit was done or not: the row may be
there."""


class Client:
    """One client: a session at a time, made anew whenever it fails."""

    via: ClassVar[str] = "pooled"

    def __init__(self, name: str, config: Config, history: History, stop: threading.Event) -> None:
        self.name = name
        self._config = config
        self._history = history
        self._stop = stop
        self._random = random.Random(f"{config.seed}/{config.trial}/{name}")
        self._session: psycopg.Connection[Any] | None = None
        self._busy_since: float | None = None
        self._warnings: list[str] = []
        self._member: str | None = None
        self._timeline: int | None = None
        self._count = 0

    @property
    def _via(self) -> str:
        return f"local:{self._config.member}" if self._config.member else self.via

    def run(self) -> None:
        """Until the end: connect, work, and again when the session is gone."""
        while not self._stop.is_set():
            with contextlib.suppress(psycopg.Error, OSError):
                self._connect()
                while not self._stop.is_set():
                    self.work()
                    self._think()
            self._disconnect()
            self._stop.wait(RETRY_SECONDS)

    def work(self) -> None:
        """One operation."""
        raise NotImplementedError

    def hang_up(self, after_s: float = 0.0) -> None:
        """Shut the session's socket where an operation has been waited for longer than this."""
        since, session = self._busy_since, self._session
        if since is None or session is None or time.monotonic() - since <= after_s:
            return
        # Never `cancel()`: libpq sends it with a blocking connection of its own, which holds the whole
        # process for minutes when the host is cut off.
        with (
            contextlib.suppress(OSError, psycopg.Error),
            socket.socket(fileno=os.dup(session.fileno())) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)

    def _think(self) -> None:
        self._stop.wait(self._config.think_s * self._random.uniform(0.5, 1.5))

    def _connect(self) -> None:
        """A session with a server that takes writes (on a member's host: with that member, whatever it
        takes)."""
        self._warnings = []
        # pg_auto_failover makes SQL_ASCII databases, whose text would come as bytes.
        self._session = session = psycopg.connect(
            self._dsn(),
            autocommit=True,
            prepare_threshold=None,
            application_name=f"haproof {self.name}",
            client_encoding="utf8",
        )
        session.add_notice_handler(self._warned)
        self._busy_since = time.monotonic()
        row = session.execute(WHERE).fetchone()
        self._busy_since = None
        wal_file = row[0] if row is not None else None
        if wal_file is None:
            raise OSError("this server is a standby")
        self._member = self._config.member or self._connected(session)
        self._timeline = int(wal_file[:8], 16)

    def _warned(self, said: psycopg.errors.Diagnostic) -> None:
        """Keep a warning. The end of a session (FATAL) comes as a notice too, where a write was acknowledged
        just before: it takes nothing back of that."""
        if said.severity_nonlocalized == "WARNING":
            self._warnings.append(f"{said.sqlstate} {said.message_primary}")

    def _connected(self, session: psycopg.Connection[Any]) -> str:
        """The member that libpq chose; its address as the server knows it may be another one."""
        hosts, ports = self._config.hosts, self._config.ports
        names = {(address, ports[name]): name for name, address in hosts.items()}
        return names[session.info.host, session.info.port]

    def _dsn(self) -> str:
        config, member = self._config, self._config.member
        names = [member] if member else list(config.hosts)
        self._random.shuffle(names)
        return make_conninfo(
            config.conninfo,
            host="127.0.0.1" if member else ",".join(config.hosts[name] for name in names),
            port=",".join(str(config.ports[name]) for name in names),
            connect_timeout=CONNECT_SECONDS,
            target_session_attrs="any" if member else "read-write",
            keepalives_idle=1,
            keepalives_interval=1,
            keepalives_count=2,
            tcp_user_timeout=3000,
        )

    def _disconnect(self) -> None:
        session, self._session, self._busy_since = self._session, None, None
        if session is not None:
            with contextlib.suppress(psycopg.Error, OSError):
                session.close()

    def _invoked(self, op: str, operation: str, value: Any = None) -> None:
        self._warnings.clear()
        self._busy_since = time.monotonic()
        self._history.write(
            self.name, self._via, "invoke", op, id=operation, value=value, member=self._member,
            timeline=self._timeline,
        )  # fmt: skip

    def _ended(
        self, kind: str, op: str, operation: str, value: Any = None, sqlstate: str | None = None
    ) -> None:
        self._busy_since = None
        self._history.write(
            self.name, self._via, kind, op, id=operation, value=value, member=self._member,
            timeline=self._timeline, sqlstate=sqlstate, warnings=list(self._warnings) or None,
        )  # fmt: skip

    def _failed(self, fault: Exception, op: str, operation: str, value: Any = None) -> None:
        """An operation that was not acknowledged: the server said no, or nobody knows."""
        sqlstate = getattr(fault, "sqlstate", None)
        kind = "unknown" if sqlstate is None or sqlstate in UNKNOWN else "fail"
        self._ended(kind, op, operation, value, sqlstate)

    def _next(self) -> str:
        self._count += 1
        return f"{self._config.trial}/{self.name}/{self._count}"


class Writer(Client):
    """Inserts one row after the other over a session that stays open."""

    def work(self) -> None:
        """One row."""
        session, row = self._live(), self._next()
        self._invoked("insert", row)
        try:
            session.execute(INSERT, (row, self._config.trial, self._count % WATCHED_ONE_IN == 0))
        except (psycopg.Error, OSError) as fault:
            self._failed(fault, "insert", row)
            raise
        self._ended("ok", "insert", row)

    def _live(self) -> psycopg.Connection[Any]:
        if self._session is None:
            raise OSError("no session")
        return self._session


class ConnectWriter(Writer):
    """Makes a new session for each row, as an application without a pool does: it alone sees a server whose
    open sessions run on while new ones fail."""

    via = "connect"

    def run(self) -> None:
        """Connect, write, close."""
        while not self._stop.is_set():
            with contextlib.suppress(psycopg.Error, OSError):
                self._connect()
                self.work()
            self._disconnect()
            self._think()


class Reader(Writer):
    """Reads the watched rows of this trial: always the same question, so that a row missing from an answer is
    a row that went away."""

    via = "reader"

    def work(self) -> None:
        """One read."""
        session, operation = self._live(), self._next()
        self._invoked("read", operation)
        try:
            rows = session.execute(READ, (self._config.trial,)).fetchall()
        except (psycopg.Error, OSError) as fault:
            self._failed(fault, "read", operation)
            raise
        self._ended("ok", "read", operation, [row[0] for row in rows])


class Deadlines:
    """An application's patience: what is not answered in time is hung up on, and stays unknown."""

    def __init__(self, clients: Sequence[Client]) -> None:
        self._clients = clients

    def enforce(self) -> None:
        """Hang up on every operation that is overdue."""
        for client in self._clients:
            client.hang_up(after_s=client._config.answer_s)
