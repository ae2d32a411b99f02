"""What the journal of a soak yields: all its figures, derived again line by line."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.soak.record import SoakMetrics, SoakObservations, SoakRecord


def from_journal(lines: Iterable[bytes], record: SoakRecord) -> dict[str, Any]:
    """Every metric, the chain of the lines included, and what each day added."""
    from haproof.core.soak.figures import metrics, observations
    from haproof.kinds.soak.chain import added_up

    fold = added_up(lines).finish()
    return metrics(fold) | observations(fold)


FIGURES = (*SoakMetrics.__struct_fields__, *SoakObservations.__struct_fields__)

RECOUNTS = (Recount(raw_names.JOURNAL, FIGURES, from_journal),)
