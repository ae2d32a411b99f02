"""What the built-in clusters share: hosts of the sandbox, each with PostgreSQL and its manager."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from haproof.lab.sandbox.machines import Machines, Started, tree

PORT = 5432
NETWORK = "10.0.0.0/24"
COMMAND_SECONDS = 90.0

BASE_ENVIRONMENT = {
    "PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
    # Programs of these systems compare their own output with words, which other locales translate.
    "LC_ALL": "C",
    "HOME": "/tmp",
}
"""Nothing of the caller's reaches a system under test."""


class Managed:
    """Members on hosts of the sandbox. A system says how they are brought up and what their manager is."""

    name: ClassVar[str]

    def __init__(self, machines: Machines, binaries: Path, members: int, sync: bool) -> None:
        self.machines = machines
        self.members = tuple(machines.network.hosts)[:members]
        self.sync = sync
        self.binaries = binaries
        self.folder = machines.folder

    def address(self, host: str) -> str:
        """A host's address."""
        return self.machines.network.hosts[host].address

    def home(self, host: str) -> Path:
        """The host's own folder."""
        return self.folder / host

    def data(self, host: str) -> Path:
        """The data directory."""
        return self.home(host) / "data"

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
