"""What PostgreSQL itself says on every member: who takes writes, on which timeline, who follows.

Leadership is read by SQL alone. A manager's own interface is never believed: one that times out looks like a
demotion that never was.
"""

import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg

CONNECT_SECONDS = 2
STATEMENT_MS = 1_500
ANSWER_SECONDS = 10.0
"""A server that is stopped answers nothing and its kernel everything: after so long the lab hangs up."""

STATUS = """
select pg_is_in_recovery(),
       case when pg_is_in_recovery() then null else pg_walfile_name(pg_current_wal_insert_lsn()) end,
       (select coalesce(received_tli, 0) from pg_stat_wal_receiver where status = 'streaming'),
       (select count(*) from pg_stat_replication where state = 'streaming'),
       (select count(*) from pg_stat_replication
         where state = 'streaming' and sync_state in ('sync', 'quorum')),
       current_setting('synchronous_standby_names'),
       current_setting('synchronous_commit'),
       case when pg_is_in_recovery() then null
            else pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint end,
       (select pg_wal_lsn_diff(min(coalesce(flush_lsn, '0/0')), '0/0')::bigint from pg_stat_replication
         where state = 'streaming')
"""


@dataclass(frozen=True)
class Status:
    """One member as PostgreSQL described it; `timeline` is that it writes, or streams, or None."""

    member: str
    in_recovery: bool
    timeline: int | None
    streaming: int
    synchronous: int
    synchronous_standby_names: str
    synchronous_commit: str
    written: int | None = None
    """The end of its WAL, in bytes; None for a standby."""

    confirmed: int | None = None
    """What every standby that streams from it has on disk, in bytes; None where none does."""

    @property
    def takes_writes(self) -> bool:
        """Not in recovery."""
        return not self.in_recovery

    @property
    def sync_effective(self) -> bool:
        """Whether a commit here waits for a standby that is there."""
        waits = self.synchronous_commit in ("on", "remote_write", "remote_apply")
        return waits and bool(self.synchronous_standby_names) and self.synchronous > 0


class Members:
    """Every member's PostgreSQL, asked side by side, each over a session that stays open."""

    def __init__(self, dsns: Mapping[str, str], options: str = "") -> None:
        """`options` are further settings of each session, as libpq takes them."""
        self._dsns = dict(dsns)
        self._options = f"-c statement_timeout={STATEMENT_MS} {options}".strip()
        self._sessions: dict[str, psycopg.Connection[Any]] = {}
        self._pool = ThreadPoolExecutor(max_workers=max(1, len(dsns)), thread_name_prefix="member")
        self._lock = threading.Lock()

    @property
    def names(self) -> tuple[str, ...]:
        """The members in their order."""
        return tuple(self._dsns)

    def status(self, only: Sequence[str] | None = None) -> dict[str, Status]:
        """Those that answer."""
        names = [name for name in self._dsns if only is None or name in only]
        found = self._pool.map(self._status, names)
        return {name: status for name, status in zip(names, found, strict=True) if status is not None}

    def query(self, member: str, statement: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]] | None:
        """Rows from one member; None where it does not answer, or refuses."""

        def ask(session: psycopg.Connection[Any]) -> list[tuple[Any, ...]]:
            return session.execute(statement, values or None).fetchall()

        rows: list[tuple[Any, ...]] | None = self._asked(member, ask)
        return rows

    def execute(self, member: str, statement: str, values: Sequence[Any] = ()) -> bool:
        """A statement without rows on one member; whether it was carried out."""

        def do(session: psycopg.Connection[Any]) -> bool:
            session.execute(statement, values or None)
            return True

        return self._asked(member, do) or False

    def close(self) -> None:
        """Close every session."""
        for session in self._sessions.values():
            with contextlib.suppress(psycopg.Error, OSError):
                session.close()
        self._pool.shutdown(wait=False)

    def _status(self, member: str) -> Status | None:
        rows = self.query(member, STATUS)
        if not rows:
            return None
        recovering, wal_file, received, *rest = rows[0]
        timeline = int(wal_file[:8], 16) if wal_file else received
        return Status(member, recovering, timeline, *rest)

    def _asked(self, member: str, ask: "Callable[[psycopg.Connection[Any]], Any]") -> Any:
        """The answer over the open session, or over a new one where that is gone; None without an answer."""
        session = self._sessions.pop(member, None)
        for attempt in (session, None) if session is not None else (None,):
            try:
                session = attempt or self._connect(member)
                with _patient(session):
                    answer = ask(session)
            except (psycopg.Error, OSError):
                if session is not None:
                    with contextlib.suppress(psycopg.Error, OSError):
                        session.close()
                session = None
                continue
            with self._lock:
                self._sessions[member] = session
            return answer
        return None

    def _connect(self, member: str) -> psycopg.Connection[Any]:
        return psycopg.connect(
            self._dsns[member],
            autocommit=True,
            connect_timeout=CONNECT_SECONDS,
            prepare_threshold=None,
            application_name="haproof lab",
            options=self._options,
            # pg_auto_failover makes SQL_ASCII databases, whose text would come as bytes.
            client_encoding="utf8",
            tcp_user_timeout=2_000,
            keepalives_idle=1,
            keepalives_interval=1,
            keepalives_count=2,
        )


@contextlib.contextmanager
def _patient(session: "psycopg.Connection[Any]") -> Iterator[None]:
    """Hang up on a server that leaves a question unanswered: the question then fails."""
    timer = threading.Timer(ANSWER_SECONDS, _hang_up, (session,))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _hang_up(session: "psycopg.Connection[Any]") -> None:
    with (
        contextlib.suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(session.fileno())) as line,
    ):
        line.shutdown(socket.SHUT_RDWR)
