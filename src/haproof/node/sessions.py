"""The kinds of sessions of a node, each with a server that takes writes and may be believed.

The methods marked SAFETY are each the one place where that safety is.
"""

import random
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from haproof.node.arguments import Settings
from haproof.node.database import Database
from haproof.node.hosts import Horizon, Host, hosts
from haproof.node.session import Row, Session, SessionLost, SqlError, Wakeup

_OWN = {"TimeZone": "UTC", "DateStyle": "ISO", "synchronous_commit": "local"}

# The timeline is read from the name of the WAL file: the control file learns of a promotion later.
WHO = """
    pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on',
    CASE WHEN NOT pg_is_in_recovery() THEN pg_walfile_name(pg_current_wal_insert_lsn()) END
"""


class Sessions:
    """Opens them, over all hosts of the connection string."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.horizon = Horizon()
        self.lock_server: Database | None = None  # where this node's leadership lock is held
        self.hosts = hosts(settings.dsn)
        self._durable = settings.limits.min_sync_replicas > 0
        self._bound_ms = round(settings.limits.lock_bound_s * 1000)

    def open(self, purpose: str, *, deadline: float, settings: dict[str, str] | None = None) -> Session:
        """Open a session named after its purpose and this node, whose commits wait for no standby."""
        return self._connect(
            f"haproof {purpose} {self.settings.node_id}",
            deadline=deadline,
            settings={**_OWN, **(settings or {})},
        )

    def open_lock_session(self, *, deadline: float, wakeup: Wakeup) -> Session:
        """Open the session that the leadership lock will belong to."""
        settings = {**_OWN, **self.lock_timeouts()}
        if self._durable:
            del settings["synchronous_commit"]
        session = self._connect(
            f"haproof lock {self.settings.node_id}",
            deadline=deadline,
            settings=settings,
            tcp_user_timeout_ms=max(1, self._bound_ms * 9 // 10),
            wakeup=wakeup,
        )
        # So that a waiting follower that died gives up its place in line (and its connection slot).
        # A server without POLLRDHUP cannot; it notices when the place in line comes up.
        with suppress(SqlError):
            session.run(
                "SELECT set_config('client_connection_check_interval', $1, false)",
                [self._bound_ms],
                deadline=deadline,
            )
        return session

    def open_write_session(self, epoch: int, *, deadline: float) -> Session:
        """Open a session for protected writes under an epoch; its commits obey the server's level. Where the
        lock is held on one of several hosts, on that one."""
        settings = {name: value for name, value in _OWN.items() if name != "synchronous_commit"}
        there = self.lock_server
        same = [host for host in self.hosts if there and (host.host, host.port) == (there.host, there.port)]
        return self._connect(
            f"haproof write {epoch} {self.settings.node_id}",
            deadline=deadline,
            settings={**settings, **self.lock_timeouts()},
            among=same or self.hosts,
        )

    def misplaced(self, session: Session) -> str | None:
        """SAFETY: why a write session must not be used: its server is not that of the lock; None if it is."""
        there = self.lock_server
        if there is None or session.server is None or session.server == there:
            return None
        return f"its session is on {session.server}, and the leadership lock is held on {there}"

    def superseded(self, session: Session) -> str | None:
        """SAFETY: why an open session's server may not be believed any more; None where it may."""
        return None if session.server is None else self.horizon.disbelief(session.server)

    def look_around(self, deadline: float) -> None:
        """Learn which hosts take writes, and on which timeline: none of a node's own sessions ends because
        another server has been promoted while its own runs on."""
        for place, host in enumerate(self.hosts):
            with suppress(SessionLost, SqlError):
                share = _share(deadline, len(self.hosts) - place)
                self._meet(host, f"haproof scout {self.settings.node_id}", deadline=share).close()

    def end_backend(self, session: Session, deadline: float) -> None:
        """End a session's process on its server, which may wait for a standby long after its client left."""
        there = session.server
        same = [host for host in self.hosts if there and (host.host, host.port) == (there.host, there.port)]
        with (
            suppress(SessionLost, SqlError),
            self._connect(
                f"haproof request {self.settings.node_id}", deadline=deadline, among=same or self.hosts
            ) as other,
        ):
            other.run("SELECT pg_terminate_backend($1)", [session.pid], deadline=deadline)

    def _connect(
        self,
        name: str,
        *,
        deadline: float,
        settings: dict[str, str] | None = None,
        tcp_user_timeout_ms: int = 0,
        wakeup: Wakeup | None = None,
        among: Sequence[Host] | None = None,
    ) -> Session:
        """A session with a server that takes writes and was not superseded.

        Hosts are tried in a new order each time, so that no node returns to an old primary because it is
        named first; each has its share of the time that is left. Raises `SessionLost` with what each said.
        """
        order = list(among or self.hosts)
        random.shuffle(order)
        said: list[str] = []
        for place, host in enumerate(order):
            try:
                return self._meet(
                    host,
                    name,
                    deadline=_share(deadline, len(order) - place),
                    settings=settings,
                    tcp_user_timeout_ms=tcp_user_timeout_ms,
                    wakeup=wakeup,
                )
            except SessionLost as lost:
                if len(order) == 1:
                    raise
                said.append(f"{host.host}:{host.port}: {lost}")
        raise SessionLost("; ".join(sorted(said)))

    def _meet(self, host: Host, name: str, *, deadline: float, **more: Any) -> Session:
        """A session with one host that may be believed."""
        session = Session.connect(host.dsn, name, deadline=deadline, **more)
        try:
            row = only(session.run(f"SELECT {WHO}", deadline=deadline))
            session.server = self.believed(host, row[0], row[1])
        except SqlError as refused:
            session.close()
            raise SessionLost(str(refused)) from refused
        except BaseException:
            session.close()
            raise
        return session

    def believed(self, host: Host | Database, read_only: str | None, wal_file: str | None) -> Database:
        """The server as it described itself. Raises `SessionLost` where it may not be believed."""
        timeline = int(wal_file[:8], 16) if wal_file else None
        database = Database(host.host, host.port, timeline, read_only == "t")
        if not database.in_recovery:
            self.horizon.saw_timeline(timeline)
        reason = self.horizon.disbelief(database)
        if reason is not None:
            raise SessionLost(reason)
        return database

    def lock_timeouts(self) -> dict[str, str]:
        """SAFETY: what makes the *server* end the lock session of a leader that hangs."""
        return {
            "idle_session_timeout": str(self._bound_ms),
            "idle_in_transaction_session_timeout": str(self._bound_ms),
        }


def only(rows: list[Row]) -> Row:
    """The one row of an answer."""
    if len(rows) != 1:
        raise SqlError("P0002", f"haproof_ha.leadership_state has {len(rows)} rows instead of one")
    return rows[0]


def _share(deadline: float, parts: int) -> float:
    """When the first of so many parts of the time that is left is over."""
    now = time.monotonic()
    return now + max(0.0, deadline - now) / parts
