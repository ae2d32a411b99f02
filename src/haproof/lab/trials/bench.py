"""The cluster under test: brought up, watched by SQL, brought up anew where a trial left it broken."""

import contextlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from haproof.errors import LabError
from haproof.lab.faults.disks import prepare
from haproof.lab.journal import Journal
from haproof.lab.measure import TICK_SECONDS
from haproof.lab.progress import Watcher, waiting_for
from haproof.lab.sandbox.machines import Machines
from haproof.lab.sandbox.network import Network
from haproof.lab.systems.managed import PORT, Managed
from haproof.lab.systems.members import Members, Status
from haproof.lab.workload import schema

T = TypeVar("T")
CLIENTS, MONITOR = "clients", "monitor"
"""The host of the clients, and one for a monitor."""

DATABASE, USER = "postgres", "postgres"
HEALTHY_SECONDS = 120.0
SYNC_SECONDS = 30.0
LOOK_SECONDS = 0.2

Make = Callable[[Machines], Managed]
"""Makes a system on machines; it is not started."""


def names(members: int) -> list[str]:
    """Every host of a sandbox."""
    return [*(f"pg{number}" for number in range(1, members + 1)), MONITOR, CLIENTS]


class NotHealthy(LabError):
    """The cluster did not become healthy in time; the message ends with its manager's own last words."""


@dataclass(frozen=True)
class Sight:
    """All members as PostgreSQL described them at one moment."""

    seen: dict[str, Status]
    members: int

    @property
    def writable(self) -> list[Status]:
        """Members that take writes, highest timeline first."""
        return sorted(
            (one for one in self.seen.values() if one.takes_writes),
            key=lambda one: (-(one.timeline or 0), one.member),
        )

    @property
    def healthy(self) -> Status | None:
        """The primary, where it is the only one and all others stream from it, on its timeline."""
        writable = self.writable
        if len(self.seen) != self.members or len(writable) != 1:
            return None
        first = writable[0]
        same = all(one.timeline == first.timeline for one in self.seen.values())
        return first if same and first.streaming == self.members - 1 else None

    def words(self) -> str:
        """What was seen, in a few words."""
        if not self.seen:
            return "no member answered"
        roles = {True: "takes writes", False: "is a standby"}
        each = (
            f"{one.member} {roles[one.takes_writes]} on timeline {one.timeline}" for one in self.seen.values()
        )
        silent = self.members - len(self.seen)
        return ", ".join(each) + (f", {silent} did not answer" if silent else "")


class Bench:
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
        self._disk: str | None = None
        self.machines: Machines
        self.system: Managed
        self.members: Members
        self.up_s: list[float] = []
        """How long each bringing up took."""

    @property
    def disk(self) -> str | None:
        """The kind of file system that the members' data lies on; None for the folder's own."""
        return self._disk

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
        self._disk = disk
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
            self._must(primary.member, statement)
        return primary

    def dsn(self, host: str) -> str:
        """One member's connection string, for the lab's own questions."""
        return f"host={self.network.hosts[host].address} port={PORT} dbname={DATABASE} user={USER}"

    def look(self, only: Sequence[str] | None = None) -> Sight:
        """Ask all members (or some) at once."""
        return Sight(self.members.status(only), len(self.system.members))

    def wait_healthy(self, seconds: float = HEALTHY_SECONDS) -> Status:
        """Until the cluster is healthy. Raises NotHealthy with what was seen last.

        In synchronous mode also until a commit waits for a standby: a primary that fails before has no
        successor. One that says it is synchronous and never is, is taken as it is: that is a result.
        """
        try:
            primary = self.wait("a healthy cluster", seconds, self.healthy, every_s=LOOK_SECONDS)
        except LabError as fault:
            raise NotHealthy(f"{fault} ({self.look().words()}; {self._last_words()})") from None
        if not self.system.sync or primary.sync_effective:
            return primary
        with contextlib.suppress(LabError):
            return self.wait("a synchronous standby", SYNC_SECONDS, self._synchronous, every_s=LOOK_SECONDS)
        return self.wait("a healthy cluster", seconds, self.healthy, every_s=LOOK_SECONDS)

    def _synchronous(self) -> Status | None:
        primary = self.healthy()
        return primary if primary is not None and primary.sync_effective else None

    def healthy(self) -> Status | None:
        """The primary of a healthy cluster whose consensus store has a leader, else None."""
        primary = self.look().healthy
        return primary if primary is not None and self.system.store_ready() else None

    def wait(
        self, what: str, seconds: float, probe: Callable[[], T | None], every_s: float = TICK_SECONDS * 5
    ) -> T:
        """Ask until there is an answer. Raises LabError where none comes in time."""
        started_s = time.monotonic()
        with waiting_for(self.watcher, what):
            while (found := probe()) is None:
                if time.monotonic() - started_s > seconds:
                    self.journal.wait(what, deadline_s=seconds, came=False)
                    raise LabError(f"{self.system.name}: no {what} within {seconds:g} s")
                time.sleep(every_s)
        self.journal.wait(what, elapsed_ms=round((time.monotonic() - started_s) * 1000, 3), came=True)
        return found

    def new_lists(self, primary: str, trial: str, first_key: int, last_key: int) -> None:
        """The lists of one trial."""
        statement = (
            "insert into haproof_lists (key, trial, value) "
            f"select number, %s, '{{}}' from generate_series({first_key}, {last_key}) as number"
        )
        self._must(primary, statement, (trial,))

    def _must(self, member: str, statement: str, values: Sequence[object] = ()) -> None:
        if not self.members.execute(member, statement, values):
            raise LabError(f"{member} did not carry out: {statement.strip()[:80]}")

    def _last_words(self) -> str:
        primary = self.system.members[0]
        return f"the manager on {primary} said last: {self.system.last_words(primary)}"


def load() -> float:
    """The machine's load average over the last minute."""
    return round(os.getloadavg()[0], 2)
