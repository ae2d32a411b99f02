"""What the raw file of PITR yields: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.pitr.pgbackrest import PgBackRestObservations
from haproof.kinds.pitr.record import PitrMetrics, PitrObservations, PitrRecord

STATED = ("postgres_version", "verify_method", "pgbackrest_version", "pgbackrest_not_tried")
"""Figures that no line of the raw files yields."""

FIRST = tuple(
    name
    for name in (*PitrMetrics.__struct_fields__, *PitrObservations.__struct_fields__)
    if name not in STATED and not name.startswith("pgbackrest_")
)
SECOND = tuple(name for name in PgBackRestObservations.__struct_fields__ if name not in STATED)


def from_operations(lines: Iterable[bytes], _record: PitrRecord) -> dict[str, Any]:
    """What `operations.jsonl` yields."""
    from haproof.core.histories import point_in_time

    return point_in_time.derive(lines)


def from_pgbackrest(lines: Iterable[bytes], _record: PitrRecord) -> dict[str, Any]:
    """What `pgbackrest.jsonl` yields."""
    from haproof.core.histories import point_in_time

    return point_in_time.derive_second(lines)


RECOUNTS = (
    Recount(raw_names.OPERATIONS, FIRST, from_operations),
    Recount(raw_names.PGBACKREST, SECOND, from_pgbackrest),
)
