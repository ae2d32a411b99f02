"""Takeovers by the new leader's own clock: since when it says that it leads, on the host of the fault.

These are the durations that are not of one monotonic clock: `at` of a fault and `acquired_at` of a status are
wall-clock times of one host.
"""

from collections.abc import Iterator, Sequence

from haproof.core.histories.operation import OPEN_EPOCHS, Operation
from haproof.core.histories.timing import Trial, named_ms, rounded, trials
from haproof.core.instant import parse_instant


def takeover_ms(trial: Trial, operations: Sequence[Operation]) -> float | None:
    """From the fault to the time since which another node says that it leads.

    By its first status that names itself; None where it gives no such time, or one from before the fault.
    """
    shown = next(_names_itself(trial, operations), None)
    if shown is None:
        return None
    try:
        elapsed = parse_instant(shown.acquired_at) - parse_instant(trial.fault.at)
    except ValueError:  # one of them is no time, or not there
        return None
    milliseconds = elapsed.total_seconds() * 1000
    return rounded(milliseconds) if milliseconds >= 0 else None


def hung_ms(operations: Sequence[Operation]) -> float | None:
    """From the hang of the leader until another one led, by its own clock; None where none did.

    No earlier than the last status that it was asked for and that did not name it, and no later than the
    first that did: a node that answers slowly is named long after it leads. A history that carries no wall
    clock marks the moment.
    """
    for hang in trials(operations, "hang"):
        if hang.fault.at is None:
            return named_ms(hang, operations) if hang.gone_ms is None else rounded(hang.gone_ms - hang.at_ms)
        shown = next(_names_itself(hang, operations), None)
        if shown is None:
            return None
        named = shown.t_ms - hang.at_ms
        own = takeover_ms(hang, operations)
        return rounded(named if own is None else min(max(own, _not_yet_ms(hang, operations)), named))
    return None


def unobserved_ms(operations: Sequence[Operation]) -> float | None:
    """The takeover that nobody watched; None where none was found.

    Where the database showed no other open epochs after the silence than before the kill, it came later than
    that, whatever the new leader says.
    """
    for silent in trials(operations, "silent"):
        found = takeover_ms(silent, operations)
        reads = [line for line in operations if line.via == OPEN_EPOCHS and line.trial == silent.fault.trial]
        if found is not None and len(reads) > 1 and reads[0].value == reads[-1].value:
            found = max(found, reads[-1].t_ms - silent.at_ms)
        return None if found is None else rounded(found)
    return None


def _names_itself(trial: Trial, operations: Sequence[Operation]) -> Iterator[Operation]:
    """The statuses of a trial in which another node than it hit names itself as the holder."""
    for line in _others(trial, operations):
        if line.holder == line.node:
            yield line


def _not_yet_ms(trial: Trial, operations: Sequence[Operation]) -> float:
    """When, since the fault, the last status was asked for that did not name its own node as the holder."""
    asked = 0.0
    for line in _others(trial, operations):
        if line.holder == line.node:
            break
        asked = max(asked, (line.t_ms if line.asked_ms is None else line.asked_ms) - trial.at_ms)
    return asked


def _others(trial: Trial, operations: Sequence[Operation]) -> Iterator[Operation]:
    """The whole status answers of a trial, from the fault to its end, of nodes that it did not hit."""
    for line in operations:
        if (
            line.op == "status"
            and line.kind == "ok"
            and line.node != trial.hit
            and trial.at_ms <= line.t_ms <= trial.end_ms
        ):
            yield line
