"""VAL18's metrics and observations from a soak that was added up."""

from typing import Any

from haproof.core.soak.fold import Fold
from haproof.core.soak.lines import DAY_MS, HOUR_MS

SELF_REPORTED = "self-reported"


def metrics(fold: Fold, faults: int = 0) -> dict[str, Any]:
    """The metrics of a finished fold; `faults`: what the state file says otherwise than the journal."""
    totals, plan = fold.totals, fold.plan
    days = totals.counted_ms / DAY_MS
    down_s = totals.downtime_ms / 1000
    return {
        "goal_days": plan.goal_days,
        "days": days,
        "rounds": totals.rounds,
        "interval_hours": plan.interval_hours,
        "compressed": plan.compressed,
        "scheduled_failovers": fold.failovers.scheduled,
        "failover_ms": list(fold.failovers.scheduled_ms),
        "unplanned_failover_ms": list(fold.failovers.unplanned_ms),
        "data_continuity_rate": continuity(fold),
        "uptime": max(1 - down_s / (days * 86_400), 0) if days else None,
        "probe_interval_ms": plan.probe_interval_ms,
        "probes": totals.probes,
        "probes_missing": totals.missing,
        "downtime_seconds": down_s,
        "restarts": max(totals.starts - 1, 0),
        "clock_jumps": totals.clock_jumps,
        "chain_intact": fold.intact and not faults,
        "anchored": anchored(fold),
    }


def observations(fold: Fold) -> dict[str, Any]:
    """What each finished day added, one element a day; an outage that ends in a day counts to that day."""
    days = [day.totals for day in fold.days]
    return {
        "day_observed_hours": [round(day.counted_ms / HOUR_MS, 3) for day in days],
        "day_downtime_seconds": [round(day.downtime_ms / 1000, 3) for day in days],
        "day_reboots": [day.reboots for day in days],
        "day_scheduled_failovers": [day.scheduled_failovers for day in days],
        "day_unplanned_failovers": [day.unplanned_failovers for day in days],
        "day_clock_jumps": [day.clock_jumps for day in days],
    }


def continuity(fold: Fold) -> float | None:
    """The part of the acknowledged rows that was there in every comparison; None before the first one."""
    if not fold.checked:
        return None
    return 1 - min(fold.lost, fold.checked) / fold.checked


def anchored(fold: Fold) -> str:
    """To what the days' digests were anchored; self-reported unless every finished day was."""
    to = list(dict.fromkeys(fold.anchors.values()))
    if not to:
        return SELF_REPORTED
    done, days = len(fold.anchors), len(fold.days)
    if done < days:
        return f"{SELF_REPORTED} ({done} of {days} days anchored to {', '.join(to)})"
    return ", ".join(to)
