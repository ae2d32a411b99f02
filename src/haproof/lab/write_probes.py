"""Single writes that a careless system answers wrongly: odd ones, repeated ones, contradictory ones."""

import contextlib
from collections.abc import Iterator

from haproof.lab.cluster import Node, Settled
from haproof.lab.load import Load
from haproof.lab.unusual_rows import unusual_rows
from haproof.lab.writes import Row


def unusual(load: Load, node: Node) -> None:
    """Rows that are easily mangled: each is stored as it is sent, or refused."""
    for row in unusual_rows(load.mark()):
        load.write(node, row)


def repeat(load: Load, node: Node) -> None:
    """Send the oldest acknowledged row again, as a client that lost the answer would: a yes, and one row."""
    oldest = next(iter(load.acknowledged().items()), None)
    if oldest is not None and load.through_nodes:
        load.write(node, Row(*oldest))


def contradict(load: Load, node: Node) -> None:
    """Send an acknowledged row again with another payload: a yes breaks one promise or the other."""
    row_id = next(iter(load.acknowledged()), None)
    if row_id is not None and load.through_nodes:
        load.write(node, load.row(row_id))


@contextlib.contextmanager
def retrying(load: Load, settled: Settled) -> Iterator[None]:
    """Within this block another node comes to lead; afterwards it is sent what was sent before.

    What it had refused must be stored by the time it says yes; what the old leader had stored is not stored
    again, and not under another payload.
    """
    refused = {node.name: load.write(node).row for node in settled.followers if load.through_nodes}
    yield
    after = load.cluster.settle()
    if after is None or after.leader.name not in refused:
        return
    load.write(after.leader, refused[after.leader.name])
    repeat(load, after.leader)
    contradict(load, after.leader)
