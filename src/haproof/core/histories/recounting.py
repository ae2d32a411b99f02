"""From the lines of a slice's `writes.jsonl`, in this form or an older one, to the figures that they yield.

Figures that compare the stored rows are given only where the table was read; trials that the file does not
have give none. Settings that say how a figure was measured are those of the report.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from haproof.core.histories import leadership, outage, table, timing
from haproof.core.histories.codec import decode
from haproof.core.histories.old_writes import old_figures, told_apart
from haproof.core.histories.operation import Operation
from haproof.core.histories.writes import Write, acknowledged_ids, count, invalid, writes

Figures = dict[str, Any]

RAISED = "raised-epoch"
"""VAL13's trials in which the lab itself raises the durable epoch: what is shown after that is its doing."""


def of_failover(lines: Iterable[bytes], settings: Mapping[str, Any]) -> Figures:
    """VAL13's metrics and observations. Raises Malformed."""
    old, lines = told_apart(lines)
    if old:
        return old_figures(lines)
    operations = decode(lines)
    attempts = writes(operations)
    figures = _of_writes(operations, attempts) | _of_trials(operations, attempts)
    figures |= _of_leadership(operations, attempts)
    settled_s = settings.get("failover_deadline_s")
    if isinstance(settled_s, int | float):
        figures["unprovoked_changes"] = leadership.unprovoked(operations, settled_s * 1000)
    return figures


def _of_writes(operations: Sequence[Operation], attempts: Sequence[Write]) -> Figures:
    """What was promised, and what the table says of it."""
    figures: Figures = {
        "rows_acknowledged": len(acknowledged_ids(attempts)),
        "rows_refused": count(attempts, "refused"),
        "rows_unknown": count(attempts, "unknown"),
        "rows_acknowledged_early": len(table.early(operations, attempts)),
        "answers_invalid": invalid(attempts),
    }
    tables = table.finals(operations)
    if tables:
        compared = table.compare(attempts, tables)
        figures |= {
            "data_loss_rows": len(compared.lost),
            "rows_refused_stored": len(compared.refused_stored),
            "rows_duplicated": compared.duplicated,
            "rows_unexpected": len(compared.unexpected),
        }
    return figures


def _of_trials(operations: Sequence[Operation], attempts: Sequence[Write]) -> Figures:
    """Each kill until the first write acknowledged after it."""
    figures: Figures = {}
    for series in ("sigterm", "sigkill"):
        kills = timing.trials(operations, series)
        if kills:
            accepting = [timing.accepting_ms(kill, attempts) for kill in kills]
            figures[f"{series}_accepting_trials_ms"] = accepting
    return figures


def _of_leadership(operations: Sequence[Operation], attempts: Sequence[Write]) -> Figures:
    """Epochs against holders; the list of epochs, and what events say of it, up to the first raised one."""
    seen = leadership.sightings(operations, attempts)
    told = leadership.named(leadership.elections(operations))
    before = _before_raised(operations)
    seen_before = leadership.sightings(before, writes(before))
    told_before = leadership.named(leadership.elections(before))
    return {
        "non_holder_accepted": len(leadership.by_non_holder(attempts, seen)),
        "epochs_shown_twice": len(leadership.shown_twice(seen, told)),
        "epochs": leadership.epochs(seen_before, told_before),
        "events_match": leadership.events_match(seen_before, told_before),
    }


def _before_raised(operations: Sequence[Operation]) -> Sequence[Operation]:
    for place, line in enumerate(operations):
        if line.kind == "fault" and (line.trial or "").rpartition("-")[0] == RAISED:
            return operations[:place]
    return operations


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
