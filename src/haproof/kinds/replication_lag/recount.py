"""What the raw files of VAL14 yield: its figures, derived again."""

from collections.abc import Iterable
from typing import Any

from haproof.core import raw_names
from haproof.core.kind import Recount
from haproof.kinds.replication_lag.record import ReplicationLagRecord


def from_samples(lines: Iterable[bytes], record: ReplicationLagRecord) -> dict[str, Any]:
    """What `lag-samples.jsonl` yields. Raises ValueError where it has no reading under a load of which the
    report states a percentile: a file without readings must not pass for one that says nothing of them."""
    from haproof.core.histories import lag

    found = lag.figures_of_samples(lines)
    for phase, _, name in lag.LOADS:
        if name not in found and getattr(record.metrics, name) is not None:
            raise ValueError(f"no reading under the {phase} load is in it")
    return found


def from_journal(lines: Iterable[bytes], record: ReplicationLagRecord) -> dict[str, Any]:
    """What the rounds in `journal.jsonl` yield."""
    from haproof.core.histories import lag

    return lag.figures_of_journal(lines)


SAMPLED = (
    *("idle_p95_ms", "idle_samples_ms", "idle_n", "idle_null_samples"),
    *("light_p95_ms", "light_samples_ms", "light_n", "heavy_p99_ms", "heavy_samples_ms", "heavy_n"),
    *("flush_p95_ms", "replay_p95_ms"),
)
"""Figures that the samples may yield; an older file has the readings at rest only where they changed."""

JOURNALLED = ("idle_n", "idle_null_samples", "light_drain_ms", "heavy_drain_ms", "visible_p95_ms")
"""Figures that the journal may yield."""

RECOUNTS = (
    Recount(raw_names.LAG_SAMPLES, SAMPLED, from_samples),
    Recount(raw_names.JOURNAL, JOURNALLED, from_journal),
)
