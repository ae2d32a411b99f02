"""The history as text: where things stand, the runs, and the course of each figure over them."""

import math
from collections.abc import Sequence

from haproof.core.figures import number
from haproof.core.history import History, Run, Series
from haproof.core.trend import LATEST_RUNS, Trends, trends
from haproof.render.diff.wording import difference, percent
from haproof.render.document.plain.lines import Line, Lines, Title, Unbroken
from haproof.render.history import View, wording
from haproof.render.history.course import course, drawn_top, target_words
from haproof.render.writers.text import write

BARS = "▁▂▃▄▅▆▇█"
BEYOND, NOT_MEASURED, NOT_GIVEN = "▲", "×", "·"
MOST_BARS = 60
"""Longest course that is drawn: the latest runs."""


def render(view: View) -> bytes:
    """The text in UTF-8: the same bytes for the same history and the same number of columns."""
    return write(lines(view.history), view.columns)


def lines(history: History) -> Lines:
    """A summary, the runs, the figures."""
    found = trends(history)
    yield Line(f"VAL26 — History of {wording.count(len(history.runs))}")
    yield Line(f"Evidence of {wording.period(history)}")
    yield Line("")
    for sentence in (*wording.summary(history), *wording.changes(history, found)):
        yield Line(sentence)
    yield from _runs(history)
    yield Title("Metrics (worst of a run; first, latest, worst run, course over the runs)")
    for series in history.series:
        yield from _series(history, series, found)
    if not history.series:
        yield Line("none measured", 1)
    yield Line("")
    yield Line(
        f"Course: the latest {MOST_BARS} runs from 0 up, {BEYOND} far above the others; "
        f"{NOT_MEASURED} not measured, {NOT_GIVEN} not given."
    )


def _runs(history: History) -> Lines:
    """The latest runs, oldest first."""
    first = max(len(history.runs) - LATEST_RUNS, 0)
    yield Title("Runs (oldest first)")
    if first:
        yield Line(f"{wording.count(first)} before these: in the history file (--format jsonl)", 1)
    digits = max(len(f"{len(history.runs):,}"), 2)
    for n, run in enumerate(history.runs[first:], first):
        for stop in history.breaks.get(n, ()):
            yield Line(f"not comparable with the run before: {difference(stop)}", 2, hang=2)
        yield from _run(f"{n + 1:>{digits},}", run)


def _run(position: str, run: Run) -> Lines:
    """One run: when, what it came to, of which version, and where it is."""
    checks = f"{run.passed}/{run.total} checks"
    wrong = ", ".join(f"{row.id} {row.status}" for row in run.rows if row.status != "PASS")
    said = f"{wording.SIGNS[run.state]} {run.verdict}; {checks}{f'; {wrong}' if wrong else ''}"
    said += f"; version {run.version}"
    indent = len(position) + 2
    yield Line(f"{position}  {run.evidence_of or 'no known time'}  {said}", 0, hang=indent)
    yield Unbroken(" " * indent + run.evidence_dir)


def _series(history: History, series: Series, found: Trends) -> Lines:
    """One figure over all runs."""
    told = course(series)
    unit = f" {series.unit}" if series.unit else ""
    target = target_words(series)
    yield Line(f"{series.slice} {series.name}{f' [target {target}]' if target else ''}", 1, hang=6)
    limit = series.limit
    latest = "not given" if not told.given else "not measured"
    if told.latest is not None:
        latest = f"{number(told.latest, limit)}{unit}"
    said = [
        f"first {number(told.first, limit)}{unit}",
        f"latest {latest}",
        f"worst {number(told.worst, limit)}{unit} (run {told.worst_run + 1})",
        f"measured in {told.measured:,} of {wording.count(len(series.values))}",
    ]
    if series.margin_percent is not None:
        said.insert(2, f"margin {percent(series.margin_percent)} %")
    yield Line("; ".join(said), 3)
    for change in found.changes:
        if (change.slice, change.name) == (series.slice, series.name):
            yield Line(wording.change_words(history, change), 3)
    yield Line(_drawn(series), 3)


def _drawn(series: Series) -> str:
    """The course as bars."""
    first = max(len(series.values) - MOST_BARS, 0)
    values: Sequence[float] = series.values[first:]
    top = drawn_top(values)
    bars = []
    for n, value in enumerate(values, first):
        if math.isnan(value):
            bars.append(NOT_MEASURED if series.given[n] else NOT_GIVEN)
        elif value > top:
            bars.append(BEYOND)
        else:
            bars.append(BARS[round(value / top * (len(BARS) - 1))] if top else BARS[0])
    return "".join(bars)
