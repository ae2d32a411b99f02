"""A PostgreSQL cluster under soak, known by a connection string over its members."""

import subprocess
import time
from collections.abc import Iterable

import psycopg

from haproof.errors import UsageError
from haproof.soak.session import Session, label, said, settled, since_ms
from haproof.soak.system import Identity, Probed, Unreachable

SCHEMA = "haproof_soak"
WHO = (
    "coalesce(host(inet_server_addr()), 'local') || ':' || coalesce(inet_server_port(), 0) || '/' || "
    "case when pg_is_in_recovery() then 'standby' else left(pg_walfile_name(pg_current_wal_lsn()), 8) end"
)
"""The server that answers: address, port, timeline."""

COMPARE_SECONDS = 120
COMMAND_SECONDS = 120


class Database:
    """Rows in a table of the soak's own, `haproof_soak.probe_SOAK`."""

    def __init__(self, dsn: str, soak: str, failover_command: list[str]) -> None:
        self._dsn = settled(dsn)
        self._session = Session(self._dsn)
        self._soak = soak
        self._table = f"{SCHEMA}.probe_{soak}"
        self._command = failover_command

    def identity(self) -> Identity:
        """Asked of the server that takes writes. Raises Unreachable."""
        try:
            with self._session.limit(COMPARE_SECONDS):
                rows, _ = self._session.ask("select current_setting('server_version')")
                version = str(rows[0][0])
        except (psycopg.Error, OSError) as fault:
            raise Unreachable(said(fault)) from None
        try:
            with self._session.limit(COMPARE_SECONDS):
                rows, _ = self._session.ask("select system_identifier::text from pg_control_system()")
        except psycopg.errors.InsufficientPrivilege:
            rows = [("",)]
        except (psycopg.Error, OSError) as fault:
            raise Unreachable(said(fault)) from None
        return Identity(f"PostgreSQL {version}", str(rows[0][0]), version, label(self._dsn))

    def set_up(self) -> None:
        """The table. Raises UsageError where the server is a standby or the role has no right to make it."""
        try:
            with self._session.limit(COMPARE_SECONDS):
                self._session.ask(f"create schema if not exists {SCHEMA}")
                self._session.ask(
                    f"create table {self._table} (id bigint primary key, payload text not null)"
                )
        except psycopg.errors.InsufficientPrivilege as fault:
            raise UsageError(
                f"the role may not make the schema {SCHEMA} in {label(self._dsn)} ({said(fault)}): "
                "GRANT CREATE ON DATABASE to it, or use another role"
            ) from None
        except psycopg.errors.ReadOnlySqlTransaction:
            raise UsageError(self._standby()) from None
        except (psycopg.Error, OSError) as fault:
            if self._only_standbys():
                raise UsageError(self._standby()) from None
            raise UsageError(f"{label(self._dsn)} cannot be reached: {said(fault)}") from None

    def probe(self, row: int, previous: int | None, seconds: float) -> Probed:
        """One row in, it and the one before it out."""
        started_s, server, acknowledged = time.monotonic(), None, False
        try:
            with self._session.limit(seconds):
                rows, warning = self._session.ask(
                    f"insert into {self._table} (id, payload) values (%s, %s) returning {WHO}",
                    row, self._payload(row),
                )  # fmt: skip
                server = str(rows[0][0])
                if warning is not None:  # such as a cancelled wait for the standby: no promise
                    return Probed(False, since_ms(started_s), False, server, warning)
                acknowledged = True
                wanted = [row] if previous is None else [previous, row]
                found, _ = self._session.ask(f"select count(*) from {self._table} where id = any(%s)", wanted)
        except (psycopg.Error, OSError) as fault:
            return Probed(False, since_ms(started_s), acknowledged, server, said(fault))
        there = found[0][0] == len(wanted)
        why = None if there else "an acknowledged row could not be read back"
        return Probed(there, since_ms(started_s), True, server, why)

    def rows(self) -> Iterable[int]:
        """Every row with the payload that was sent. Raises Unreachable."""
        return stored_rows(
            self._session, f"select id from {self._table} where payload = '{self._soak}:' || id"
        )

    def fail_over(self) -> str | None:
        """The command that setup was given, run to its end."""
        return run_command(self._command)

    def close(self) -> None:
        """Drop the connection."""
        self._session.close()

    def _payload(self, row: int) -> str:
        return f"{self._soak}:{row}"

    def _standby(self) -> str:
        return (
            f"{label(self._dsn)} leads to a standby, which takes no writes: give a connection string over "
            "all members (host=a,b,c)"
        )

    def _only_standbys(self) -> bool:
        """Whether a server answers there that is in recovery."""
        session = Session(psycopg.conninfo.make_conninfo(self._dsn, target_session_attrs="any"))
        try:
            with session.limit(COMPARE_SECONDS):
                rows, _ = session.ask("select pg_is_in_recovery()")
                return bool(rows[0][0])
        except (psycopg.Error, OSError):
            return False
        finally:
            session.close()


def stored_rows(session: Session, query: str) -> Iterable[int]:
    """The whole numbers that a query gives, by COPY. Raises Unreachable."""
    found: list[int] = []
    try:
        with session.limit(COMPARE_SECONDS):
            rest = b""
            for piece in session.stream(f"copy ({query}) to stdout"):
                *whole, rest = (rest + piece).split(b"\n")
                found.extend(map(int, whole))
    except (psycopg.Error, OSError) as fault:
        raise Unreachable(said(fault)) from None
    return found


def run_command(argv: list[str]) -> str | None:
    """Run a command of the operator's; what went wrong, in one line, else None."""
    try:
        done = subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=COMMAND_SECONDS,
            check=False,
        )
    except OSError as fault:
        return f"{argv[0]} cannot be started ({fault.strerror})"
    except subprocess.TimeoutExpired:
        return f"{argv[0]} did not end within {COMMAND_SECONDS} s"
    if done.returncode == 0:
        return None
    words = (done.stderr or done.stdout).strip().splitlines()
    return f"{argv[0]} ended with status {done.returncode}: {words[-1][:200] if words else 'it said nothing'}"
