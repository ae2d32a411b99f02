"""pg_auto_failover: two or three nodes and a monitor, from Debian's files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg

from haproof.errors import LabError
from haproof.lab.sandbox.machines import Machines, Started
from haproof.lab.systems.managed import (
    BASE_ENVIRONMENT,
    FAILS_OVER,
    PORT,
    REFUSES,
    SERVES,
    Managed,
    Promise,
    Wait,
)
from haproof.lab.systems.members import Members

SOCKETS = "/var/run/postgresql"
UP_SECONDS = 60.0
DOCS = "pg-auto-failover.readthedocs.io/en/main/fault-tolerance.html"
MONITOR_STATES = """
select nodename, current_group_state::text, assigned_group_state::text
  from pgautofailover.current_state('default')
"""


class PgAutoFailover(Managed):
    """Nodes on the first hosts, the monitor on the host after them."""

    name = "pg_auto_failover"
    store = "the monitor"
    store_ports = (PORT,)

    def __init__(
        self, machines: Machines, files: Path, binaries: Path, members: int = 3, sync: bool = True
    ) -> None:
        super().__init__(machines, binaries, members, sync)
        self.monitor = tuple(machines.network.hosts)[members]
        self.stores = (self.monitor,)
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

    def bring_up(self, members: Members, wait: Wait) -> None:
        """The monitor first; nodes register with it, the first of all becomes primary."""
        self.make_folders(self.monitor, *self.members)
        for host in (self.monitor, *self.members):
            for folder in ("run", "config", "share", "sockets"):
                (self.home(host) / folder).mkdir(parents=True, exist_ok=True)
        self._start_monitor(self._create(self.monitor, "monitor"))
        first, *others = self.members
        wait("the monitor", UP_SECONDS, lambda: self._monitor_answers() or None)
        self.add(first)
        wait("the first node", UP_SECONDS, lambda: members.status([first]) or None)
        for host in others:
            self.add(host)

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
        quorum = [] if self.sync else ["--replication-quorum", "false"]
        self.start_manager(host, self._create(host, "postgres", *more, *quorum, "--pg-hba-lan"))

    def start(self, host: str) -> None:
        """What an init system does after a boot."""
        self.start_manager(host, [self._program, "run", "--pgdata", str(self.data(host))])

    def start_store(self, host: str) -> None:
        """The monitor again."""
        self._start_monitor([self._program, "run", "--pgdata", str(self.data(host))])

    def store_processes(self, host: str) -> list[int]:
        """The monitor is a PostgreSQL of its own."""
        return self.machines.processes(host, without=())

    def store_ready(self) -> bool:
        """The monitor answers, and every node is where the monitor wants it to be."""
        states = self.states()
        settled = all(reported == assigned for reported, assigned in states.values())
        return len(states) == len(self.members) and settled

    def switchover(self, primary: str) -> None:
        """`pg_autoctl perform switchover`, on a node."""
        status, said = self.run(
            primary, self._program, "perform", "switchover", "--pgdata", str(self.data(primary))
        )
        if status != 0:
            raise LabError(f"pg_autoctl refused the switchover ({status}): {said[-300:]}")

    def promises(self) -> dict[str, Promise]:
        """The monitor fails over a node that it cannot reach and that does not report; it looks at no
        disk."""
        unhealthy = Promise(FAILS_OVER, f"{DOCS}: unhealthy nodes, network partitions")
        nobody_looks = Promise(REFUSES, f"{DOCS}: the keeper checks that PostgreSQL runs, not that it writes")
        return {
            "manager-term": Promise(FAILS_OVER, f"{DOCS}: pg_autoctl stops PostgreSQL when it ends"),
            "postmaster-kill": Promise(SERVES, f"{DOCS}: PostgreSQL is restarted in place first"),
            "manager-kill": Promise(SERVES, f"{DOCS}: the monitor still reaches PostgreSQL"),
            "postmaster-hang": nobody_looks,
            "cut-in": unhealthy,
            "cut-out": unhealthy,
            "cut-dcs": unhealthy,
            "cut-replication": Promise(
                REFUSES if self.sync else SERVES, f"{DOCS}: both nodes still report to the monitor"
            ),
            "dcs-loss": Promise(SERVES, f"{DOCS}: failure of the monitor"),
            "disk-full": nobody_looks,
            "disk-freeze": nobody_looks,
        }

    def settings(self, members: Members) -> dict[str, Any]:
        """The monitor's times, and how many standbys a commit waits for."""
        wanted = "select name, setting from pg_settings where name like 'pgautofailover.%' order by name"
        found = {_text(name): _text(value) for name, value in self._ask_monitor(wanted)}
        rows = self._ask_monitor("select number_sync_standbys from pgautofailover.formation")
        return found | {"number_sync_standbys": rows[0][0] if rows else None}

    def version(self) -> str:
        """As the program says."""
        _, said = self.run(self.monitor, self._program, "version")
        return said.splitlines()[0].removeprefix("pg_autoctl version ") if said else "unknown"

    def monitor_dsn(self) -> str:
        """The monitor's connection string, as nodes use it."""
        return f"postgres://autoctl_node@{self.address(self.monitor)}:{PORT}/pg_auto_failover?sslmode=prefer"

    def states(self) -> dict[str, tuple[str, str]]:
        """What the monitor has reported and assigned, per node; empty while it does not answer."""
        rows = self._ask_monitor(MONITOR_STATES)
        return {_text(name): (_text(reported), _text(assigned)) for name, reported, assigned in rows}

    def _ask_monitor(self, statement: str) -> list[tuple[Any, ...]]:
        try:
            with psycopg.connect(self.monitor_dsn(), autocommit=True, connect_timeout=2) as session:
                return session.execute(statement).fetchall()
        except psycopg.Error:
            return []

    def _monitor_answers(self) -> bool:
        return bool(self._ask_monitor("select 1"))

    def _start_monitor(self, argv: list[str]) -> Started:
        return self.machines.start(
            self.monitor, f"manager-{self.monitor}", argv, role="store",
            env=self.environment(self.monitor), binds=self.binds(self.monitor),
        )  # fmt: skip

    def _create(self, host: str, what: str, *more: str) -> list[str]:
        return [
            self._program, "create", what, "--pgdata", str(self.data(host)), "--pgport", str(PORT),
            "--pgctl", str(self.binaries / "pg_ctl"), "--auth", "trust", "--no-ssl",
            "--hostname", self.address(host), *more, "--run",
        ]  # fmt: skip


def _text(value: Any) -> str:
    """The monitor's database is SQL_ASCII under LC_ALL=C, so text comes as bytes."""
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
