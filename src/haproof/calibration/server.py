"""The server that is asked: one read-only session, and whether its answers can be used at all."""

from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from haproof.core.histories.calibration import Session
from haproof.core.instant import format_instant
from haproof.errors import UsageError

CONNECT_SECONDS = 10
STATEMENT_MS = 10_000
APPLICATION = "haproof-calibrate"
OPTIONS = f"-c default_transaction_read_only=on -c statement_timeout={STATEMENT_MS} -c lock_timeout=1000"

LAB_CLUSTER_NAME = "haproof"
LAB_FOLDER = "haproof-lab-"
"""How the lab marks its own servers: by `cluster_name`, and by the folder that their data lie in."""

WHAT = """
select pg_is_in_recovery(), pg_has_role(current_user, 'pg_read_all_stats', 'usage'), current_user::text,
       (select system_identifier::text from pg_control_system()), current_setting('server_version'),
       current_setting('cluster_name'),
       (select count(*) from pg_stat_replication),
       (select count(*) from pg_stat_replication where state is null)
"""
FOLDER = "select current_setting('data_directory')"

Connection = psycopg.Connection[tuple[Any, ...]]


class Lost(Exception):
    """The server does not answer (any more); the message is libpq's, on one line."""


class Server:
    """How the server is reached. Its password never leaves this object."""

    def __init__(self, dsn: str) -> None:
        try:
            given = conninfo_to_dict(dsn)
            self._dsn = make_conninfo(
                dsn,
                application_name=APPLICATION,
                connect_timeout=given.get("connect_timeout") or CONNECT_SECONDS,
                options=f"{given.get('options') or ''} {OPTIONS}".strip(),
            )
        except psycopg.Error:
            # libpq's own sentence quotes the string, which may hold a password.
            raise UsageError(
                "--dsn is no PostgreSQL connection string: write postgresql://USER@HOST:PORT/DATABASE or "
                "'host=HOST port=PORT user=USER dbname=DATABASE'"
            ) from None
        self._password = str(given.get("password") or "")

    def connect(self) -> Connection:
        """The one session. Raises Lost."""
        try:
            return psycopg.connect(self._dsn, autocommit=True)
        except psycopg.Error as fault:
            raise Lost(self.words(fault)) from None

    def words(self, fault: Exception) -> str:
        """What the client library says, on one line and without the password."""
        text = " ".join(str(fault).split()) or type(fault).__name__
        return text.replace(self._password, "***") if self._password else text


def usable(session: Connection, *, need_standby: bool) -> Session:
    """What the server is, where its write_lag can be used. Raises UsageError where it cannot, in one
    sentence, and Lost. (A standby needs some seconds to come back to a primary that was started again.)"""
    try:
        row = session.execute(WHAT.encode()).fetchone()
        if row is None:
            raise Lost("the server gave no answer")
        in_recovery, role_ok, role, identifier, version, cluster_name, standbys, hidden = row
        label = f"{session.info.host or 'local socket'}:{session.info.port}"
        if in_recovery:
            raise UsageError(
                f"{label} is a standby (in recovery), and write_lag is only known to the primary: give the "
                "primary's connection string, or several hosts with target_session_attrs=read-write"
            )
        if not role_ok or hidden:
            raise UsageError(
                f"role {role} does not see pg_stat_replication in full (its state and lags are NULL, which "
                f"looks like an idle standby): as a superuser run  GRANT pg_monitor TO {_quoted(str(role))}"
            )
        lab = _is_lab(session, str(cluster_name))
        if lab:
            raise UsageError(
                f"{label} is a server that a haproof lab started: thresholds for production come from "
                "production; give the connection string of the production primary"
            )
        if not standbys and need_standby:
            raise UsageError(
                f"no standby is connected to {label}, so there is no write_lag to measure: "
                "connect a standby first (select * from pg_stat_replication)"
            )
    except psycopg.Error as fault:
        raise Lost(" ".join(str(fault).split())) from None
    return Session(
        at=format_instant(datetime.now(UTC)),
        source=label,
        system_identifier=str(identifier),
        server_version=str(version),
        in_recovery=bool(in_recovery),
        role_ok=True,
        lab=lab,
    )


def _is_lab(session: Connection, cluster_name: str) -> bool:
    """Whether the lab started it. Who may not read the folder is not told; the name is told to everybody."""
    if cluster_name.startswith(LAB_CLUSTER_NAME):
        return True
    try:
        row = session.execute(FOLDER.encode()).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return False
    return row is not None and any(part.startswith(LAB_FOLDER) for part in str(row[0]).split("/"))


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
