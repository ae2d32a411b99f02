"""What is said of a history, in every format."""

import math
from collections.abc import Sequence

from haproof.core.described import Figure
from haproof.core.drift import probability
from haproof.core.figures import cut, grouped
from haproof.core.history import History, Run, Series, State
from haproof.core.standing import Standing, standing
from haproof.core.trend import CHANCE, Change, Trends

SIGNS: dict[State, str] = {"ready": "✓", "not ready": "✗", "inconclusive": "?"}
"""The sign of a run's verdict; words always stand next to it."""

FACTORS = ((0.5, "halved"), (2.0, "doubled"), (3.0, "tripled"), (4.0, "quadrupled"))
NEARLY = 0.05
"""How far from a factor, in proportion, its word is still used."""


def count(runs: int) -> str:
    """`1 run`, `10,000 runs`."""
    return f"{runs:,} run{'' if runs == 1 else 's'}"


def run_words(history: History, position: int) -> str:
    """`run 15 (2026-11-13)`."""
    return f"run {position + 1:,} ({history.runs[position].day})"


def label(figure: Figure, name: str) -> str:
    """A figure in words, as it begins a sentence."""
    if figure.counts is not None:
        words = figure.counts[1]
        return words[:1].upper() + words[1:]
    return figure.subject or figure.label or name.replace("_", " ")


def period(history: History) -> str:
    """`2026-10-30 to 2026-11-18`."""
    days = [run.day for run in history.runs if run.at]
    if not days:
        return "no known time"
    return days[0] if days[0] == days[-1] else f"{days[0]} to {days[-1]}"


def summary(history: History) -> list[str]:
    """The state of things in a few sentences, the most important first."""
    now, last = standing(history.runs), len(history.runs) - 1
    latest = history.runs[last]
    ready = f"{now.ready:,} of {count(len(history.runs))} {_be(now.ready)} ready for design partners"
    said = [f"{ready}; the latest is {run_words(history, last)}: {_verdict(latest)}."]
    if not latest.ready and last:
        said.append(f"Not ready since {run_words(history, now.since)}{_failing(history, now)}.")
    if now.first_bad is not None and now.first_bad != now.since:
        said.append(f"First run that was not ready: {run_words(history, now.first_bad)}.")
    if latest.ready and now.first_bad is not None:
        said.append(f"Ready again since {run_words(history, now.since)}.")
    if history.not_judged:
        unknown = ", ".join(f"{cut(name)} ({count(runs)})" for name, runs in history.not_judged.items())
        said.append(f"Not judged by this version of haproof, as reported by the one that did: {unknown}.")
    return said


def _verdict(run: Run) -> str:
    """The verdict, and where nothing failed what that means."""
    return f"{run.verdict}, inconclusive" if run.state == "inconclusive" else run.verdict


def _failing(history: History, now: Standing) -> str:
    """`: VAL13 FAIL, VAL14 MISSING since run 19 (2026-11-17)`."""
    rows = [
        f"{row.id} {row.status}" + ("" if row.run == now.since else f" since {run_words(history, row.run)}")
        for row in now.failing
    ]
    return f": {', '.join(rows)}" if rows else ""


def changes(history: History, found: Trends) -> list[str]:
    """What the charts show, or why nothing is said of it."""
    if not history.series:
        return ["Changes over time: none to look for, since no run has a figure that is followed over runs."]
    runs = f"{found.comparable:,} comparable run{'' if found.comparable == 1 else 's'}"
    if found.refused:
        needed = f"at least {found.needed} are needed"
        return [
            f"Changes over time: {runs} {_be(found.comparable)} too few to tell one from chance ({needed})."
        ]
    if not found.changes:
        chance = f"rank test, chance of a false change below {CHANCE * 100:g} %"
        return [f"Changes over time: none shown in the latest {runs} ({chance})."]
    return [change_words(history, change) for change in found.changes]


def _be(runs: int) -> str:
    return "is" if runs == 1 else "are"


def change_words(history: History, change: Change) -> str:
    """`SIGTERM graceful failover doubled since run 15 (2026-11-13): median 104 ms …`."""
    when = run_words(history, change.since)
    called, word = label(change.figure, change.name), "since" if change.lasts else "at"
    moved = f"{called} ({change.slice}) {_moved(change)} {word} {when}"
    figures = (
        f"median {_figure(change.after, change)} in {count(change.runs_after)}, "
        f"{_figure(change.before, change)} in the {change.runs_before} before ({probability(change.p_value)})"
    )
    ended = "" if change.lasts else "; the latest runs are nearer to what was before"
    return f"{moved}: {figures}{_version(history.runs, change.since)}{ended}."


def _moved(change: Change) -> str:
    """The verb, with how much."""
    if math.isinf(change.after):
        return "is not measured in most runs"
    if math.isinf(change.before):
        return "is measured in most runs"
    if not change.before:
        return f"rose from {_figure(change.before, change)}"
    factor = change.after / change.before
    for exact, word in FACTORS:
        if abs(factor - exact) <= exact * NEARLY:
            return word
    if factor >= FACTORS[1][0]:
        return f"rose to {factor:.1f} times as much"
    percent = f"{abs(factor - 1) * 100:.0f} %"
    return f"rose by {percent}" if factor > 1 else f"fell by {percent}"


def number_words(value: float, of: Series | Change) -> str:
    """`1,020 ms`, as a person reads it: three digits, but never rounded across the limit."""
    unit = f" {of.unit}" if of.unit else ""
    rounded = float(f"{value:.3g}") if value < 1000 else float(round(value))
    across = of.limit is not None and (rounded <= of.limit) != (value <= of.limit)
    return f"{grouped(value if across else rounded, of.limit)}{unit}"


def exact_words(value: float, of: Series | Change) -> str:
    """`1,019.627 ms`."""
    return f"{grouped(value, of.limit)}{f' {of.unit}' if of.unit else ''}"


def _figure(value: float, change: Change) -> str:
    """A median."""
    return "not measured" if math.isinf(value) else number_words(value, change)


def _version(runs: Sequence[Run], since: int) -> str:
    """Whether another version of the system begins with this run."""
    old, new = runs[since - 1].version, runs[since].version
    return f"; the first run of system version {new}" if old != new else ""
