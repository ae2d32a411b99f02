"""RECOVERY's figures from its history: a control plane's nodes on a cluster, one trial after the other.

Besides what clients sent to the nodes and what the nodes showed (`node`, `epoch`, `holder`), the history has
what PostgreSQL said of itself: `status` lines with a `member` in place of a `node` (`timeline`, `read_write`,
and as `value` the number of its synchronous replicas), and `event` lines whose `value` is the event's name.
"""

from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from haproof.core.histories.leadership import (
    Sighting,
    elections,
    epochs,
    named,
    shown_twice,
    sightings,
)
from haproof.core.histories.operation import Operation
from haproof.core.histories.table import compare, finals
from haproof.core.histories.timing import rounded, worst
from haproof.core.histories.writes import Write, count, writes

OF_NODES = ("node-cut", "node-kill")
"""Faults of a node; all others are of the database's primary."""

PAUSE_MS = 1_000
"""So long without an acknowledgement, several clients trying, is an outage and not chance."""

GONE_MS = 5_000
"""Clients that still tried so long after the last acknowledgement tried in vain."""

LOST, RESTORED, ELECTED = "ha.quorum.lost", "ha.quorum.restored", "ha.leader.elected"


class Trial(Struct, frozen=True, kw_only=True):
    """The lines of one trial, with the moments of its fault, its heal and its end."""

    name: str
    lines: list[Operation]
    fault: Operation
    heal_ms: float
    end_ms: float

    @property
    def series(self) -> str:
        """The fault's name."""
        return self.name.rpartition("-")[0]

    @property
    def at_ms(self) -> float:
        """When the fault was injected."""
        return self.fault.t_ms


def trials(operations: Iterable[Operation]) -> list[Trial]:
    """Every trial that has a fault, in the order of their first lines. One without `heal` or `end` lasts to
    its last line."""
    lines: dict[str, list[Operation]] = {}
    for line in operations:
        if line.trial is not None:
            lines.setdefault(line.trial, []).append(line)
    found = []
    for name, own in lines.items():
        marks = {line.kind: line for line in reversed(own)}  # the first of each kind
        if "fault" in marks:
            last_ms = max(line.t_ms for line in own)
            end_ms = marks["end"].t_ms if "end" in marks else last_ms
            heal_ms = marks["heal"].t_ms if "heal" in marks else end_ms
            found.append(Trial(name=name, lines=own, fault=marks["fault"], heal_ms=heal_ms, end_ms=end_ms))
    return found


def figures(trial: Trial, lock_bound_ms: float | None, earlier: Iterable[Operation] = ()) -> dict[str, Any]:
    """A trial's figures by their keys; None: tried and not seen.

    `earlier` are the lines of the trials before: an epoch may be shown again long after it was lost.
    """
    attempts = _attempts(trial.lines)
    seen = sightings(trial.lines, attempts)
    before = max((one.epoch for one in seen if one.at_ms <= trial.at_ms), default=None)
    tables = finals(trial.lines)
    compared = compare(attempts, tables) if tables else None
    accepting = _accepting(trial, attempts, before)
    database = trial.series not in OF_NODES
    return {
        **_leadership_before(trial),
        "loss_noticed_ms": _loss_noticed_ms(trial) if database else None,
        "accepting_ms": None if accepting is None else rounded(accepting.done_ms - trial.at_ms),
        "promotion_ms": _promotion_ms(trial) if database else None,
        "sync_ready_ms": _sync_ready_ms(trial) if database else None,
        "acknowledged": count(attempts, "acknowledged"),
        "acknowledged_before_fault": sum(
            write.acknowledged and write.done_ms <= trial.at_ms for write in attempts
        ),
        "unknown": count(attempts, "unknown"),
        "lost": None if compared is None else len(compared.lost),
        "unknown_present": None if compared is None else len(compared.unknown_present),
        "duplicated": None if compared is None else compared.duplicated,
        "epoch_before": before,
        "epoch_after": max((one.epoch for one in seen), default=None),
        "epochs_shown_twice": _shown_twice(trial, seen, list(earlier)),
        "epoch_went_back": _went_back(trial, seen),
        "stale_accepted": _stale(attempts, seen),
        "cut_off_accepted": _cut_off(trial, attempts, lock_bound_ms),
        "two_accepting_ms": _two_accepting_ms(attempts),
        "acknowledged_between_leaders": _between(trial, attempts, seen, before),
        "audit_in_order": _audit_in_order(trial, database),
    }


