"""Setting a soak up: the plan is agreed once, the system asked who it is, the folder made."""

import secrets
from dataclasses import dataclass
from pathlib import Path

from haproof.core.soak.lines import Plan
from haproof.errors import UsageError
from haproof.soak.folder import SoakFolder, Target
from haproof.soak.opening import system_of
from haproof.soak.system import Unreachable
from haproof.soak.units import write_units

SHORTEST_INTERVAL_S = 0.05
"""Real seconds between two probes; a probe takes some 5 ms."""


@dataclass(frozen=True)
class Wish:
    """What a person asks for; simulated times, as in the plan."""

    goal_days: float
    interval_hours: float
    probe_interval_s: float
    compression: float
    scheduled_failovers: int


def begin(path: Path, target: Target, wish: Wish) -> SoakFolder:
    """A new soak of a system that answers now. Raises UsageError, OutputError."""
    _refuse(path, target, wish)
    soak = secrets.token_hex(4)
    system = system_of(target, soak)
    try:
        system.set_up()
        identity = system.identity()
    except Unreachable as fault:
        raise UsageError(f"the system cannot be reached: {fault}") from None
    finally:
        system.close()
    agreed = Plan(
        soak=soak,
        goal_days=wish.goal_days,
        interval_hours=wish.interval_hours,
        probe_interval_ms=round(wish.probe_interval_s * 1000),
        compression=wish.compression,
        scheduled_failovers=wish.scheduled_failovers,
        system=identity.system,
        cluster_id=identity.cluster_id,
        database=identity.database,
        version=identity.version,
    )
    folder = SoakFolder.create(path, agreed, target)
    write_units(path, wish.interval_hours / wish.compression)
    return folder


def _refuse(path: Path, target: Target, wish: Wish) -> None:
    """Raise UsageError for what cannot be begun."""
    if path.exists() and (not path.is_dir() or any(path.iterdir())):
        raise UsageError(
            f"{str(path)!r} is there and not empty, and a soak is never begun again over another one: go on "
            "with it (haproof soak status), or name a new folder"
        )
    if wish.scheduled_failovers and not target.failover_command and not target.file:
        raise UsageError(
            "a planned failover needs --failover-command, such as 'patronictl switchover --force'; with "
            "--scheduled-failovers 0 none is made, and VAL18-02 fails"
        )
    if wish.probe_interval_s / wish.compression < SHORTEST_INTERVAL_S:
        raise UsageError(
            f"--compress {wish.compression:g} makes {wish.probe_interval_s:g} s between probes shorter than "
            f"{SHORTEST_INTERVAL_S:g} s, which no prober keeps up with: compress less, or probe less often"
        )
