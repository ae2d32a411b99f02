"""Faults of the network around the primary: packets vanish without an answer."""

from collections.abc import Iterator

from haproof.lab.faults.fault import ClusterFault, Undo
from haproof.lab.sandbox.network import Drop, Host
from haproof.lab.systems.managed import PORT, Managed


def _cut_full(system: Managed, primary: str) -> Undo:
    network = system.machines.network
    host = network.hosts[primary]
    network.down(host)
    return lambda: network.up(host)


def _cut_in(system: Managed, primary: str) -> Undo:
    network = system.machines.network
    drops = network.drop_into(network.hosts[primary])
    return lambda: network.pass_again(drops)


def _cut_out(system: Managed, primary: str) -> Undo:
    network = system.machines.network
    drops = network.drop_out_of(network.hosts[primary])
    return lambda: network.pass_again(drops)


def _between(one: Host, other: Host, port: int) -> Iterator[Drop]:
    """Everything of a service that runs on both: questions and answers, both ways."""
    for source, target in ((one, other), (other, one)):
        for end in ("dport", "sport"):
            yield Drop.between(source, target, f"{end} {port}")


def _cut_store(system: Managed, primary: str) -> Undo:
    network = system.machines.network
    host = network.hosts[primary]
    others = [network.hosts[name] for name in system.stores if name != primary]
    drops = network.drop(
        [drop for other in others for port in system.store_ports for drop in _between(host, other, port)]
    )
    return lambda: network.pass_again(drops)


def _cut_replication(system: Managed, primary: str) -> Undo:
    network = system.machines.network
    host = network.hosts[primary]
    standbys = [network.hosts[name] for name in system.members if name != primary]
    drops = network.drop([drop for other in standbys for drop in _between(host, other, PORT)])
    return lambda: network.pass_again(drops)


def no_store(system: Managed) -> str | None:
    """Why a system has no consensus store to lose."""
    return None if system.stores else f"{system.name} has no consensus store"


CUT_FULL = ClusterFault("cut-full", "its network link down", _cut_full)
CUT_IN = ClusterFault("cut-in", "everything sent to it dropped", _cut_in)
CUT_OUT = ClusterFault("cut-out", "everything sent by it dropped", _cut_out)
CUT_DCS = ClusterFault("cut-dcs", "cut from the consensus store alone", _cut_store, no_store)
CUT_REPLICATION = ClusterFault("cut-replication", "cut from the standbys alone", _cut_replication)
