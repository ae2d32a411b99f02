"""Real PostgreSQL servers as children of the lab.

    primary = Server.create(ground, "primary")
    primary.start()
    with primary.connect() as session: ...
    standby = primary.standby("standby", {"wal_receiver_status_interval": "1s"})
    standby.start()
    primary.stop("fast")

A server's durability settings stay at PostgreSQL's safe defaults; `HONEST` is what the evidence records.
"""

import contextlib
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal, Self

import psycopg
from psycopg.conninfo import make_conninfo

from haproof.errors import LabError
from haproof.lab.ground import ADMIN, DATABASE, NODE_ROLE, Ground, clean_environment, passable
from haproof.lab.ports import LOOPBACK, is_free
from haproof.lab.process import Child
from haproof.lab.progress import waiting_for
from haproof.lab.secret import write_private
from haproof.lab.shortage import noticed

Session = psycopg.Connection[tuple[Any, ...]]
StopMode = Literal["fast", "immediate"]

SETTINGS = {
    "cluster_name": "haproof-lab",  # calibration knows a lab's servers by it
    "listen_addresses": LOOPBACK,
    "unix_socket_directories": "",
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "dynamic_shared_memory_type": "mmap",
    "shared_buffers": "32MB",
    "max_connections": "60",
    "wal_level": "replica",
    "max_wal_senders": "6",
    "hot_standby": "on",
    "log_line_prefix": "%m [%p] %e {%b} %a ",  # shortage.py reads it
    "log_statement": "none",
    "log_connections": "off",
    "timezone": "UTC",
} | ({"recovery_init_sync_method": "syncfs"} if sys.platform == "linux" else {})
"""mmap: a killed server then leaves nothing in /dev/shm; syncfs: after a crash the folder is synced by one
call and not file by file, which takes up to two seconds for a new one; the rest is small, safe and quiet."""

HONEST = ("fsync", "full_page_writes", "synchronous_commit", "wal_level")
"""Settings that decide what an acknowledged commit means; every report's `environment.settings` has them."""

INITDB_SETS = 16
"""The first major version whose initdb takes settings."""

START_SECONDS = 30.0
STOP_SECONDS = 30.0
LOG_LINES = 4
STATEMENT_MS = 60_000
"""The lab's own statements end here: a lock that the system under test never gives back must not hang it."""

CONNECT_POLL_SECONDS = 0.005
RELOAD_SECONDS = 5.0
LOADED = b"select pg_conf_load_time()"
STOP_SIGNALS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}


