"""About how long a slice takes, so that a person who watches knows what to wait for.

Wall-clock seconds of the reference node on a quiet machine of two cores; a busy machine or a slow system
takes longer. `quick`, `default` and PITR are one run each of 2026-11-28 at a load of 1.0; `full` follows from
its trials, sizes and outages. Nothing is decided by these figures.
"""

from collections.abc import Iterable, Mapping

from haproof.lab.scenario import TRIALS, Options, Profile

SECONDS: Mapping[str, Mapping[Profile, float]] = {
    "VAL13": {"quick": 17, "default": 26, "full": 55},
    "VAL14": {"quick": 5, "default": 33, "full": 100},
    "VAL15": {"quick": 7, "default": 11, "full": 25},
    "VAL16": {"quick": 3, "default": 4, "full": 4},
    "VAL17": {"quick": 11, "default": 16, "full": 40},
    "PITR": {"quick": 20, "default": 20, "full": 20},
}
TRIAL_SECONDS = 1.3
"""A trial of VAL13 more or less: one SIGTERM and one SIGKILL, each until the killed node is back."""

Plan = Mapping[str, float]
"""Seconds of each slice of a run, by its id, in the order of the run."""


def plan(slices: Iterable[str], options: Options) -> Plan:
    """What each of these slices is going to take."""
    return {name: _seconds(name, options) for name in slices}


def _seconds(name: str, options: Options) -> float:
    more = options.trials - TRIALS[options.profile] if name == "VAL13" else 0
    return SECONDS[name][options.profile] + more * TRIAL_SECONDS


def about(seconds: float) -> str:
    """`25 s`, `1 min 50 s`: to five seconds from twenty on, because more would promise too much."""
    minutes, rest = divmod(_rounded(seconds), 60)
    return " ".join([f"{minutes} min"] * (minutes > 0) + [f"{rest} s"] * (rest > 0 or not minutes))


def _rounded(seconds: float) -> int:
    return round(seconds) if seconds < 20 else round(seconds / 5) * 5


def words(expected: Plan) -> str:
    """`about 1 min 50 s (VAL13 50, VAL14 40, … s)`; of one slice only the whole."""
    whole = f"about {about(sum(expected.values()))}"
    if len(expected) == 1:
        return whole
    each = ", ".join(f"{name} {_rounded(seconds)}" for name, seconds in expected.items())
    return f"{whole} ({each} s)"
