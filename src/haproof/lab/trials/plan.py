"""Which faults a run tries, how often, and about how long that takes."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.recovery.target import Nodes
from haproof.lab.scenario import Profile
from haproof.lab.systems.patroni_times import late_s, slower_s

PROFILES: dict[Profile, tuple[str, ...]] = {
    "quick": ("manager-term", "host-kill", "cut-full", "manager-kill"),
    "default": ("manager-term", "host-kill", "host-hang", "cut-full", "manager-kill"),
    "full": tuple(FAULTS),
}
REPEATED = {"host-kill": 5, "cut-full": 5, "manager-kill": 5}
"""In the full profile: GA-2 asks for five trials of each."""

UP_SECONDS = {"patroni": 15.0, "pg_auto_failover": 40.0, "repmgr": 15.0}
"""From nothing to healthy, on a quiet machine of two cores."""

HOLD_SECONDS = {"patroni": 45.0, "pg_auto_failover": 70.0, "repmgr": 45.0}
"""pg_auto_failover, by its defaults, calls a node lost after 20 s (node_considered_unhealthy_timeout) and,
with a second standby, lets nobody write to the promoted one for 30 s more (primary_demote_timeout)."""

LATE_SECONDS = {"pg_auto_failover": 30.0, "repmgr": 0.0}
"""Its times add up to 50 s, and on a busy machine (load 15 to 30) it served again only after 57 to 65 s."""

AROUND_SECONDS = 20.0
"""Of a trial beside its fault: under load before, until healthy after."""

SHORT_SECONDS = 25.0
"""Of a fault that ends with a promotion."""


@dataclass(frozen=True)
class Request:
    """What a person asked for. `faults` names a fault as often as it is tried."""

    system: str
    mode: str = "sync"
    members: int = 3
    profile: Profile = "default"
    faults: tuple[str, ...] = PROFILES["default"]
    seed: int = 0
    settings: dict[str, Any] = field(default_factory=dict)
    nodes: Nodes | None = None
    """The control plane (RECOVERY); None for the reference node."""

    held_s: float | None = None
    """How long a fault is held where the system's file says so."""

    at_most_s: float | None = None
    """For how long at most, where somebody has to take over and nobody has."""

    @property
    def hold_s(self) -> float:
        """How long a fault is held, in seconds: longer than the manager's own failure time."""
        return HOLD_SECONDS[self.system] + self.slower_s if self.held_s is None else self.held_s

    @property
    def late_s(self) -> float:
        """By how much longer it is held at most, where somebody has to take over and nobody has; the control
        lasts so much longer, too."""
        if self.held_s is not None:
            return 0.0 if self.at_most_s is None else self.at_most_s - self.held_s
        return late_s(self.settings) if self.system == "patroni" else LATE_SECONDS[self.system]

    @property
    def slower_s(self) -> float:
        """By how much later, in seconds, a replica takes over with these settings than with the smallest."""
        return slower_s(self.settings) if self.system == "patroni" and self.held_s is None else 0.0

    @property
    def left_out(self) -> dict[str, str]:
        """Every fault that was not asked for."""
        of_profile = PROFILES[self.profile]
        return {
            name: f"not asked for ({'--faults' if name in of_profile else f'profile {self.profile}'})"
            for name in FAULTS
            if name not in self.faults
        }


def chosen(profile: Profile, faults: Sequence[str] | None, trials: int | None) -> tuple[str, ...]:
    """The faults of a profile, or those that were named, each as often as it is to be tried."""
    names = PROFILES[profile] if faults is None else tuple(name for name in FAULTS if name in faults)
    usual = REPEATED if profile == "full" and faults is None else {}
    return tuple(name for name in names for _ in range(trials or usual.get(name, 1)))


def trial_seconds(fault: str, hold_s: float, slower_s: float = 0.0) -> float:
    """About how long one trial takes."""
    return AROUND_SECONDS + (min(SHORT_SECONDS + slower_s, hold_s) if FAULTS[fault].short else hold_s)


def seconds(request: Request) -> float:
    """About how long a run takes on a quiet machine."""
    up = UP_SECONDS.get(request.system, 0.0) + request.slower_s
    each = sum(trial_seconds(name, request.hold_s, request.slower_s) for name in request.faults)
    disks = len({FAULTS[name].disk for name in request.faults} - {None})
    again = up * len(request.faults) if request.system == "repmgr" else 0.0
    return up + AROUND_SECONDS / 2 + request.hold_s + request.late_s + each + disks * up + again
