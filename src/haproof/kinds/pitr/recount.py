"""What the raw file of PITR yields: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.pitr.record import PitrMetrics, PitrObservations, PitrRecord

STATED = ("postgres_version", "verify_method")
"""Figures that no line of the raw file yields."""


def from_operations(lines: Iterable[bytes], _record: PitrRecord) -> dict[str, Any]:
    """What `operations.jsonl` yields."""
    from haproof.core.histories import point_in_time

    return point_in_time.derive(lines)


RECOUNTS = (
    Recount(
        raw_names.OPERATIONS,
        tuple(
            name
            for name in (*PitrMetrics.__struct_fields__, *PitrObservations.__struct_fields__)
            if name not in STATED
        ),
        from_operations,
    ),
)
