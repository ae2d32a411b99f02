"""Who served when: gaps, promotion, two servers at once, and how a trial went."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise
from typing import Literal

from msgspec import Struct

from haproof.core.histories.clusters.reading import Trial, Write
from haproof.core.histories.timing import rounded

TrialOutcome = Literal["fails over", "stays and serves", "stays and refuses"]

LAST_MS = 5_000
"""A cluster serves if it acknowledged writes in this last part of the hold (contract of CLUSTER)."""

NAMELESS = "unknown"
"""Where an acknowledgement names no member."""

LOCAL = "local:"
"""How `via` of a client on a member's own host begins."""


class Service(Struct, frozen=True, kw_only=True):
    """One trial's fault and what clients were acknowledged around it; the control has no fault, and begins
    with its first acknowledgement. Times are milliseconds of the history's clock."""

    acknowledged: list[Write]
    begin_ms: float | None
    heal_ms: float
    end_ms: float
    old_primary: str | None
    timeline: int | None

    @classmethod
    def of(cls, trial: Trial) -> "Service":
        """From the lines of a trial."""
        found = sorted(
            (write for write in trial.writes() if write.outcome == "acknowledged"),
            key=lambda write: write.done_ms,
        )
        begin_ms: float | None = None
        old, timeline = None, None
        if trial.fault is not None:
            begin_ms, old, timeline = trial.fault.t_ms, trial.fault.member, trial.fault.timeline
        elif found:
            begin_ms = found[0].done_ms
        before = [write for write in found if begin_ms is not None and write.done_ms <= begin_ms]
        if before:
            old = before[-1].member if old is None else old
            timeline = before[-1].timeline if timeline is None else timeline
        return cls(
            acknowledged=found,
            begin_ms=begin_ms,
            heal_ms=trial.end_ms if trial.heal is None else trial.heal.t_ms,
            end_ms=trial.end_ms,
            old_primary=old,
            timeline=timeline,
        )

    def before_fault(self) -> int:
        """How many writes were acknowledged before the fault."""
        return sum(
            self.begin_ms is not None and write.done_ms <= self.begin_ms for write in self.acknowledged
        )

    def gap_ms(self, via: str) -> float | None:
        """The longest time without an acknowledgement to clients of a kind, from the last one before the
        fault up to the end. None where there was none before."""
        if self.begin_ms is None:
            return None
        times = [write.done_ms for write in self.acknowledged if write.via == via]
        before = [moment for moment in times if moment <= self.begin_ms]
        if not before:
            return None
        inside = [moment for moment in times if self.begin_ms < moment < self.end_ms]
        return rounded(max(b - a for a, b in pairwise([before[-1], *inside, self.end_ms])))

    def promoted(self) -> Write | None:
        """The first write that another server acknowledged on a higher timeline."""
        return next((write for write in self.acknowledged if self._higher(write)), None)

    def promotion_ms(self) -> float | None:
        """From the fault to that write."""
        first = self.promoted()
        return None if first is None or self.begin_ms is None else rounded(first.done_ms - self.begin_ms)

    def outcome(self) -> TrialOutcome | None:
        """How the trial went, by clients off the members over the hold. None where it was none of the three:
        of what was sent after the heal nothing was acknowledged. (A write that was sent before it, and had to
        wait for it, says nothing of service after it.)"""
        off = [write for write in self.acknowledged if not (write.via or "").startswith(LOCAL)]
        if any(self._higher(write) and write.done_ms <= self.heal_ms for write in off):
            return "fails over"
        last = {write.via for write in off if self.heal_ms - LAST_MS <= write.done_ms <= self.heal_ms}
        if {"pooled", "connect"} <= last:
            return "stays and serves"
        again = any(write.done_ms > self.heal_ms and write.sent_ms >= self.heal_ms for write in off)
        return "stays and refuses" if again else None

    def on_isolated(self) -> list[Write]:
        """What the server that the fault hit acknowledged between fault and heal, of what was sent after the
        fault."""
        begin_ms = self.begin_ms
        if begin_ms is None or self.old_primary is None:
            return []
        return [
            write
            for write in self.acknowledged
            if write.member == self.old_primary
            and write.timeline == self.timeline
            and write.sent_ms >= begin_ms
            and write.done_ms <= self.heal_ms
        ]

    def _higher(self, write: Write) -> bool:
        """Whether another server than the old primary acknowledged this after the fault, on a higher
        timeline."""
        return (
            self.begin_ms is not None
            and write.done_ms > self.begin_ms
            and write.member is not None
            and write.member != self.old_primary
            and (write.timeline or 0) > (self.timeline or 0)
        )


class Served(Struct, frozen=True, kw_only=True):
    """What one server acknowledged on one timeline: from the first to the last, in milliseconds after the
    fault (before it: negative; of the control: after its first acknowledgement), how many writes, and how
    many of them are not there at the end."""

    member: str
    timeline: int | None
    from_ms: float
    to_ms: float
    acknowledged: int
    lost: int | None


def served(acknowledged: Iterable[Write], begin_ms: float, lost: Sequence[Write] | None) -> list[Served]:
    """Every server's share, in the order of their first acknowledgements. `lost` is None where that is not
    known."""
    groups: dict[tuple[str, int | None], list[float]] = {}
    for write in acknowledged:
        groups.setdefault((write.member or NAMELESS, write.timeline), []).append(write.done_ms - begin_ms)
    gone = Counter((write.member or NAMELESS, write.timeline) for write in lost or ())
    found = [
        Served(
            member=member,
            timeline=timeline,
            from_ms=rounded(min(times)),
            to_ms=rounded(max(times)),
            acknowledged=len(times),
            lost=None if lost is None else gone[member, timeline],
        )
        for (member, timeline), times in groups.items()
    ]
    return sorted(found, key=lambda one: (one.from_ms, one.member))


def overlap_ms(acknowledged: Iterable[Write]) -> float:
    """How long two servers acknowledged writes at the same time: the longest intersection of the intervals of
    two groups of different servers, a group being what one server acknowledged on one timeline."""
    spans: dict[tuple[str | None, int | None], tuple[float, float]] = {}
    for write in acknowledged:
        key = (write.member, write.timeline)
        first, last = spans.get(key, (write.done_ms, write.done_ms))
        spans[key] = (min(first, write.done_ms), max(last, write.done_ms))
    return rounded(max(_intersections(list(spans.items())), default=0.0))


def _intersections(
    spans: Sequence[tuple[tuple[str | None, int | None], tuple[float, float]]],
) -> Iterator[float]:
    for (one, (first, last)), (other, (begin, end)) in combinations(spans, 2):
        if one[0] != other[0]:
            yield max(0.0, min(last, end) - max(first, begin))
