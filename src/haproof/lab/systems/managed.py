"""What the built-in clusters share: hosts of the sandbox, each with PostgreSQL and its manager."""

import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeVar

from haproof.errors import LabError
from haproof.lab.sandbox.machines import Machines, Started, kill_all, tree
from haproof.lab.systems.members import Members

T = TypeVar("T")
PORT = 5432
NETWORK = "10.0.0.0/24"
COMMAND_SECONDS = 90.0
FAILS_OVER, SERVES, REFUSES = "fails over", "stays and serves", "stays and refuses"
"""Outcomes of a fault, in the words of the evidence contract."""

BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    # Programs of these systems compare their own output with words, which other locales translate.
    "LC_ALL": "C",
    "HOME": "/tmp",
}
"""Nothing of the caller's reaches a system under test."""

LONGEST_WORDS = 300
"""Of what a manager said last, so much is quoted."""


class Wait(Protocol):
    """Asks until there is an answer. Raises LabError where none comes within `seconds`."""

    def __call__(self, what: str, seconds: float, probe: Callable[[], T | None]) -> T:
        """`what` names the wait."""


@dataclass(frozen=True)
class Promise:
    """What a system's makers say it does under one fault, and where they say it."""

    outcome: str
    source: str


class Managed:
    """Members on hosts of the sandbox. A system says how they are brought up and what their manager is."""

    name: ClassVar[str]
    store: ClassVar[str | None] = None
    """What the consensus store (or monitor) is called; None for a system without one."""

    store_ports: ClassVar[tuple[int, ...]] = ()

    def __init__(self, machines: Machines, binaries: Path, members: int, sync: bool) -> None:
        self.machines = machines
        self.members = tuple(machines.network.hosts)[:members]
        self.stores: tuple[str, ...] = ()
        self.sync = sync
        self.binaries = binaries
        self.folder = machines.folder

    def bring_up(self, members: Members, wait: Wait) -> None:
        """Make and start everything; when it is healthy is for PostgreSQL to say."""
        raise NotImplementedError

    def start(self, host: str) -> None:
        """What an init system does on a host after a boot."""
        raise NotImplementedError

    def revive(self, host: str) -> None:
        """What an init system does where a service has ended: start it, if it does not run."""
        if not self.manager(host):
            self.start(host)

    def start_store(self, host: str) -> None:
        """Start one member of the consensus store."""
        raise LabError(f"{self.name} has no consensus store")

    def store_ready(self) -> bool:
        """Whether the consensus store has a leader, or the monitor answers."""
        return True

    def store_processes(self, host: str) -> list[int]:
        """Everything of the consensus store on a host."""
        return [
            pid
            for one in self.machines.started
            if one.host == host and one.role == "store" and one.popen.poll() is None
            for pid in tree(one.popen.pid)
        ]

    def no_switchover(self) -> str | None:
        """Why there is no planned switchover here; None where there is one."""
        return None

    def switchover(self, primary: str) -> None:
        """Ask for the manager's own planned switchover. Raises LabError where it refuses."""
        raise LabError(f"{self.name} has no switchover")

    def promises(self) -> dict[str, Promise]:
        """What the makers promise for each fault that the contract leaves to them, by these settings."""
        raise NotImplementedError

    def settings(self, members: Members) -> dict[str, Any]:
        """The manager's settings, as read back from the running cluster; null where that cannot be read."""
        raise NotImplementedError

    def version(self) -> str:
        """The manager's own version."""
        raise NotImplementedError

    def rejoin(self, host: str, primary: str) -> tuple[int, str] | None:
        """The documented command for an old primary that does not come back by itself: its status and
        words; None where there is none."""
        return None

    def address(self, host: str) -> str:
        """A host's address."""
        return self.machines.network.hosts[host].address

    def home(self, host: str) -> Path:
        """The host's own folder."""
        return self.folder / host

    def disk(self, host: str) -> Path:
        """The folder that can be a file system of its own: it holds the data directory alone."""
        return self.home(host) / "disk"

    def data(self, host: str) -> Path:
        """The data directory."""
        return self.disk(host) / "data"

    def make_folders(self, *hosts: str) -> None:
        """Every host's own folders."""
        for host in hosts:
            self.disk(host).mkdir(mode=0o700, parents=True, exist_ok=True)

    def environment(self, host: str) -> Mapping[str, str]:
        """What programs on a host see."""
        return BASE_ENVIRONMENT

    def binds(self, host: str) -> Mapping[str, str]:
        """Folders that every host has for itself: target to source."""
        return {}

    def start_manager(self, host: str, argv: list[str]) -> Started:
        """Start the manager's program on a host."""
        return self.machines.start(
            host, f"manager-{host}", argv, role="manager", env=self.environment(host), binds=self.binds(host)
        )

    def run(self, host: str, *argv: str, seconds: float = COMMAND_SECONDS) -> tuple[int, str]:
        """A command on a host: its exit status and all that it said."""
        done = self.machines.run(
            host, argv, seconds=seconds, env=self.environment(host), binds=self.binds(host)
        )
        return done.returncode, (done.stdout + done.stderr).strip()

    def manager(self, host: str) -> list[int]:
        """The manager's processes on a host, PostgreSQL not included."""
        started = self.machines.find(host, f"manager-{host}")
        if started is None or started.popen.poll() is not None:
            return []
        postgres = set(self.postgres(host))
        return [pid for pid in tree(started.popen.pid) if pid not in postgres]

    def postmaster(self, host: str) -> int | None:
        """PostgreSQL's first process on a host, as its own pid file names it."""
        try:
            with open(self.data(host) / "postmaster.pid", encoding="ascii") as stream:
                pid = int(stream.readline())
        except (OSError, ValueError):
            return None
        return pid if os.path.exists(f"/proc/{pid}") else None

    def postgres(self, host: str) -> list[int]:
        """All of PostgreSQL on a host."""
        pid = self.postmaster(host)
        return [] if pid is None else tree(pid)

    def last_words(self, host: str) -> str:
        """The last line of the manager's log on a host."""
        started = self.machines.find(host, f"manager-{host}")
        if started is None:
            return "its manager was never started"
        with contextlib.suppress(OSError):
            lines = started.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return lines[-1][-LONGEST_WORDS:] if lines else "its manager said nothing"
        return "its manager's log cannot be read"

    def end(self) -> None:
        """End everything of this cluster, on every host."""
        for host in self.machines.network.hosts:
            kill_all(lambda host=host: self.machines.processes(host, without=()))  # type: ignore[misc]