class Server:
    """One PostgreSQL server: its port, its data folder, its log."""

    def __init__(self, ground: Ground, name: str, folder: Path) -> None:
        self._ground = ground
        self.name = name
        self.port = ground.ports.reserve()
        self.folder = folder
        self.data = folder / "data"
        self.log = folder / f"{name}.log"
        ground.server_logs.append(self.log)
        self._child: Child | None = None

    @classmethod
    def create(
        cls, ground: Ground, folder: Path, name: str, settings: Mapping[str, str] | None = None
    ) -> Self:
        """A new primary in `folder`, not started. It holds the database and the node's role."""
        server = cls(ground, name, _server_folder(ground, folder, name))
        shutil.copytree(template(ground), server.data, symlinks=True)
        server.data.chmod(0o700)
        server.configure(settings or {})
        ground.rung.give(server.folder)
        return server

    def standby(self, name: str, settings: Mapping[str, str]) -> "Server":
        """A streaming standby of this running server, not started; its `application_name` is `name`."""
        server = Server(self._ground, name, _server_folder(self._ground, self.folder.parent, name))
        passfile = write_private(server.folder / "standby.pgpass", self._ground.passfile_lines())
        self._ground.rung.give(server.folder)
        conninfo = make_conninfo(self.dsn(ADMIN, None), application_name=name, passfile=str(passfile))
        # The standby syncs the whole folder itself before it begins to recover: once is enough.
        self._ground.tool(
            "pg_basebackup", "-D", str(server.data), "-d", conninfo, "-c", "fast", "-R", "-X", "stream",
            "--no-sync", "--no-password",
        )  # fmt: skip
        server.configure(settings)
        return server

    def configure(self, settings: Mapping[str, str]) -> None:
        """Append settings to the server's configuration (the last word holds, from the next start on)."""
        lines = {**SETTINGS, "port": str(self.port), **settings}
        with open(self.data / "postgresql.conf", "a", encoding="utf-8") as stream:
            stream.writelines(f"{key} = '{value}'\n" for key, value in lines.items())

    def dsn(self, user: str = NODE_ROLE, database: str | None = DATABASE) -> str:
        """How to reach the server, without a password (that comes from PGPASSFILE)."""
        return make_conninfo(host=LOOPBACK, port=self.port, user=user, dbname=database)

    def start(self, seconds: float = START_SECONDS) -> None:
        """Start the server and wait until it answers. Raises LabError with the end of its log."""
        self.launch()
        self.await_connections(seconds)

    def launch(self) -> None:
        """Start the server process without waiting for it."""
        if not is_free(self.port):
            raise LabError(f"port {self.port} of {self.name} was taken by another program; run the lab again")
        self._child = self._ground.children.start(
            self.name,
            [str(self._ground.rung.folder / "postgres"), "-D", str(self.data)],
            log=self.log,
            env=clean_environment(),
            mode=self._ground.rung.mode,
            end_signal=signal.SIGQUIT,
            segments=self._ground.segments_of(self.data),
        )

    def await_connections(self, seconds: float = START_SECONDS) -> None:
        """Wait until the server takes connections, asked every 5 ms."""
        deadline = time.monotonic() + seconds
        with waiting_for(self._ground.watcher, f"{self.name} to take connections"):
            while (refusal := self._refusal()) is not None:
                if not self.running or time.monotonic() > deadline:
                    state = "does not take connections" if self.running else "has ended"
                    raise LabError(f"{self.name} {state}: {refusal}; the end of its log: {self.log_tail()}")
                time.sleep(CONNECT_POLL_SECONDS)

    def _refusal(self) -> str | None:
        """What a client is told; None once it gets a session."""
        try:
            self.connect(ADMIN, database="postgres").close()
        except psycopg.OperationalError as fault:
            return _one_line(fault)
        return None

    @property
    def running(self) -> bool:
        """Whether the server process is alive."""
        return self._child is not None and self._child.running

    def stop(self, mode: StopMode = "fast") -> None:
        """Ask the server to end and wait for it. `immediate` is a crash: it recovers at the next start."""
        self.signal_stop(mode)
        self.await_end()

    def await_end(self) -> None:
        """Wait for the end of a server that was told to stop. Raises LabError when it goes on."""
        if self._child is not None and not self._child.wait(STOP_SECONDS):
            raise LabError(f"{self.name} did not stop within {STOP_SECONDS:g} s")

    def signal_stop(self, mode: StopMode) -> None:
        """Send the stop signal without waiting."""
        if self._child is not None:
            self._child.send(STOP_SIGNALS[mode], alone=True)

    def connect(self, user: str = NODE_ROLE, **parameters: Any) -> Session:
        """An autocommit session; as the node's role unless `user=ADMIN`. Raises psycopg.OperationalError."""
        database = parameters.pop("database", DATABASE)
        options = parameters.pop("options", f"-c statement_timeout={STATEMENT_MS}")
        try:
            return self._session(user, database, options, **parameters)
        except psycopg.OperationalError as fault:
            noticed.look_at(fault)
            raise

    def _session(self, user: str, database: str | None, options: str, **parameters: Any) -> Session:
        return psycopg.connect(
            self.dsn(user, database),
            options=options,
            passfile=str(self._ground.passfile),
            application_name="haproof-lab",
            client_encoding="utf8",
            sslmode="disable",
            gssencmode="disable",
            connect_timeout=2,
            autocommit=True,
            **parameters,
        )

    def rows(self, sql: str, user: str = NODE_ROLE, database: str = DATABASE) -> list[tuple[Any, ...]]:
        """All rows of a statement (of several, the last one), in a session of its own.

        Raises LabError when one fails.
        """
        try:
            with self.connect(user, database=database) as session:
                cursor = session.execute(sql.encode())
                while cursor.nextset():
                    pass
                return cursor.fetchall() if cursor.description else []
        except psycopg.Error as fault:
            raise LabError(f"{self.name}: {_one_line(fault)} (statement: {_cut(sql)})") from fault

    def affected(self, sql: str) -> int:
        """Run statements as the superuser, and tell the most rows that any of them changed or gave.

        -1: none tells. Raises LabError when one fails.
        """
        try:
            with self.connect(ADMIN) as session:
                cursor = session.execute(sql.encode())
                rows = cursor.rowcount
                while cursor.nextset():
                    rows = max(rows, cursor.rowcount)
                return rows
        except psycopg.Error as fault:
            raise LabError(f"{self.name}: {_one_line(fault)} (statement: {_cut(sql)})") from fault

    def execute(self, sql: str, user: str = ADMIN) -> None:
        """Run statements, as the superuser unless said otherwise. Raises LabError when one fails."""
        self.rows(sql, user)

    def reconfigure(self, **settings: str | None) -> None:
        """Change settings of the running server, for its next starts too; None takes the change back.

        Returns once the server's processes have been told. Raises LabError when one cannot be changed.
        """
        words = [
            f"alter system reset {name}" if value is None else f"alter system set {name} = '{value}'"
            for name, value in settings.items()
        ]
        try:
            with self.connect(ADMIN) as session:
                loaded = session.execute(LOADED).fetchone()
                for statement in (*words, "select pg_reload_conf()"):
                    session.execute(statement.encode())
                deadline = time.monotonic() + RELOAD_SECONDS
                while session.execute(LOADED).fetchone() == loaded and time.monotonic() < deadline:
                    time.sleep(CONNECT_POLL_SECONDS)
        except psycopg.Error as fault:
            raise LabError(f"{self.name} cannot be reconfigured: {_one_line(fault)}") from fault

    def forget(self, *names: str) -> None:
        """Take back what `reconfigure` changed, while the server does not run."""
        path = self.data / "postgresql.auto.conf"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if line.split(" ")[0] not in names), encoding="utf-8")

    def settings(self, *names: str) -> dict[str, str]:
        """Settings as the running server has them."""
        return {name: str(self.rows(f"show {name}", ADMIN)[0][0]) for name in names or HONEST}

    def log_tail(self) -> str:
        """The last lines of its log, on one line."""
        with contextlib.suppress(OSError):
            text = self.log.read_text(encoding="utf-8", errors="replace")
            return " / ".join(text.strip().splitlines()[-LOG_LINES:]) or "(empty)"
        return "(no log)"


