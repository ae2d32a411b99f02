"""The fifteen faults of CLUSTER in the order of the contract, and which of them a system can have."""

from haproof.lab.faults import cuts, disks, manager, signals
from haproof.lab.faults.fault import ClusterFault
from haproof.lab.systems.managed import FAILS_OVER, Managed, Promise

FAULTS: dict[str, ClusterFault] = {
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

EVERYBODY: tuple[str, ...] = ("switchover", "host-kill", "host-hang", "cut-full")
"""After these every cluster must fail over; no declaration says otherwise."""


def promise(system: Managed, name: str) -> Promise | None:
    """What is expected of a system under one fault; None where its makers promise nothing."""
    if name in EVERYBODY:
        return Promise(FAILS_OVER, "evidence contract of CLUSTER")
    return system.promises().get(name)


def obstacle(system: Managed, name: str) -> str | None:
    """Why a fault cannot be tried on this system, here; None where it can."""
    reason = FAULTS[name].obstacle(system)
    if reason is None and promise(system, name) is None:
        return f"nothing is declared for it: what the makers of {system.name} promise is not known"
    return reason
