"""Whether a round is to be made now: decided from the journal, whoever calls and how often.

Timers are not believed: systemd's catch up after a reboot but misfire after a clock step, and cron does not
catch up at all. So a timer may call as often as it likes.
"""

from msgspec import Struct

from haproof.core.soak.fold import Fold, slot_of
from haproof.core.soak.lines import DAY_MS, HOUR_MS, Moment

PUNCTUAL = 0.1
"""The part of its interval within which a round is due; later it is late."""


class Decision(Struct, frozen=True):
    """`kind`: `due`, `late` (it is made now) or `early` (nothing is done).

    `wait_ms` is the time to the next one where it is early, `late_ms` how late it is, `missed` how many were
    never made since the last; simulated times.
    """

    kind: str
    slot: int
    wait_ms: float = 0.0
    late_ms: float = 0.0
    missed: int = 0

    @property
    def makes(self) -> bool:
        """Whether a round is made now."""
        return self.kind in ("due", "late")


def decide(fold: Fold, now: Moment) -> Decision:
    """What a round that is called now does, where no other one holds the lock."""
    interval_ms = fold.plan.interval_hours * HOUR_MS
    span_ms = fold.span_at(now)
    slot = slot_of(span_ms, fold.plan)
    if slot <= fold.last_slot:
        return Decision("early", slot, wait_ms=(fold.last_slot + 1) * interval_ms - span_ms)
    late_ms = span_ms - slot * interval_ms
    missed = slot - fold.last_slot - 1
    kind = "late" if missed or late_ms > PUNCTUAL * interval_ms else "due"
    return Decision(kind, slot, late_ms=late_ms, missed=missed)


def failover_due(fold: Fold) -> bool:
    """Whether a scheduled failover is due: they are spread evenly over the days that count."""
    wanted, made = fold.plan.scheduled_failovers, fold.totals.scheduled_failovers
    if made >= wanted:
        return False
    return fold.totals.counted_ms >= fold.plan.goal_days * DAY_MS * (made + 0.5) / wanted


def days_to_summarise(fold: Fold) -> list[int]:
    """Numbers of the finished days that have no summary yet."""
    return [day.number for day in fold.days if day.number not in fold.summaries]
