"""Patroni's own times, which decide how long a fault must be held for its answer to be seen."""

from collections.abc import Mapping
from typing import Any

SMALLEST: Mapping[str, int] = {"ttl": 20, "loop_wait": 1, "retry_timeout": 3, "primary_start_timeout": 0}
"""The smallest times that Patroni accepts: ttl has a floor of 20 s (Patroni, dynamic configuration)."""

DEFAULT: Mapping[str, int] = {"ttl": 30, "loop_wait": 10, "retry_timeout": 10, "primary_start_timeout": 300}
"""What Patroni takes where nothing is said (patroni.readthedocs.io/en/latest/dynamic_configuration.html)."""

MOST = 3_600
"""Seconds at most; at least the smallest, to which Patroni would raise it."""

OTHERS = (
    "maximum_lag_on_failover", "maximum_lag_on_syncnode", "max_timelines_history", "check_timeline",
    "failsafe_mode", "synchronous_mode", "synchronous_mode_strict", "synchronous_node_count",
    "member_slots_ttl", "primary_stop_timeout",
)  # fmt: skip
"""Further dynamic settings that are one value (the same page)."""

FAILURE = ("ttl", "loop_wait", "retry_timeout")
"""Those that pass before a replica takes over: the lock expires, somebody looks, and asks again."""


def late_s(settings: Mapping[str, Any]) -> float:
    """Once more the ttl: where the store's leader is cut off with the primary, it elects another, which
    begins every lease anew; seen up to 47.5 s after a cut with a ttl of 20 s."""
    return float({**SMALLEST, **settings}["ttl"])


def slower_s(settings: Mapping[str, Any]) -> float:
    """By how many seconds at most these settings take over later than the smallest ones."""
    given = {name: settings.get(name) for name in FAILURE}
    return sum(
        max(0.0, float(value) - SMALLEST[name])
        for name, value in given.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    )
