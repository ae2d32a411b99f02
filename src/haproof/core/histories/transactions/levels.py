"""Isolation levels, and which anomalies each allows to transactions on the primary alone.

As PostgreSQL implements them: its repeatable read is snapshot isolation, which forbids everything but write
skew; its read committed takes a new snapshot for each statement.
"""

from collections.abc import Mapping
from typing import Literal

IsolationLevel = Literal["serializable", "repeatable read", "read committed"]

ALLOWED: dict[IsolationLevel, frozenset[str]] = {
    "serializable": frozenset(),
    "repeatable read": frozenset(("G2-item",)),
    "read committed": frozenset(("G2-item", "G-single", "G-nonadjacent", "internal")),
}
"""Anomalies that a level allows, in whichever order of transactions."""


def base(anomaly: str) -> str:
    """An anomaly's name without the order that its cycle needs."""
    return anomaly.removesuffix("-session").removesuffix("-realtime")


def forbidden(counts: Mapping[str, int], level: IsolationLevel) -> dict[str, int]:
    """Those of the anomalies that a level does not allow, by name."""
    return {
        name: count for name, count in sorted(counts.items()) if count and base(name) not in ALLOWED[level]
    }
