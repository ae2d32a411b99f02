"""Faults that concern the manager itself: its planned switchover, and the loss of its consensus store."""

from haproof.errors import LabError
from haproof.lab.faults.cuts import no_store
from haproof.lab.faults.fault import ClusterFault, Declined, Undo
from haproof.lab.sandbox.machines import kill_all
from haproof.lab.systems.managed import Managed


def _switchover(system: Managed, primary: str) -> Undo:
    try:
        system.switchover(primary)
    except LabError as fault:
        raise Declined(str(fault)) from None
    return lambda: None


def _store_loss(system: Managed, primary: str) -> Undo:
    """Kill a majority; the primary's own member is spared where others are enough."""
    majority = len(system.stores) // 2 + 1
    lost = sorted(system.stores, key=lambda host: host == primary)[:majority]
    for host in lost:
        kill_all(lambda host=host: system.store_processes(host))  # type: ignore[misc]

    def undo() -> None:
        for host in lost:
            system.start_store(host)

    return undo


SWITCHOVER = ClusterFault(
    "switchover",
    "the manager's own planned switchover",
    _switchover,
    lambda system: system.no_switchover(),
    short=True,
)
DCS_LOSS = ClusterFault("dcs-loss", "the majority of the consensus store killed", _store_loss, no_store)
