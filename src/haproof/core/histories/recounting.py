"""From the lines of a slice's `writes.jsonl`, in this form or an older one, to the figures that they yield.

Figures that compare the stored rows are given only where the table was read; trials that the file does not
have give none. Settings that say how a figure was measured are those of the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from haproof.core.histories import failover, losses, stale, table, takeover, timing
from haproof.core.histories.codec import decode
from haproof.core.histories.old_writes import old_figures, told_apart
from haproof.core.histories.operation import Operation

Figures = dict[str, Any]

OF_THE_TABLE = ("data_loss_rows", "rows_refused_stored", "rows_duplicated", "rows_unexpected")
"""VAL13's figures that nobody can tell without the stored rows."""


TRIED = {
    "sigterm": ("sigterm_trials_ms", "sigterm_failover_ms", "sigterm_accepting_trials_ms"),
    "sigkill": ("sigkill_trials_ms", "sigkill_failover_ms", "sigkill_accepting_trials_ms"),
    "rapid": ("rapid_cycle_ms",),
    "hang": ("hung_leader_failover_ms",),
}
BY_CLOCK = {
    "sigterm": ("sigterm_takeover_trials_ms", "sigterm_takeover_ms"),
    "sigkill": ("sigkill_takeover_trials_ms", "sigkill_takeover_ms"),
    "silent": ("unobserved_takeover_ms",),
}
"""Series of trials and the figures of which nobody can tell anything without one; those `BY_CLOCK` need its
wall clock as well."""


def of_failover(lines: Iterable[bytes], settings: Mapping[str, Any]) -> Figures:
    """VAL13's metrics and observations. Raises Malformed."""
    old, lines = told_apart(lines)
    if old:
        return old_figures(lines)
    operations = decode(lines)
    tables = table.finals(operations)
    figures = failover.metrics(operations) | _of_trials(operations)
    for series, names in TRIED.items():
        if not timing.trials(operations, series):
            figures = {name: value for name, value in figures.items() if name not in names}
    for series, names in BY_CLOCK.items():
        tried = timing.trials(operations, series)
        if not tried or any(trial.fault.at is None for trial in tried):
            figures = {name: value for name, value in figures.items() if name not in names}
    if not timing.trials(operations, "sigterm") + timing.trials(operations, "sigkill"):
        del figures["write_gap_ms"]
    if not tables:
        figures = {name: value for name, value in figures.items() if name not in OF_THE_TABLE}
    else:
        figures |= _stale(operations)
    settled_s = settings.get("failover_deadline_s")
    known = isinstance(settled_s, int | float)
    seen = failover.observations(operations, settled_s * 1000 if known else 0)  # type: ignore[operator]
    if not known:
        del seen["unprovoked_changes"]
    return figures | seen


def _of_trials(operations: Sequence[Operation]) -> Figures:
    """The kills of each series, and the worst of each; the leader that hung."""
    figures: Figures = {}
    for series in ("sigterm", "sigkill"):
        times = failover.failovers_ms(operations, series)
        own = [takeover.takeover_ms(trial, operations) for trial in timing.trials(operations, series)]
        figures |= {f"{series}_trials_ms": times, f"{series}_failover_ms": timing.worst(times)}
        figures |= {f"{series}_takeover_trials_ms": own, f"{series}_takeover_ms": timing.worst(own)}
    figures["rapid_cycle_ms"] = failover.failovers_ms(operations, "rapid")
    figures["hung_leader_failover_ms"] = takeover.hung_ms(operations)
    figures["unobserved_takeover_ms"] = takeover.unobserved_ms(operations)
    return figures


def _stale(operations: Sequence[Operation]) -> Figures:
    """Whether no stale write is stored; None where one could not be tried. Nothing where nobody can tell."""
    if stale.stored(operations):
        return {"stale_write_refused": False}
    tried = stale.tried(operations)
    return {} if tried is None else {"stale_write_refused": True if tried else None}


def of_quorum_loss(lines: Iterable[bytes]) -> Figures:
    """VAL17's metrics. Raises Malformed."""
    old, lines = told_apart(lines)
    if old:
        return {}
    operations = decode(lines)
    found = losses.losses(operations)
    figures: Figures = {}
    if found.detected_ms:
        figures = {
            "loss_detection_trials_ms": found.detected_ms,
            "loss_detection_ms": timing.worst(found.detected_ms),
            "recovery_trials_ms": found.recovered_ms,
            "recovery_ms": timing.worst(found.recovered_ms),
            "loss_held_ms": found.held_ms,
            "block_held": found.block_held,
            "writes_acknowledged_during_loss": len(found.acknowledged),
        }
    if found.refused is not None:
        figures["protected_write_refused"] = found.refused
    if found.table is not None:
        figures["rows_lost"] = len(found.table.lost)
    return figures