def template(ground: Ground) -> Path:
    """The data folder that every primary of the run starts as a copy of: initdb once, then copies.

    Copies share a system identifier, so servers of different slices must never replicate from each other.
    """
    return ground.once("template", lambda: _make_template(ground))


def _make_template(ground: Ground) -> Path:
    folder = passable(ground.work / "template")
    data = folder / "data"
    passwords = write_private(folder / "password", ground.secrets.admin_password)
    ground.rung.give(folder)
    # initdb's own servers would leave files in /dev/shm when they are killed, as the later ones would.
    memory = ["-c", "dynamic_shared_memory_type=mmap"] if ground.binaries.major >= INITDB_SETS else []
    ground.tool(
        "initdb", "-D", str(data), "-U", ADMIN, "--pwfile", str(passwords), "-E", "UTF8", "--locale=C",
        "--auth=scram-sha-256", "--no-sync", "--no-instructions", *memory, data=data,
    )  # fmt: skip
    first = Server(ground, "template", folder)
    # Nothing is lost with a template; each copy gets its own settings, fsync among them, behind these.
    first.configure({"fsync": "off"})
    ground.rung.give(folder)
    first.start()
    _create_database(first, ground)
    first.stop()
    os.unlink(passwords)
    return data


def _create_database(server: Server, ground: Ground) -> None:
    """The node's role (no superuser) and its database; the server only ever sees a SCRAM verifier."""
    with server.connect(ADMIN, database="postgres") as session:
        verifier = session.pgconn.encrypt_password(
            ground.secrets.node_password.encode(), NODE_ROLE.encode(), b"scram-sha-256"
        ).decode()
        session.execute(f"create role {NODE_ROLE} login password '{verifier}'".encode())
        session.execute(f"grant pg_monitor, pg_signal_backend to {NODE_ROLE}".encode())
        session.execute(f"create database {DATABASE} owner {NODE_ROLE}".encode())


def _server_folder(ground: Ground, parent: Path, name: str) -> Path:
    """A folder of the server's own, which the account that PostgreSQL runs as may enter."""
    return passable(parent / name)


def _one_line(fault: Exception) -> str:
    return re.sub(r"\s+", " ", str(fault)).strip()


def _cut(sql: str) -> str:
    flat = re.sub(r"\s+", " ", sql).strip()
    return flat if len(flat) <= 120 else flat[:119] + "…"
