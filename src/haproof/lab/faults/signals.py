"""Faults by signals to the primary's processes: killed, stopped, asked to end."""

import signal
from collections.abc import Callable

from haproof.errors import LabError
from haproof.lab.faults.fault import ClusterFault, Undo
from haproof.lab.sandbox.machines import kill_all, send
from haproof.lab.systems.managed import Managed


def _revived(system: Managed, host: str) -> Undo:
    return lambda: system.revive(host)


def _host_kill(system: Managed, host: str) -> Undo:
    kill_all(lambda: system.machines.processes(host))
    return _revived(system, host)


def _host_hang(system: Managed, host: str) -> Undo:
    return _stopped(lambda: system.machines.processes(host), host)


def _stopped(processes: Callable[[], list[int]], host: str) -> Undo:
    """Stop them all; a process that was forked meanwhile is stopped by the next round."""
    stopped: set[int] = set()
    while more := set(processes()) - stopped:
        send(more, signal.SIGSTOP)
        stopped |= more
    if not stopped:
        raise LabError(f"there was nothing to stop on {host}")
    return lambda: send(stopped, signal.SIGCONT)


def _manager_term(system: Managed, host: str) -> Undo:
    send(_manager(system, host)[:1], signal.SIGTERM)
    return _revived(system, host)


def _manager_kill(system: Managed, host: str) -> Undo:
    _manager(system, host)
    kill_all(lambda: system.manager(host))
    return _revived(system, host)


def _manager(system: Managed, host: str) -> list[int]:
    """The manager's processes, its first one first."""
    pids = system.manager(host)
    if not pids:
        raise LabError(f"no manager ran on {host}")
    return pids


def _postmaster(system: Managed, host: str) -> int:
    pid = system.postmaster(host)
    if pid is None:
        raise LabError(f"PostgreSQL did not run on {host}")
    return pid


def _postmaster_kill(system: Managed, host: str) -> Undo:
    send([_postmaster(system, host)], signal.SIGKILL)
    return _revived(system, host)


def _postmaster_hang(system: Managed, host: str) -> Undo:
    pid = _postmaster(system, host)
    send([pid], signal.SIGSTOP)

    def undo() -> None:
        send([pid], signal.SIGCONT)
        system.revive(host)

    return undo


MANAGER_TERM = ClusterFault("manager-term", "SIGTERM to the manager", _manager_term, short=True)
HOST_KILL = ClusterFault(
    "host-kill", "SIGKILL to the manager and all of PostgreSQL at once", _host_kill, short=True
)
HOST_HANG = ClusterFault("host-hang", "SIGSTOP to the manager and all of PostgreSQL", _host_hang)
POSTMASTER_KILL = ClusterFault(
    "postmaster-kill", "SIGKILL to the postmaster alone", _postmaster_kill, short=True
)
MANAGER_KILL = ClusterFault("manager-kill", "SIGKILL to the manager alone", _manager_kill)
POSTMASTER_HANG = ClusterFault("postmaster-hang", "SIGSTOP to the postmaster alone", _postmaster_hang)
