"""What the journal of a soak yields: all its figures, derived again line by line."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.soak.record import SoakMetrics, SoakRecord


def from_journal(lines: Iterable[bytes], record: SoakRecord) -> dict[str, Any]:
    """Every metric, the chain of the lines included."""
    from haproof.core.soak.figures import metrics
    from haproof.kinds.soak.chain import added_up

    return metrics(added_up(lines).finish())


RECOUNTS = (Recount(raw_names.JOURNAL, SoakMetrics.__struct_fields__, from_journal),)
