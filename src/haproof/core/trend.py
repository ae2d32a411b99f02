"""Where the course of a figure changed for good: a rank test over windows of runs. Pure.

For each of the latest runs, those before it and those from it on are compared, up to `WINDOW_RUNS` on each
side, by the test of `core.mann_whitney`. Many runs of many figures are tried, so the limit is divided by the
number of trials (Bonferroni): of a hundred histories in which nothing changes at most five show a change.
Where there are so few runs that no course at all could pass, that is said instead (docs/comparing.md).
"""

import math
from collections.abc import Sequence

from msgspec import Struct

from haproof.core.described import Figure
from haproof.core.drift import TOLERANCE_PERCENT
from haproof.core.figures import median
from haproof.core.history import History, Series
from haproof.core.mann_whitney import p_value, score, smallest_p_value

LATEST_RUNS = 100
"""Runs that are looked at, and drawn."""

WINDOW_RUNS = 20
"""Most runs on each side of a change that are compared: what was long ago says little of today."""

FEWEST_RUNS = 5
"""Fewest runs on each side."""

CHANCE = 0.05
"""Probability that a history without a change shows one in any of its figures."""


class Change(Struct, frozen=True, kw_only=True):
    """One figure's latest change. `since` is the run (from 0) from which on it is another.

    `before` and `after` are the medians of so many runs; infinite where most were not measured. `lasts` is
    False where the latest runs are nearer to what was before.
    """

    slice: str
    name: str
    figure: Figure
    unit: str | None
    limit: float | None
    since: int
    before: float
    after: float
    runs_before: int
    runs_after: int
    p_value: float
    lasts: bool


class Trends(Struct, frozen=True, kw_only=True):
    """The changes, largest first. `comparable` is how many runs at the end can be compared with one another,
    `needed` how many it takes before any change can be told from chance."""

    changes: tuple[Change, ...]
    comparable: int
    needed: int

    @property
    def refused(self) -> bool:
        """Whether there are too few runs to say anything."""
        return self.comparable < self.needed


def trends(history: History) -> Trends:
    """The latest change of each figure, as far as the data can show one."""
    stretches = [(series, _stretch(history, series)) for series in history.series]
    moving = [(series, runs) for series, runs in stretches if _moves(series, runs)]
    trials = sum(max(len(runs) - 2 * FEWEST_RUNS + 1, 0) for _, runs in moving)
    limit = CHANCE / max(trials, 1)
    changes = [
        change for series, runs in moving if (change := _latest_change(series, runs, limit)) is not None
    ]
    return Trends(
        changes=tuple(sorted(changes, key=_size, reverse=True)),
        comparable=max((len(runs) for _, runs in stretches), default=0),
        needed=_needed(max(len(moving), 1)),
    )


def _moves(series: Series, runs: Sequence[int]) -> bool:
    """Whether there is more than one value: a figure that never moves cannot show a change by chance."""
    return len({series.values[n] if series.given[n] else None for n in runs}) > 1


def _needed(figures: int) -> int:
    """The fewest runs with which so many figures could show a change in the middle."""
    runs = 2 * FEWEST_RUNS
    while smallest_p_value(runs // 2, runs - runs // 2) * figures * (runs - 2 * FEWEST_RUNS + 1) >= CHANCE:
        runs += 1
    return runs


def _stretch(history: History, series: Series) -> list[int]:
    """The latest runs that have the figure, measured under the same conditions, with no obstacle between."""
    runs: list[int] = []
    last = len(history.runs) - 1
    for n in range(last, max(last - LATEST_RUNS, -1), -1):
        if series.given[n]:
            if runs and not _same_conditions(series, n, runs[-1]):
                break
            runs.append(n)
        if n in history.breaks:
            break
    return runs[::-1]


def _same_conditions(series: Series, one: int, other: int) -> bool:
    """Whether two runs measured the figure under the same settings."""
    return all(
        values[one] == values[other] or (math.isnan(values[one]) and math.isnan(values[other]))
        for values in series.conditions.values()
    )


def _latest_change(series: Series, runs: Sequence[int], limit: float) -> Change | None:
    """The last of the changes that are found one after the other, each in what follows the one before."""
    values = [math.inf if math.isnan(series.values[n]) else series.values[n] for n in runs]
    found: Change | None = None
    start = 0
    while (split := _best_split(values, start)) is not None:
        before, after = values[max(start, split - WINDOW_RUNS) : split], values[split : split + WINDOW_RUNS]
        p = p_value(before, after)
        middles = median(before), median(after)
        if p >= limit or _too_small(series, runs[split], *middles):
            break
        found, start = _change(series, runs[split], before, after, p, values[-FEWEST_RUNS:]), split
    return found


def _best_split(values: Sequence[float], start: int) -> int | None:
    """Where the runs before and after are farthest apart; None where there are too few."""
    splits = range(start + FEWEST_RUNS, len(values) - FEWEST_RUNS + 1)
    return max(
        splits,
        key=lambda n: score(values[max(start, n - WINDOW_RUNS) : n], values[n : n + WINDOW_RUNS]),
        default=None,
    )


def _change(
    series: Series,
    since: int,
    before: Sequence[float],
    after: Sequence[float],
    p: float,
    latest: Sequence[float],
) -> Change:
    """The change at one run."""
    old, new, now = median(list(before)), median(list(after)), median(list(latest))
    middle = (old + new) / 2
    return Change(
        slice=series.slice,
        name=series.name,
        figure=series.figure,
        unit=series.unit,
        limit=series.limit,
        since=since,
        before=old,
        after=new,
        runs_before=len(before),
        runs_after=len(after),
        p_value=p,
        lasts=now >= middle if new > old else now <= middle,
    )


def _too_small(series: Series, run: int, before: float, after: float) -> bool:
    """Whether the medians differ by less than the tolerance, or than the poll that saw the figure."""
    if before == after:
        return True
    if math.isinf(before) or math.isinf(after):
        return False
    shift = abs(after - before)
    poll = series.conditions.get("poll_interval_ms") if series.figure.polled else None
    if poll is not None and shift < poll[run]:
        return True
    return shift * 100 < TOLERANCE_PERCENT * min(before, after)


def _size(change: Change) -> float:
    """How much larger or smaller, whichever it is."""
    low, high = sorted((change.before, change.after))
    return math.inf if low == 0 or math.isinf(high) else high / low