ALREADY_THERE = 200
"""The HTTP status for a row that was there: its epoch is that of whoever wrote it, and no claim of today."""


def _attempts(lines: Iterable[Operation]) -> list[Write]:
    """Every attempt to write a row."""
    return writes(replace(line, epoch=None) if line.status == ALREADY_THERE else line for line in lines)


def _statuses(trial: Trial) -> dict[str, list[Operation]]:
    """Each node's answers, in time order."""
    found: dict[str, list[Operation]] = {}
    for line in trial.lines:
        if line.op == "status" and line.kind == "ok" and line.node is not None:
            found.setdefault(line.node, []).append(line)
    return found


def _members(trial: Trial) -> list[Operation]:
    """What PostgreSQL said of itself, in time order."""
    return sorted(
        (line for line in trial.lines if line.op == "status" and line.member is not None),
        key=lambda line: line.t_ms,
    )


def _leadership_before(trial: Trial) -> dict[str, Any]:
    """How many nodes led, and whether they named the same holder, by their last answers before the fault."""
    last = [
        before[-1]
        for lines in _statuses(trial).values()
        if (before := [line for line in lines if line.t_ms <= trial.at_ms])
    ]
    holders = {line.holder for line in last}
    return {
        "leaders": sum(line.role == "leader" for line in last),
        "holder_agreed": len(last) > 1 and len(holders) == 1 and None not in holders,
    }


def _loss_noticed_ms(trial: Trial) -> float | None:
    """From the fault until the last node said that its quorum is lost; None where one never did."""
    times = []
    for lines in _statuses(trial).values():
        lost = (line.t_ms for line in lines if line.t_ms >= trial.at_ms and line.quorum_health == "lost")
        first = next(lost, None)
        times.append(None if first is None else rounded(first - trial.at_ms))
    return worst(times)


def _accepting(trial: Trial, attempts: Sequence[Write], before: int | None) -> Write | None:
    """The first write acknowledged after the fault, of those that were sent after it: under a later epoch
    than before, where one begins; else after the first pause, where there is one. (A fault takes a moment to
    bite: what the old leader still acknowledges meanwhile is no recovery.)"""
    sent = [write for write in attempts if trial.at_ms <= write.sent_ms <= trial.end_ms]
    after = sorted(
        (write for write in sent if write.acknowledged and write.done_ms <= trial.end_ms),
        key=lambda write: write.done_ms,
    )
    later = [write for write in after if before is not None and (write.epoch or 0) > before]
    if later:
        return later[0]
    for former, write in pairwise(after):
        if write.done_ms - former.done_ms >= PAUSE_MS:
            return write
    ended = after and max(write.sent_ms for write in sent) - after[-1].done_ms >= GONE_MS
    return None if ended else next(iter(after), None)


def _promotion_ms(trial: Trial) -> float | None:
    """From the fault until another member takes writes on a higher timeline than was seen before it."""
    first = _promoted(trial)
    return None if first is None else rounded(first.t_ms - trial.at_ms)


def _promoted(trial: Trial) -> Operation | None:
    lines = _members(trial)
    before = [line.timeline or 0 for line in lines if line.t_ms <= trial.at_ms]
    highest = max(before, default=0)
    return next(
        (
            line
            for line in lines
            if line.read_write and line.member != trial.fault.member and (line.timeline or 0) > highest
        ),
        None,
    )


def _sync_ready_ms(trial: Trial) -> float | None:
    """From the fault until the promoted member has a synchronous replica."""
    promoted = _promoted(trial)
    if promoted is None:
        return None
    times = (
        line.t_ms
        for line in _members(trial)
        if line.t_ms >= promoted.t_ms
        and line.member == promoted.member
        and line.read_write
        and isinstance(line.value, int)
        and line.value > 0
    )
    first = next(times, None)
    return None if first is None else rounded(first - trial.at_ms)


def _shown_twice(trial: Trial, seen: Sequence[Sighting], earlier: Sequence[Operation]) -> int:
    """How many epochs that this trial shows were ever shown with two holders."""
    before = sightings(earlier, _attempts(earlier))
    events = named(elections([*earlier, *trial.lines]))
    here = {one.epoch for one in seen} | {epoch for epoch, _ in named(elections(trial.lines))}
    return len(here.intersection(shown_twice([*before, *seen], events)))


