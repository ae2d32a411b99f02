"""What the raw file of ZONES yields."""

from collections.abc import Iterable
from typing import Any

from haproof.core.kind import Recount
from recipe.zones.record import ZonesRecord


def from_trials(lines: Iterable[bytes], _record: ZonesRecord) -> dict[str, Any]:
    """One time in milliseconds a line. Raises ValueError for anything else."""
    times = [float(line) for line in lines]
    return {"zone_trials_ms": times, "zone_failover_ms": max(times, default=None)}


RECOUNTS = (Recount("trials.txt", ("zone_trials_ms", "zone_failover_ms"), from_trials),)
