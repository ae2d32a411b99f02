"""What one slice was measured on and what was done in it, in words: what was started, what the journal did.

A node that was not started and a fault that was not tried are in neither.
"""

from collections.abc import Collection, Sequence

from haproof.lab.cluster import Cluster
from haproof.lab.journal import Act

NO_NODE = "No node was started"
NO_FAULT = "No fault was tried"
NO_NETWORK = "NO iptables, NO real network partitions"

SIGNALS: tuple[Act, ...] = (("node.kill", "SIGTERM"), ("node.kill", "SIGKILL"), ("node.hang", "SIGSTOP"))
"""Acts that send a signal to the leader."""

FAULTS: dict[Act, str] = {
    ("failover", None): "planned handover",
    ("database.stop", "fast"): "PostgreSQL stopped",
    ("database.stop", "immediate"): "PostgreSQL killed",
    ("standby.stop", "fast"): "standby stopped and started again, nodes left alone",
    ("sql.raise_epoch", None): "epoch raised by SQL",
    ("sql.open_ghost_epochs", None): "ghost epochs inserted by SQL",
    ("archive.damage", None): "one bit of the archive flipped",
    ("node.stop", "SIGTERM"): "nodes restarted",
}
"""Every other act that disturbs the system, in the order in which they are named."""


def cluster_words(clusters: Sequence[Cluster]) -> str:
    """The nodes that were started, and what they share: `Two-node HA (node1 + node2) on one …`."""
    names = [node.name for cluster in clusters for node in cluster.nodes if node.started]
    if not names:
        return NO_NODE
    nodes = f"{'Two-node HA' if len(names) == 2 else f'{len(names)} node(s)'} ({' + '.join(names)})"
    return f"{nodes} on one PostgreSQL server, one host"


def chaos_lines(done: Collection[Act]) -> list[str]:
    """The faults that were really injected, then what none of them is."""
    signals = " + ".join(str(signal) for act in SIGNALS if act in done for signal in act[1:])
    faults = [f"{signals} of the leader"] if signals else []
    faults += [words for act, words in FAULTS.items() if act in done]
    return ["; ".join(faults) or NO_FAULT, NO_NETWORK]
