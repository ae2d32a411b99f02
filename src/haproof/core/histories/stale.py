"""Writes under an older epoch: none may be stored once a newer one is durable, whatever was answered."""

from collections.abc import Iterator, Sequence

from haproof.core.histories.operation import TABLE, Operation, Row
from haproof.core.histories.table import finals
from haproof.core.histories.timing import Trial, trials
from haproof.core.histories.writes import Write, writes

STALE = "stale-"
"""How the ids of writes begin that are sent to a leader once it has been replaced, or its epoch raised."""

LATE = "stale-hung-"
"""Those to a leader that hangs that are sent once another one leads: as many as it takes."""

RAISED = "raised-epoch"
"""Series of trials that raise the durable epoch behind the leader's back."""


def stored(operations: Sequence[Operation]) -> tuple[str, ...]:
    """Rows that must not be there and are, sorted; over the last reading of the table.

    Those that were sent as stale writes; and those that were not there when an epoch was raised, and are of
    the epoch before it or an older one. A reading that names rows by their ids alone tells the first only.
    """
    tables = finals(operations)
    rows = dict(map(_key_and_epoch, tables[-1].rows or ())) if tables else {}
    found = {write.id for write in writes(operations) if write.id.startswith(STALE)}.intersection(rows)
    for trial in trials(operations, RAISED):
        there = _there(operations, trial)
        before = trial.fault.epoch
        if there is not None and before is not None:
            found |= {
                key
                for key, epoch in rows.items()
                if key not in there and epoch is not None and epoch <= before
            }
    return tuple(sorted(found))


def _key_and_epoch(row: str | Row) -> tuple[str, int | None]:
    return (row, None) if isinstance(row, str) else (row[0], row[2])


def tried(operations: Sequence[Operation]) -> bool | None:
    """Whether every stale write could be tried, one under a raised epoch at least; None where none can tell.

    A write that was never sent tells nothing, nor does a hang in which no other node came to lead. Histories
    of before this was written down have no reading of the table when the epoch was raised.
    """
    raises = trials(operations, RAISED)
    if not raises or any(_there(operations, trial) is None for trial in raises):
        return None
    hung = trials(operations, "hang")
    attempts = [
        write for write in writes(operations) if write.id.startswith(STALE) and not write.id.startswith(LATE)
    ]
    left = [_left(write) for write in attempts]
    return len(left) >= len(raises) and all(left) and all(one.gone_ms is not None for one in hung)


def _left(write: Write) -> bool:
    """Whether a write was sent at all: a refusal without an answer is of a node that was never reached."""
    return write.outcome != "refused" or write.status is not None


def _there(operations: Sequence[Operation], trial: Trial) -> set[str] | None:
    """The rows that were stored when an epoch was raised; None where the history does not say."""
    return next(_readings(operations, trial), None)


def _readings(operations: Sequence[Operation], trial: Trial) -> Iterator[set[str]]:
    for line in operations:
        if line.via == TABLE and line.trial == trial.fault.trial and line.rows is not None:
            yield {row if isinstance(row, str) else row[0] for row in line.rows}
