"""A cluster under test as every trial sees it: watched by SQL, written to by clients; who made it is open."""

import contextlib
import os
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from msgspec import UNSET, UnsetType

from haproof.errors import LabError
from haproof.lab.journal import Journal
from haproof.lab.measure import TICK_SECONDS
from haproof.lab.progress import Watcher, waiting_for
from haproof.lab.sandbox.machines import Started
from haproof.lab.systems.members import Members, Status
from haproof.lab.systems.system import System

S = TypeVar("S", bound=System)
T = TypeVar("T")
HEALTHY_SECONDS = 120.0
SYNC_SECONDS = 30.0
LOOK_SECONDS = 0.2


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


@dataclass(frozen=True)
class Access:
    """How clients reach the members: address and port by member, and the other words of a connection
    string."""

    hosts: dict[str, str]
    ports: dict[str, int]
    conninfo: str


class Beside(Protocol):
    """Writers on members' hosts that the lab cannot start its own program on."""

    @property
    def histories(self) -> list[Path]:
        """What they did, by the lab's clock; there once it was collected."""

    @property
    def unknown_clients(self) -> list[str]:
        """Those of which nobody knows what they did: their rows are no evidence of anything."""

    @property
    def clock_bound_ms(self) -> float | UnsetType | None:
        """How well the clocks of two of their hosts are known; None where not everything was collected, UNSET
        where all clients have one clock."""

    def start(self) -> None:
        """Begin to write."""

    def stop(self) -> None:
        """No more rows."""

    def collect(self) -> None:
        """Fetch what they did."""


class Nobody:
    """There are none."""

    histories: list[Path] = []  # noqa: RUF012 - nobody appends to it
    unknown_clients: list[str] = []  # noqa: RUF012 - nor to this
    clock_bound_ms = UNSET

    def start(self) -> None:
        """Nobody begins."""

    def stop(self) -> None:
        """Nothing runs."""

    def collect(self) -> None:
        """Nothing was done."""


class UnderTest(ABC, Generic[S]):
    """One cluster at a time; `members` and `system` are there once it was brought up."""

    journal: Journal
    watcher: Watcher
    system: S
    members: Members
    up_s: list[float]
    """How long each bringing up took."""

    may_repeat: ClassVar[bool] = True
    """Whether a trial that the lab's machine spoiled may be tried again."""

    disk: str | None = None
    """The kind of file system that the members' data lies on; None for whatever it is."""

    @abstractmethod
    def bring_up(self, disk: str | None = None) -> Status:
        """A healthy cluster with the workload's tables; one that was there before is ended. Its primary.

        Raises LabError where there is none.
        """

    @property
    @abstractmethod
    def access(self) -> Access:
        """How clients reach it."""

    @property
    @abstractmethod
    def folder(self) -> Path:
        """Where its clients and logs have their files."""

    @property
    @abstractmethod
    def client_places(self) -> tuple[str, ...]:
        """The members that clients can be started on."""

    @property
    def local_writers(self) -> int:
        """How many members have a writer on their own host."""
        return len(self.client_places)

    def beside(self, trial: str) -> "Beside":
        """The writers of one trial that are no program of the lab; they are not started."""
        return Nobody()

    @abstractmethod
    def start_client(self, member: str | None, name: str, argv: Sequence[str]) -> Started:
        """Start a program of the lab on a member's host, or on one that is no member's."""

    def renew(self, disk: str | None, why: str | None) -> None:
        """Another cluster, on that kind of disk; `why` says what is wrong with this one. Raises LabError
        where there is no other."""
        if why is not None:
            self.journal.note("brought up anew", why=why)
        self.bring_up(disk)

    def mend(self, trial: str, why: str) -> str | None:
        """Undo what a trial that broke off has left done; why the cluster cannot be used any more, None where
        it may be healthy again."""
        return f"{trial} was given up ({why})"

    def look(self, only: Sequence[str] | None = None) -> Sight:
        """Ask all members (or some) at once."""
        return Sight(self.members.status(only), len(self.system.members))

    def wait_healthy(self, seconds: float = HEALTHY_SECONDS) -> Status:
        """Until the cluster is healthy. Raises NotHealthy with what was seen last.

        In synchronous mode also until a commit waits for a standby: a primary that fails before has no
        successor. One that says it is synchronous and never is, is taken as it is: that is a result.
        """
        try:
            primary = self.wait("a healthy cluster", seconds, CaughtUp(self), every_s=LOOK_SECONDS)
        except LabError as fault:
            raise NotHealthy(f"{fault} ({self.look().words()}; {self._last_words()})") from None
        if not self.system.sync or primary.sync_effective:
            return primary
        with contextlib.suppress(LabError):
            return self.wait("a synchronous standby", SYNC_SECONDS, self._synchronous, every_s=LOOK_SECONDS)
        return self.wait("a healthy cluster", seconds, CaughtUp(self), every_s=LOOK_SECONDS)

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
                    raise LabError(f"{self.system.name}: {what} did not come within {seconds:g} s")
                time.sleep(every_s)
        self.journal.wait(what, elapsed_ms=round((time.monotonic() - started_s) * 1000, 3), came=True)
        return found

    def new_lists(self, primary: str, trial: str, first_key: int, last_key: int) -> None:
        """The lists of one trial."""
        statement = (
            "insert into haproof_lists (key, trial, value) "
            f"select number, %s, '{{}}' from generate_series({first_key}, {last_key}) as number"
        )
        self.must(primary, statement, (trial,))

    def must(self, member: str, statement: str, values: Sequence[object] = ()) -> None:
        """A statement on one member. Raises LabError where it was not carried out."""
        if not self.members.execute(member, statement, values):
            raise LabError(f"{member} did not carry out: {statement.strip()[:80]}")

    def _last_words(self) -> str:
        primary = self.system.members[0]
        return f"the manager on {primary} said last: {self.system.last_words(primary)}"


class CaughtUp:
    """Whether the cluster is healthy, asked again and again: every standby has what the primary had at first.

    A connection that a cut left silent is called streaming until `wal_sender_timeout` (60 s by default), and
    carries nothing until TCP sends again, up to half as long after the heal as the cut had lasted.
    """

    def __init__(self, bench: UnderTest[Any]) -> None:
        self._bench = bench
        self._mark: tuple[str, int | None, int] | None = None

    def __call__(self) -> Status | None:
        """The primary, or None where it is not healthy yet."""
        primary = self._bench.healthy()
        if primary is None or primary.written is None:
            return None
        if self._mark is None or self._mark[:2] != (primary.member, primary.timeline):
            self._mark = (primary.member, primary.timeline, primary.written)
        return primary if (primary.confirmed or 0) >= self._mark[2] else None


def load() -> float:
    """The machine's load average over the last minute."""
    return round(os.getloadavg()[0], 2)
