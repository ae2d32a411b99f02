"""repmgr: a primary and standbys, a repmgrd on each, from Debian's files."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haproof.errors import LabError
from haproof.lab.sandbox.machines import Machines
from haproof.lab.systems.managed import (
    BASE_ENVIRONMENT,
    FAILS_OVER,
    NETWORK,
    PORT,
    REFUSES,
    SERVES,
    Managed,
    Promise,
    Wait,
)
from haproof.lab.systems.members import Members

MONITORING = {"monitor_interval_secs": 1, "reconnect_attempts": 3, "reconnect_interval": 2}
"""A primary is given up after three attempts, two seconds apart."""

UP_SECONDS = 30.0
DOCS = "www.repmgr.org/docs/current"


class Repmgr(Managed):
    """The first host begins as primary."""

    name = "repmgr"

    def __init__(
        self, machines: Machines, files: Path, binaries: Path, members: int = 3, sync: bool = False
    ) -> None:
        super().__init__(machines, binaries, members, sync)
        self._libraries = str(files / "usr/lib/x86_64-linux-gnu")

    def environment(self, host: str) -> Mapping[str, str]:
        """PostgreSQL's programs first."""
        return BASE_ENVIRONMENT | {
            "PATH": f"{self.binaries}:{BASE_ENVIRONMENT['PATH']}",
            "LD_LIBRARY_PATH": self._libraries,
        }

    def bring_up(self, members: Members, wait: Wait) -> None:
        """The first server, its registration, the clones, and a repmgrd on each."""
        first, *others = self.members
        self.initialise()
        wait("the first server", UP_SECONDS, lambda: members.status([first]) or None)
        members.execute(first, "create role repmgr superuser login replication")
        members.execute(first, "create database repmgr owner repmgr")
        self.register_primary()
        for host in others:
            self.add_standby(host)
        if self.sync:
            for host in self.members:
                self._wait_for_any(host, members, wait)
        for host in self.members:
            self.start_daemon(host)

    def initialise(self) -> None:
        """The first server, running, with what repmgr needs in it."""
        for number, host in enumerate(self.members, 1):
            self.make_folders(host)
            self._config(host).write_text(self._settings(number, host), encoding="utf-8")
        first = self.members[0]
        self._must(
            first,
            "initdb",
            "-D",
            str(self.data(first)),
            "-U",
            "postgres",
            "-A",
            "trust",
            "--locale=C",
            "-E",
            "UTF8",
            "-k",
        )
        with open(self.data(first) / "postgresql.conf", "a", encoding="utf-8") as stream:
            stream.write(
                "listen_addresses='*'\nshared_preload_libraries='repmgr'\nwal_log_hints=on\nshared_buffers=32MB\n"
                "wal_keep_size=128MB\nunix_socket_directories=''\nhot_standby=on\ndynamic_shared_memory_type=mmap\n"
            )
        with open(self.data(first) / "pg_hba.conf", "a", encoding="utf-8") as stream:
            stream.write(f"host all all {NETWORK} trust\nhost replication all {NETWORK} trust\n")
        self.start_postgres(first)

    def register_primary(self) -> None:
        """Once the first server has the role and the database `repmgr`."""
        self._must(self.members[0], "repmgr", "-f", str(self._config(self.members[0])), "primary", "register")

    def add_standby(self, host: str) -> None:
        """Clone, start, register."""
        config = str(self._config(host))
        source = ["-h", self.address(self.members[0]), "-U", "repmgr", "-d", "repmgr"]
        self._must(host, "repmgr", *source, "-f", config, "standby", "clone", "--fast-checkpoint")
        self.start_postgres(host)
        self._must(host, "repmgr", "-f", config, "standby", "register", "--wait-sync=10")

    def start_postgres(self, host: str) -> None:
        """PostgreSQL alone."""
        self._must(
            host,
            "pg_ctl",
            "-D",
            str(self.data(host)),
            "-l",
            str(self.home(host) / "postgres.log"),
            "-w",
            "start",
        )

    def start(self, host: str) -> None:
        """What an init system does after a boot: PostgreSQL, then repmgrd. An old primary comes back as
        one."""
        self.start_postgres(host)
        self.start_daemon(host)

    def revive(self, host: str) -> None:
        """Whichever of the two does not run."""
        if self.postmaster(host) is None:
            self.start_postgres(host)
        if not self.manager(host):
            self.start_daemon(host)

    def no_switchover(self) -> str | None:
        """It logs in on the other host."""
        return "repmgr's switchover needs ssh between the hosts, which the sandbox does not have"

    def promises(self) -> dict[str, Promise]:
        """repmgrd on the standbys asks the primary for a sign of life, and promotes where none comes."""
        unseen = Promise(FAILS_OVER, f"{DOCS}/repmgrd-automatic-failover.html: the standbys see no primary")
        seen = Promise(REFUSES, f"{DOCS}/repmgrd-basic-configuration.html: connection_check_type=ping")
        not_its_own = Promise(SERVES, f"{DOCS}/repmgrd-overview.html: repmgrd does not own PostgreSQL")
        return {
            "manager-term": not_its_own,
            "manager-kill": not_its_own,
            "postmaster-kill": unseen,
            "postmaster-hang": unseen,
            "cut-in": unseen,
            "cut-out": unseen,
            "cut-replication": unseen,
            "disk-full": seen,
            "disk-freeze": Promise(FAILS_OVER, f"{DOCS}/repmgrd-basic-configuration.html: PQping"),
        }

    def settings(self, members: Members) -> dict[str, Any]:
        """Those of repmgr.conf that explain an outcome."""
        return {**MONITORING, "failover": "automatic", "primary_visibility_consensus": False, "fencing": None}

    def version(self) -> str:
        """As the program says."""
        _, said = self.run(self.members[0], str(self.binaries / "repmgr"), "--version")
        return said.removeprefix("repmgr ").strip() or "unknown"

    def start_daemon(self, host: str) -> None:
        """repmgrd."""
        program = str(self.binaries / "repmgrd")
        self.start_manager(
            host, [program, "-f", str(self._config(host)), "--daemonize=false", "--no-pid-file"]
        )

    def rejoin(self, host: str, primary: str) -> tuple[int, str]:
        """The documented manual command for an old primary: `repmgr node rejoin --force-rewind`."""
        self.run(host, str(self.binaries / "pg_ctl"), "-D", str(self.data(host)), "-m", "fast", "-w", "stop")
        target = f"host={self.address(primary)} user=repmgr dbname=repmgr"
        return self.run(
            host, str(self.binaries / "repmgr"), "-f", str(self._config(host)), "node", "rejoin",
            "-d", target, "--force-rewind", "--config-files=postgresql.conf",
        )  # fmt: skip

    def _config(self, host: str) -> Path:
        return self.home(host) / "repmgr.conf"

    def _settings(self, number: int, host: str) -> str:
        """repmgr.conf."""
        home = self.home(host)
        standby = f"{self.binaries}/repmgr -f {self._config(host)} --log-to-file standby"
        control = f"{self.binaries}/pg_ctl -D {self.data(host)}"
        rows = {
            "node_id": number,
            "node_name": host,
            "conninfo": f"host={self.address(host)} port={PORT} user=repmgr dbname=repmgr connect_timeout=2",
            "data_directory": self.data(host),
            "pg_bindir": self.binaries,
            "failover": "automatic",
            "promote_command": f"{standby} promote",
            "follow_command": f"{standby} follow --upstream-node-id=%n",
            "use_replication_slots": "yes",
            "log_file": home / "repmgrd.out",
            "service_start_command": f"{control} -l {home}/postgres.log start",
            "service_stop_command": f"{control} -m fast stop",
            "service_restart_command": f"{control} -l {home}/postgres.log -m fast restart",
        } | MONITORING
        return "".join(f"{key}='{value}'\n" for key, value in rows.items())

    def _must(self, host: str, program: str, *arguments: str) -> None:
        status, said = self.run(host, str(self.binaries / program), *arguments)
        if status != 0:
            raise LabError(f"{program} {' '.join(arguments[:2])} on {host} failed ({status}): {said[-400:]}")

    def _wait_for_any(self, host: str, members: Members, wait: Wait) -> None:
        """Let commits on a member, once it is the primary, wait for any one of the others."""
        names = f"ANY 1 ({','.join(self.members)})"

        def done() -> bool | None:
            changed = members.execute(host, f"alter system set synchronous_standby_names = '{names}'")
            return (changed and members.execute(host, "select pg_reload_conf()")) or None

        wait(f"{host} to be set to synchronous", UP_SECONDS, done)
