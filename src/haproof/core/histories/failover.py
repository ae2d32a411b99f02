"""VAL13's figures from its history: what the lab writes into the report, and a recount must find again."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

from haproof.core.histories.leadership import (
    by_non_holder,
    elections,
    epochs,
    events_match,
    named,
    shown_twice,
    sightings,
    unprovoked,
)
from haproof.core.histories.operation import Operation
from haproof.core.histories.stale import RAISED
from haproof.core.histories.table import compare, early, finals
from haproof.core.histories.timing import (
    Trial,
    accepting_ms,
    first_accepted,
    gap_ms,
    named_ms,
    trials,
    worst,
)
from haproof.core.histories.writes import Write, acknowledged_ids, count, invalid, writes


def metrics(operations: Sequence[Operation]) -> dict[str, Any]:
    """Waits after the kills, and rows, refusals and holders over the slice.

    The rows need one reading of the table.
    """
    attempts = writes(operations)
    compared = compare(attempts, finals(operations))
    seen = sightings(operations, attempts)
    kills = {series: trials(operations, series) for series in ("sigterm", "sigkill")}
    return {
        "sigterm_accepting_trials_ms": [accepting_ms(trial, attempts) for trial in kills["sigterm"]],
        "sigkill_accepting_trials_ms": [accepting_ms(trial, attempts) for trial in kills["sigkill"]],
        "write_gap_ms": worst([_gap_ms(trial, attempts) for trial in chain(*kills.values())]),
        "data_loss_rows": len(compared.lost),
        "rows_acknowledged": len(acknowledged_ids(attempts)),
        "rows_refused": count(attempts, "refused"),
        "rows_unknown": count(attempts, "unknown"),
        "rows_acknowledged_early": len(early(operations, attempts)),
        "rows_refused_stored": len(compared.refused_stored),
        "rows_duplicated": compared.duplicated,
        "rows_unexpected": len(compared.unexpected),
        "answers_invalid": invalid(attempts),
        "non_holder_accepted": len(by_non_holder(attempts, seen)),
        "epochs_shown_twice": len(shown_twice(seen, named(elections(operations)))),
    }


def failovers_ms(operations: Sequence[Operation], series: str) -> list[float | None]:
    """Each trial of a series until another node names a new holder; None where no write was then taken."""
    attempts = writes(operations)
    return [
        None if first_accepted(trial, attempts) is None else named_ms(trial, operations)
        for trial in trials(operations, series)
    ]


def observations(operations: Sequence[Operation], settled_ms: float) -> dict[str, Any]:
    """Epochs up to the first that the lab raised itself, what the events say of them, and changes by nobody.

    `settled_ms` is how long after a fault a change is put down to it.
    """
    before = _before_raised(operations)
    seen = sightings(before, writes(before))
    events = named(elections(before))
    return {
        "epochs": epochs(seen, events),
        "events_match": events_match(seen, events),
        "unprovoked_changes": unprovoked(operations, settled_ms),
    }


def _gap_ms(trial: Trial, attempts: Sequence[Write]) -> float | None:
    """The longest time without an acknowledgement up to the first one after the kill."""
    first = first_accepted(trial, attempts)
    return None if first is None else gap_ms(attempts, trial.at_ms, first.done_ms)


def _before_raised(operations: Sequence[Operation]) -> Sequence[Operation]:
    """Up to the first raise of the durable epoch: epochs that are shown after it are the lab's doing."""
    for place, line in enumerate(operations):
        if line.kind == "fault" and (line.trial or "").startswith(f"{RAISED}-"):
            return operations[:place]
    return operations
