"""What a soak says of GAP-1, and what keeps it from meeting GA-1."""

from collections.abc import Iterator

from haproof.core.figures import grouped
from haproof.kinds.soak.limits import GOAL_DAYS
from haproof.kinds.soak.record import SoakRecord


def measured(record: SoakRecord) -> str | None:
    """The days and the uptime, with how far they are to be believed; None where nothing was observed."""
    metrics = record.metrics
    if not metrics.days:
        return None
    days = f"{metrics.days:.2f} {'simulated days (compressed soak)' if metrics.compressed else 'days'}"
    uptime = "uptime not measured" if metrics.uptime is None else f"uptime {percent(metrics.uptime)}"
    count = "an unknown number of" if metrics.scheduled_failovers is None else metrics.scheduled_failovers
    return f"{days} observed, {uptime}, {count} scheduled failovers, {metrics.anchored or 'self-reported'}"


def remarks(record: SoakRecord) -> Iterator[str]:
    """What is said beside the figures of a soak whose days are not days."""
    if record.metrics.compressed is not False:
        unsure = "" if record.metrics.compressed else " or may be"
        yield (
            f"The soak is{unsure} compressed: its days, intervals and downtime are simulated, and it never "
            "meets GA-1"
        )


def percent(part: float) -> str:
    """A part of 1 in percent, cut off, so that 0.9989999 is no 99.9 %."""
    return f"{int(part * 1_000_000) / 10_000:g} %"


def falls_short(record: SoakRecord) -> str | None:
    """Why a soak that passes does not meet GA-1; None where it does."""
    metrics = record.metrics
    if metrics.compressed is not False:
        return "the soak is compressed: its days are simulated"
    if metrics.goal_days is None or metrics.goal_days < GOAL_DAYS:
        goal = "unknown" if metrics.goal_days is None else grouped(metrics.goal_days)
        return f"agreed on {goal} days, not {GOAL_DAYS}"
    return None
