"""How a soak stands, in words and figures."""

from collections.abc import Iterator
from typing import Any

from haproof.core.soak.figures import metrics
from haproof.core.soak.fold import Fold
from haproof.core.soak.lines import DAY_MS, HOUR_MS, Moment
from haproof.core.soak.schedule import decide

COMPRESSED = "COMPRESSED SOAK: its days are simulated; it never meets GA-1"


def standing(fold: Fold, now: Moment) -> dict[str, Any]:
    """Everything that `soak status` says, for programs."""
    plan, decision = fold.plan, decide(fold, now)
    return {
        "soak": plan.soak,
        "system": plan.system,
        "database": plan.database,
        "compressed": plan.compressed,
        "compression": plan.compression,
        "next_round": decision.kind,
        "next_round_in_hours": round(decision.wait_ms / HOUR_MS, 3),
        "last_probe_ok": fold.last_probe_ok,
        "last_failure": fold.last_why,
        "faults": list(fold.faults),
        "rows_acknowledged": sum(high - low + 1 for low, high in fold.acknowledged),
        "rows_lost": fold.lost,
        "reboots": fold.totals.reboots,
        "prober_cpu_ms": fold.cpu_ms,
        "prober_peak_bytes": fold.peak_bytes,
        "metrics": metrics(fold),
    }


def lines(fold: Fold, now: Moment) -> Iterator[str]:
    """The same for people."""
    plan, totals, said = fold.plan, fold.totals, standing(fold, now)
    figures = said["metrics"]
    if plan.compressed:
        yield f"{COMPRESSED} (1 s stands for {plan.compression:g} s)"
    yield f"Soak {plan.soak} of {plan.system}, {plan.database}"
    yield f"  observed      {totals.counted_ms / DAY_MS:.3f} of {plan.goal_days:g} days"
    yield f"  uptime        {_percent(figures['uptime'])} ({figures['downtime_seconds']:,.1f} s down)"
    yield f"  probes        {totals.probes:,} made ({totals.failed:,} failed), {totals.missing:,} missing"
    yield f"  rounds        {totals.rounds:,} made; the next one: {_next(said)}"
    yield f"  failovers     {_times(figures['failover_ms'])} planned of {plan.scheduled_failovers}"
    yield f"                {_times(figures['unplanned_failover_ms'])} unplanned"
    yield f"  rows          {said['rows_acknowledged']:,} acknowledged, {_compared(fold)}"
    yield f"  interruptions {_interruptions(fold)}"
    yield f"  journal       {'intact' if fold.intact else 'NOT intact'}; {figures['anchored']}"
    for fault in fold.faults:
        yield f"    {fault}"
    if fold.last_probe_ok is False:
        yield f"  down now      {fold.last_why}"


def _percent(uptime: float | None) -> str:
    return "not measured" if uptime is None else f"{int(uptime * 10_000_000) / 100_000:.5f} %"


def _next(said: dict[str, Any]) -> str:
    hours = said["next_round_in_hours"]
    return f"in {hours:.2f} h" if said["next_round"] == "early" else f"{said['next_round']} now"


def _times(values: list[float | None]) -> str:
    shown = ", ".join("not measured" if value is None else f"{value:,.0f} ms" for value in values)
    return f"{len(values)} ({shown})" if values else "0"


def _compared(fold: Fold) -> str:
    if fold.checked is None:
        return "not compared yet"
    return f"{fold.lost:,} lost of {fold.checked:,} compared"


def _interruptions(fold: Fold) -> str:
    totals = fold.totals
    return (
        f"{totals.reboots} reboots, {max(totals.starts - 1, 0)} restarts of the prober, "
        f"{totals.clock_jumps} clock steps, {totals.unwritten} probes not written"
    )
