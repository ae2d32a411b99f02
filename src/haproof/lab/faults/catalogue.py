"""The fifteen faults of CLUSTER in the order of the contract, and which of them a system can have."""

from typing import TypeVar

from haproof.kinds.cluster import faults
from haproof.lab.faults import cuts, disks, manager, signals
from haproof.lab.faults.fault import ClusterFault
from haproof.lab.systems.managed import FAILS_OVER, Managed, Promise
from haproof.lab.systems.system import System

S = TypeVar("S", bound=System)

FAULTS: dict[str, ClusterFault[Managed]] = {
    fault.name: fault
    for fault in (
        manager.SWITCHOVER,
        signals.MANAGER_TERM,
        signals.HOST_KILL,
        signals.HOST_HANG,
        cuts.CUT_FULL,
        signals.POSTMASTER_KILL,
        signals.MANAGER_KILL,
        signals.POSTMASTER_HANG,
        cuts.CUT_IN,
        cuts.CUT_OUT,
        cuts.CUT_DCS,
        cuts.CUT_REPLICATION,
        manager.DCS_LOSS,
        disks.DISK_FULL,
        disks.DISK_FREEZE,
    )
}

EVERYBODY: tuple[str, ...] = faults.FAILS_OVER
"""After these every cluster must fail over; no declaration says otherwise."""


def promise(system: System, name: str) -> Promise | None:
    """What is expected of a system under one fault; None where its makers promise nothing."""
    if name in EVERYBODY:
        return Promise(FAILS_OVER, "evidence contract of CLUSTER")
    return system.promises().get(name)


def against(fault: ClusterFault[S], system: S) -> str | None:
    """Why a fault cannot be tried on this system, here; None where it can."""
    reason = fault.obstacle(system)
    if reason is None and promise(system, fault.name) is None:
        return f"nothing is declared for it: what the makers of {system.name} promise is not known"
    return reason
