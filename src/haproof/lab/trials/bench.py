"""A built-in cluster under test, on the sandbox's hosts: brought up, and anew where a trial broke it."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from haproof.lab.faults.disks import prepare
from haproof.lab.journal import Journal
from haproof.lab.progress import Watcher
from haproof.lab.sandbox.machines import Machines, Started
from haproof.lab.sandbox.network import Network
from haproof.lab.systems.managed import PORT, Managed
from haproof.lab.systems.members import Members, Status
from haproof.lab.trials.placed import environment
from haproof.lab.trials.under_test import Access, UnderTest
from haproof.lab.workload import schema

CLIENTS, MONITOR = "clients", "monitor"
"""The host of the clients, and one for a monitor."""

DATABASE, USER = "postgres", "postgres"

Make = Callable[[Machines], Managed]
"""Makes a system on machines; it is not started."""


def names(members: int) -> list[str]:
    """Every host of a sandbox."""
    return [*(f"pg{number}" for number in range(1, members + 1)), MONITOR, CLIENTS]


class Bench(UnderTest[Managed]):
    """One cluster at a time, on the sandbox's hosts."""

    def __init__(
        self, network: Network, folder: Path, make: Make, journal: Journal, watcher: Watcher
    ) -> None:
        self.network = network
        self.journal = journal
        self.watcher = watcher
        self._folder = folder
        self._make = make
        self._count = 0
        self.machines: Machines
        self.up_s = []

    def bring_up(self, disk: str | None = None) -> Status:
        """A new cluster in a folder of its own; what was there before is ended. Its primary, once healthy."""
        if self._count:
            self.system.end()
            self.members.close()
        self._count += 1
        folder = self._folder / f"cluster-{self._count}"
        folder.mkdir(mode=0o711)
        self.machines = Machines(self.network, folder)
        self.system = system = self._make(self.machines)
        self.disk = disk
        if disk is not None:
            prepare(disk, system)
        self.members = Members({host: self.dsn(host) for host in system.members})
        started_s = time.monotonic()
        self.journal.act("cluster.start", system=system.name, members=list(system.members), disk=disk)
        self.watcher.step(f"bring up {system.name} with {len(system.members)} members")
        system.bring_up(self.members, self.wait)
        primary = self.wait_healthy()
        self.up_s.append(round(time.monotonic() - started_s, 3))
        for statement in schema.SETUP.split(";"):
            self.must(primary.member, statement)
        return primary

    def dsn(self, host: str) -> str:
        """One member's connection string, for the lab's own questions."""
        return f"host={self.network.hosts[host].address} port={PORT} dbname={DATABASE} user={USER}"

    @property
    def access(self) -> Access:
        """Every member by its address."""
        members = self.system.members
        return Access(
            {name: self.network.hosts[name].address for name in members},
            dict.fromkeys(members, PORT),
            f"dbname={DATABASE} user={USER}",
        )

    @property
    def folder(self) -> Path:
        """This cluster's own."""
        return self.machines.folder

    @property
    def client_places(self) -> tuple[str, ...]:
        """Every host of the sandbox."""
        return self.system.members

    def start_client(self, member: str | None, name: str, argv: Sequence[str]) -> Started:
        """On a host of the sandbox."""
        return self.machines.start(
            member or CLIENTS, name, argv, role="client", account=None, env=environment()
        )
