"""From the lines of a slice's `writes.jsonl`, in this form or an older one, to the figures that they yield.

Figures that compare the stored rows are given only where the table was read; trials that the file does not
have give none. Settings that say how a figure was measured are those of the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from haproof.core.histories import failover, outage, table, timing
from haproof.core.histories.codec import decode
from haproof.core.histories.old_writes import old_figures, told_apart
from haproof.core.histories.operation import Operation
from haproof.core.histories.writes import writes

Figures = dict[str, Any]

OF_THE_TABLE = ("data_loss_rows", "rows_refused_stored", "rows_duplicated", "rows_unexpected")
"""VAL13's figures that nobody can tell without the stored rows."""


TRIED = {
    "sigterm": ("sigterm_trials_ms", "sigterm_failover_ms", "sigterm_accepting_trials_ms"),
    "sigkill": ("sigkill_trials_ms", "sigkill_failover_ms", "sigkill_accepting_trials_ms"),
    "rapid": ("rapid_cycle_ms",),
    "hang": ("hung_leader_failover_ms",),
}
"""Series of trials and the figures of which nobody can tell anything without one."""


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
    if not timing.trials(operations, "sigterm") + timing.trials(operations, "sigkill"):
        del figures["write_gap_ms"]
    if not tables:
        figures = {name: value for name, value in figures.items() if name not in OF_THE_TABLE}
    elif _stale_stored(operations, tables[-1]):
        figures["stale_write_refused"] = False
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
        figures |= {f"{series}_trials_ms": times, f"{series}_failover_ms": timing.worst(times)}
    figures["rapid_cycle_ms"] = failover.failovers_ms(operations, "rapid")
    figures["hung_leader_failover_ms"] = failover.hung_ms(operations)
    return figures


def _stale_stored(operations: Sequence[Operation], final: Operation) -> bool:
    """Whether a write that must not be stored is. (That none is, not even an unnamed one, needs more.)"""
    sent = {line.id for line in operations if line.kind == "invoke" and (line.id or "").startswith(STALE)}
    return any(row[0] in sent for row in final.rows or () if not isinstance(row, str))


STALE = "stale-"
"""How the ids of writes begin that are sent to a leader after it has been replaced."""


def of_quorum_loss(lines: Iterable[bytes]) -> Figures:
    """VAL17's metrics. Raises Malformed."""
    old, lines = told_apart(lines)
    if old:
        return {}
    operations = decode(lines)
    attempts, answers = writes(operations), outage.statuses(operations)
    watched = timing.trials(operations, "loss")
    figures: Figures = {}
    if watched:
        detected = [outage.detected_ms(one, answers) for one in watched]
        recovered = [outage.recovered_ms(one, answers) for one in watched]
        lengths = [length for one in watched if (length := outage.held_ms(one)) is not None]
        away = (*watched, *timing.trials(operations, "silent"))
        figures = {
            "loss_detection_trials_ms": detected,
            "loss_detection_ms": timing.worst(detected),
            "recovery_trials_ms": recovered,
            "recovery_ms": timing.worst(recovered),
            "loss_held_ms": max(lengths, default=None),
            "block_held": outage.block_held(watched, answers),
            "writes_acknowledged_during_loss": len(outage.acknowledged_during(away, attempts)),
        }
    tables = table.finals(operations)
    if tables:
        figures["rows_lost"] = len(table.compare(attempts, tables).lost)
    return figures
