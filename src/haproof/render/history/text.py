"""The history as text: the runs, and the course of each figure over them."""

from haproof.core.figures import number, shown
from haproof.core.history import Entry, History, Series
from haproof.render.diff.wording import difference, percent
from haproof.render.history.course import course, target_words
from haproof.render.text.page import Page

BARS = "▁▂▃▄▅▆▇█"
NOT_MEASURED, NOT_GIVEN = "×", "·"
SHOWN_RUNS = 60
"""Longest course that is drawn: the latest runs."""


def render(history: History) -> bytes:
    """The text in UTF-8: the same bytes for the same history."""
    page = Page()
    count = len(history.entries)
    page.line(f"VAL26 — History of {count} run{'' if count == 1 else 's'}")
    page.title("Runs (oldest first)")
    for number_, entry in enumerate(history.entries, 1):
        if history.breaks[number_ - 1]:
            page.line("     not comparable with the run before:", 0)
        for stop in history.breaks[number_ - 1]:
            page.line(f"       {difference(stop)}", 0, hang=9)
        _run(page, number_, entry)
    page.title("Metrics (worst of a run; first, latest, worst run, course over the runs)")
    for series in history.series:
        _series(page, series)
    if not history.series:
        page.line("none measured", 1)
    page.line("")
    page.line(
        f"Course: from 0 to the worst run, the latest {SHOWN_RUNS} runs; "
        f"{NOT_MEASURED} not measured, {NOT_GIVEN} not given."
    )
    return page.text().encode("utf-8")


def _run(page: Page, position: int, entry: Entry) -> None:
    """One run: when, what it came to, and where it lies."""
    slices = " ".join(f"{row.id} {row.status}" for row in entry.slices)
    page.line(f"{position:>4} {entry.evidence_of or 'no known time'}  {entry.verdict}", 0, hang=5)
    page.line(f"     {entry.summary.passed}/10 checks; {slices}", 0, hang=5)
    page.unbroken(f"     {entry.evidence_dir}")


def _series(page: Page, series: Series) -> None:
    """One figure over all runs."""
    told = course(series)
    unit = f" {series.unit}" if series.unit else ""
    target = target_words(series)
    page.line(f"{series.slice} {series.name}{f' [target {target}]' if target else ''}", 1, hang=6)
    limit = series.target.value if series.target else None
    said = [
        f"first {number(told.first, limit)}{unit}",
        "latest "
        + (
            shown(told.latest, limit) + (unit if told.latest is not None else "")
            if told.given
            else "not given"
        ),
        f"worst {number(told.worst, limit)}{unit} (run {told.worst_run})",
        f"measured in {told.measured} of {len(series.points)} runs",
    ]
    if told.margin_percent is not None:
        said.insert(2, f"margin {percent(told.margin_percent)} %")
    page.line("; ".join(said), 3)
    page.line(_drawn(series, told.worst), 3)


def _drawn(series: Series, worst: float) -> str:
    """The course as bars from 0 to the worst run."""
    bars = []
    for point in series.points[-SHOWN_RUNS:]:
        if point.value is None:
            bars.append(NOT_MEASURED if point.given else NOT_GIVEN)
        else:
            bars.append(BARS[round(point.value / worst * (len(BARS) - 1))] if worst else BARS[0])
    return "".join(bars)