def _went_back(trial: Trial, seen: Sequence[Sighting]) -> int:
    """How often an epoch that was accepted under, or that a leader claimed, is lower than one before it."""
    order = epochs(seen, named(elections(trial.lines)))
    back = sum(later < earlier for earlier, later in pairwise(order))
    claims = sorted(
        (line.t_ms, _asked_ms(line), line.epoch)
        for lines in _statuses(trial).values()
        for line in lines
        if line.role == "leader" and line.epoch is not None
    )
    highest, reached_ms = 0, 0.0
    for at_ms, asked_ms, epoch in claims:
        if epoch < highest and asked_ms > reached_ms:
            back += 1
        elif epoch > highest:
            highest, reached_ms = epoch, at_ms
    return back


def _asked_ms(answer: Operation) -> float:
    """When the question was sent; where that was not written down, when the answer came."""
    return answer.t_ms if answer.asked_ms is None else answer.asked_ms


def _stale(attempts: Sequence[Write], seen: Sequence[Sighting]) -> int:
    """Writes that were sent after a higher epoch had been shown, and acknowledged under a lower one."""
    found = 0
    place, highest = 0, -1
    for write in sorted(attempts, key=lambda write: write.sent_ms):
        while place < len(seen) and seen[place].at_ms <= write.sent_ms:
            highest = max(highest, seen[place].epoch)
            place += 1
        found += write.acknowledged and write.epoch is not None and write.epoch < highest
    return found


def _cut_off(trial: Trial, attempts: Sequence[Write], lock_bound_ms: float | None) -> int | None:
    """Writes that the cut-off node acknowledged later than the lock bound after the cut, before the heal."""
    if lock_bound_ms is None or trial.series != "node-cut":
        return None
    return sum(
        write.acknowledged
        and write.by == trial.fault.node
        and trial.at_ms + lock_bound_ms < write.done_ms <= trial.heal_ms
        for write in attempts
    )


def _two_accepting_ms(attempts: Sequence[Write]) -> float:
    """The longest time in which two nodes acknowledged writes, each from its first to its last of an
    epoch."""
    spans: dict[tuple[str | None, int | None], tuple[float, float]] = {}
    for write in attempts:
        if write.acknowledged and write.epoch is not None:
            key = (write.by, write.epoch)
            first, last = spans.get(key, (write.done_ms, write.done_ms))
            spans[key] = (min(first, write.done_ms), max(last, write.done_ms))
    shared = [
        min(one[1], other[1]) - max(one[0], other[0])
        for (who, one), (whom, other) in combinations(spans.items(), 2)
        if who[0] != whom[0]
    ]
    return rounded(max((0.0, *shared)))


def _between(trial: Trial, attempts: Sequence[Write], seen: Sequence[Sighting], before: int | None) -> int:
    """Writes acknowledged between the last leader's end and the next one's start: sent after the old leader
    said that it leads no more (or after its death), and not under a later epoch."""
    if before is None:
        return 0
    holder = next(
        (one.holder for one in reversed(seen) if one.epoch == before and one.at_ms <= trial.at_ms), None
    )
    if trial.series == "node-kill":
        end_ms: float | None = trial.at_ms
    else:
        given_up = (
            line.t_ms
            for line in _statuses(trial).get(holder or "", ())
            if _asked_ms(line) >= trial.at_ms and line.role != "leader"
        )
        end_ms = next(given_up, None)
    if end_ms is None:
        return 0
    start_ms = min((one.at_ms for one in seen if one.epoch > before), default=trial.end_ms)
    return sum(
        write.acknowledged
        and (write.epoch is None or write.epoch <= before)
        and write.sent_ms > end_ms
        and write.done_ms < start_ms
        for write in attempts
    )


def _audit_in_order(trial: Trial, database: bool) -> bool | None:
    """Whether the audit trail tells the recovery in order: each node that lost its quorum regained it later,
    one did lose it where the database failed, and an election is there. None where no trail was read.

    `event` lines stand in the order of the trail; `node` is the event's source.
    """
    events = [line for line in trial.lines if line.op == "event" and isinstance(line.value, str)]
    if not events:
        return None
    lost: dict[str | None, bool] = {}
    for line in events:
        if line.value == LOST:
            lost[line.node] = True
        elif line.value == RESTORED and lost.get(line.node):
            lost[line.node] = False
    elected = any(line.value == ELECTED for line in events)
    return elected and not any(lost.values()) and (bool(lost) or not database)
