"""Processes on the sandbox's hosts. To be used inside the sandbox only.

    machines = Machines(network, folder)
    machines.start("h1", "patroni", argv, role="manager", account=NOBODY)
    kill_all(lambda: machines.processes("h1"))

What belongs to a host is asked of the kernel (every process in the host's network namespace), not of what was
started: a child that made a session of its own is still the host's.
"""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from haproof.errors import LabError
from haproof.lab.sandbox.network import Network

HOST_EXEC = Path(__file__).with_name("host_exec.py")
KILL_SECONDS = 5.0
NOBODY = (65534, 65534)
"""Who PostgreSQL and its managers run as: no account of the machine is needed, it exists in the sandbox
only."""

Role = Literal["manager", "store", "client"]
"""What a started process is for: the HA manager (PostgreSQL is its child, or found by its pid file), the
consensus store, one of the lab's own clients."""


@dataclass
class Started:
    """One process that the lab started on a host."""

    host: str
    name: str
    role: Role
    popen: subprocess.Popen[bytes]
    log: Path


@dataclass
class Machines:
    """All hosts with their processes; logs lie in `folder`."""

    network: Network
    folder: Path
    started: list[Started] = field(default_factory=list)

    def start(
        self,
        host: str,
        name: str,
        argv: Sequence[str],
        *,
        role: Role,
        account: tuple[int, int] | None = NOBODY,
        binds: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str = "/",
    ) -> Started:
        """Start a program on a host; its output is appended to `NAME.log`. `binds`: target folder to
        source."""
        log = self.folder / f"{name}.log"
        with open(log, "ab") as output:
            popen = subprocess.Popen(
                self.command(host, argv, account, binds),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                start_new_session=True,
            )
        one = Started(host, name, role, popen, log)
        self.started = [other for other in self.started if (other.host, other.name) != (host, name)] + [one]
        return one

    def run(
        self,
        host: str,
        argv: Sequence[str],
        *,
        seconds: float,
        account: tuple[int, int] | None = NOBODY,
        binds: Mapping[str, str] | None = None,
        env: Mapping[str, str] | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on a host to its end. Raises LabError where it does not end in time."""
        try:
            return subprocess.run(
                self.command(host, argv, account, binds),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                env=env,
                cwd="/",
                start_new_session=True,
            )
        except subprocess.TimeoutExpired:
            raise LabError(f"{argv[0]} on {host} did not end within {seconds:g} s") from None

    def command(
        self,
        host: str,
        argv: Sequence[str],
        account: tuple[int, int] | None = NOBODY,
        binds: Mapping[str, str] | None = None,
    ) -> list[str]:
        """The command line that runs a program on a host."""
        who = "-" if account is None else f"{account[0]}:{account[1]}"
        pairs = [f"{source}:{target}" for target, source in (binds or {}).items()]
        return [sys.executable, "-I", "-S", str(HOST_EXEC), host, who, *pairs, "--", *argv]

    def find(self, host: str, name: str) -> Started | None:
        """The latest process of this name on a host."""
        return next((one for one in self.started if (one.host, one.name) == (host, name)), None)

    def processes(self, host: str, without: Collection[Role] = ("client", "store")) -> list[int]:
        """Every process on the host, those of the roles in `without` and their children left out."""
        spared = {
            pid
            for one in self.started
            if one.host == host and one.role in without and one.popen.poll() is None
            for pid in tree(one.popen.pid)
        }
        return [pid for pid in _in_namespace(host) if pid not in spared]


def tree(pid: int) -> list[int]:
    """A process and everything that descends from it, as /proc has it now."""
    found, todo = [pid], [pid]
    while todo:
        parent = todo.pop()
        children: list[int] = []
        with contextlib.suppress(OSError):
            for thread in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{thread}/children", encoding="ascii") as stream:
                    children += [int(word) for word in stream.read().split()]
        found += children
        todo += children
    return found


def send(pids: Iterable[int], number: signal.Signals) -> None:
    """A signal to each; one that has ended is left in peace."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def kill_all(processes: Callable[[], Iterable[int]]) -> None:
    """SIGKILL until `processes` names none that is alive: what forks while it is killed is killed too."""
    deadline = time.monotonic() + KILL_SECONDS
    while pids := [pid for pid in processes() if _alive(pid)]:
        if time.monotonic() > deadline:
            raise LabError(f"{len(pids)} processes outlived SIGKILL (first: {pids[0]})")
        send(pids, signal.SIGKILL)
        time.sleep(0.002)


def _alive(pid: int) -> bool:
    """Whether a process is there and no zombie."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as stream:
            return stream.read().rpartition(b") ")[2][:1] not in (b"Z", b"X")
    except OSError:
        return False


def _in_namespace(host: str) -> list[int]:
    """All processes of a host's network namespace."""
    wanted = os.stat(f"/run/netns/{host}")
    found = []
    for name in os.listdir("/proc"):
        if not name.isdecimal():
            continue
        with contextlib.suppress(OSError):
            there = os.stat(f"/proc/{name}/ns/net")
            if (there.st_dev, there.st_ino) == (wanted.st_dev, wanted.st_ino):
                found.append(int(name))
    return found
