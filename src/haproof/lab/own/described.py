"""Somebody's own cluster, as its target file describes it."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from haproof.lab.faults.catalogue import EVERYBODY
from haproof.lab.systems.managed import Promise

SCHEMA = "haproof_lab"
"""Everything that the lab writes lies in this schema, which it makes and removes."""


@dataclass(frozen=True)
class Deed:
    """What breaks a member and what undoes it, as names of `[commands]`.

    `timed`: the command must undo itself after `{seconds}`, because the lab may not reach the host any more.
    `gone`: a server that still answers new clients as before shows that nothing was done.
    """

    does: str
    undoes: str | None
    timed: bool = False
    gone: bool = False


DEEDS: dict[str, Deed] = {
    "switchover": Deed("switchover", None),
    "manager-term": Deed("manager_term", "start"),
    "host-kill": Deed("host_kill", "start", gone=True),
    "host-hang": Deed("hang", "resume", gone=True),
    "cut-full": Deed("cut", "heal", timed=True, gone=True),
    "postmaster-kill": Deed("postmaster_kill", "start", gone=True),
    "manager-kill": Deed("manager_kill", "start"),
    "postmaster-hang": Deed("postmaster_hang", "resume"),
    "cut-in": Deed("cut_in", "heal", timed=True, gone=True),
    "cut-out": Deed("cut_out", "heal", timed=True, gone=True),
    "cut-dcs": Deed("cut_dcs", "heal", timed=True),
    "cut-replication": Deed("cut_replication", "heal", timed=True),
}
"""Every fault that commands can make. The others need the machine under the cluster."""

SWITCHES = ("sync_on", "sync_off")
READINGS = ("settings", "log")
"""Prints the manager's settings as a JSON object; the last lines of its log."""


@dataclass(frozen=True)
class Member:
    """One server: the name under which it is reported, how clients reach it, and how commands do (nothing in
    front of a command: it runs where the lab does)."""

    name: str
    host: str
    port: int
    exec: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnTiming:
    """Seconds: how long a fault is held, how long a trial in which nobody serves may take, and how long a
    command may take."""

    hold_s: float = 45.0
    trial_s: float = 90.0
    command_s: float = 30.0


@dataclass(frozen=True)
class OwnTarget:
    """A validated file. `conninfo` has neither hosts nor ports; `expected` is fault to mode to outcome."""

    name: str
    path: Path
    members: tuple[Member, ...]
    conninfo: str = field(repr=False)
    database: str
    version: str | None = None
    version_command: tuple[str, ...] | None = None
    database_line: str | None = None
    quote: bool | None = None
    local_dsn: str | None = field(default=None, repr=False)
    """How a writer on a member's own host connects; None: no writer there."""

    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    expected: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    timing: OwnTiming = OwnTiming()

    @property
    def constants(self) -> dict[str, str]:
        """Template values that are the same everywhere."""
        return {"python": sys.executable, "target_dir": str(self.path.parent)}

    @property
    def names(self) -> tuple[str, ...]:
        """The members in the file's order."""
        return tuple(member.name for member in self.members)

    def member(self, name: str) -> Member:
        """The member of that name."""
        return next(member for member in self.members if member.name == name)

    def lacks(self, fault: str) -> str | None:
        """Why the file does not say how a fault is made; None where it does."""
        deed = DEEDS.get(fault)
        if deed is None:
            return "a target file has no command for it"
        if deed.does not in self.commands:
            return f"the target file gives no command {deed.does}"
        return None

    def obstacle(self, fault: str, mode: str) -> str | None:
        """Why a fault cannot be tried in a mode; None where it can."""
        reason = self.lacks(fault)
        if reason is None and fault not in EVERYBODY and mode not in self.expected.get(fault, {}):
            return f"nothing is declared for it under [expected] (mode {mode})"
        return reason

    def promises(self, mode: str) -> dict[str, Promise]:
        """What is declared for each fault in one mode."""
        return {
            fault: Promise(outcomes[mode], f"declared in {self.path.name}")
            for fault, outcomes in self.expected.items()
            if mode in outcomes
        }
