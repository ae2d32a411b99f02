"""pg_auto_failover: two or three nodes and a monitor, from Debian's files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from haproof.lab.sandbox.machines import Machines
from haproof.lab.systems.managed import BASE_ENVIRONMENT, PORT, Managed

SOCKETS = "/var/run/postgresql"
MONITOR_STATES = """
select nodename, current_group_state::text, assigned_group_state::text
  from pgautofailover.current_state('default')
"""


class PgAutoFailover(Managed):
    """Nodes on the first hosts, the monitor on the host after them."""

    name = "pg_auto_failover"

    def __init__(
        self, machines: Machines, files: Path, binaries: Path, members: int = 3, sync: bool = True
    ) -> None:
        super().__init__(machines, binaries, members, sync)
        self.monitor = tuple(machines.network.hosts)[members]
        self._program = str(files / "usr/bin/pg_autoctl")
        self._libraries = str(files / "usr/lib/x86_64-linux-gnu")

    def environment(self, host: str) -> Mapping[str, str]:
        """pg_autoctl keeps its state below these folders."""
        home = self.home(host)
        return BASE_ENVIRONMENT | {
            "PATH": f"{self.binaries}:{BASE_ENVIRONMENT['PATH']}",
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_CONFIG_HOME": str(home / "config"),
            "XDG_DATA_HOME": str(home / "share"),
            "LD_LIBRARY_PATH": self._libraries,
        }

    def binds(self, host: str) -> Mapping[str, str]:
        """Debian's PostgreSQL has its socket folder built in: each host gets its own."""
        return {SOCKETS: str(self.home(host) / "sockets")}

    def bring_up(self) -> None:
        """The monitor first; nodes register with it."""
        for host in (self.monitor, *self.members):
            for folder in ("run", "config", "share", "sockets"):
                (self.home(host) / folder).mkdir(parents=True, exist_ok=True)
        self.start_manager(self.monitor, self._create(self.monitor, "monitor"))

    def add(self, host: str) -> None:
        """One node: made on its first start, the first of all as primary."""
        more = [
            "--username",
            "postgres",
            "--dbname",
            "postgres",
            "--monitor",
            self.monitor_dsn(),
            "--name",
            host,
        ]
        self.start_manager(host, self._create(host, "postgres", *more, "--pg-hba-lan"))

    def start(self, host: str) -> None:
        """What an init system does after a boot."""
        self.start_manager(host, [self._program, "run", "--pgdata", str(self.data(host))])

    def monitor_dsn(self) -> str:
        """The monitor's connection string, as nodes use it."""
        return f"postgres://autoctl_node@{self.address(self.monitor)}:{PORT}/pg_auto_failover?sslmode=prefer"

    def states(self) -> dict[str, tuple[str, str]]:
        """What the monitor has reported and assigned, per node; empty while it does not answer."""
        try:
            with psycopg.connect(self.monitor_dsn(), autocommit=True, connect_timeout=2) as session:
                rows = session.execute(MONITOR_STATES).fetchall()
        except psycopg.Error:
            return {}
        return {_text(name): (_text(reported), _text(assigned)) for name, reported, assigned in rows}

    def _create(self, host: str, what: str, *more: str) -> list[str]:
        return [
            self._program, "create", what, "--pgdata", str(self.data(host)), "--pgport", str(PORT),
            "--pgctl", str(self.binaries / "pg_ctl"), "--auth", "trust", "--no-ssl",
            "--hostname", self.address(host), *more, "--run",
        ]  # fmt: skip


def _text(value: Any) -> str:
    """The monitor's database is SQL_ASCII under LC_ALL=C, so text comes as bytes."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
