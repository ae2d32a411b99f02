"""The comparison as text: what stops it, what changed for the worse first, the result as the last line."""

from collections.abc import Sequence

from haproof.core.comparison import Comparison, FigureChange, Side, StateChange
from haproof.render.diff import wording
from haproof.render.writers.text.page import Page


def render(comparison: Comparison) -> bytes:
    """The text in UTF-8: the same bytes for the same comparison."""
    page = Page()
    page.line("VAL26 — Comparison of two runs")
    _side(page, "Before:", comparison.before)
    _side(page, "After:", comparison.after)
    _differences(page, "Not Comparable", comparison, obstacles=True)
    _differences(page, "Conditions That Differ", comparison, obstacles=False)
    _not_judged(page, comparison)
    if not comparison.obstacles:
        _states(page, "Verdict, Levels and Checks", wording.states(comparison))
        _figures(page, comparison.figures)
        page.line("")
        page.line(wording.compared(comparison))
    for note in wording.notes(comparison):
        page.line(note)
    page.line("")
    page.line(f"Result: {wording.result(comparison)}")
    return page.text().encode("utf-8")


def _side(page: Page, label: str, side: Side) -> None:
    """One run: where, of when, with which verdict."""
    page.unbroken(f"{label:<8}{side.evidence_dir}")
    kind = "" if side.source == "evidence" else " (from the JSON artifact)"
    page.line(f"        evidence of {side.evidence_of or 'no known time'}{kind}: {side.verdict}", hang=10)


def _differences(page: Page, title: str, comparison: Comparison, obstacles: bool) -> None:
    """Obstacles, or conditions, one a line."""
    entries = comparison.obstacles if obstacles else comparison.conditions
    if entries:
        page.title(title)
        for entry in entries:
            page.line(wording.difference(entry), 1)


def _not_judged(page: Page, comparison: Comparison) -> None:
    """What this version does not know, one a line."""
    rows = wording.not_judged(comparison)
    if rows:
        page.title(wording.NOT_JUDGED)
    for name, before, after in rows:
        page.line(f"{name}: {before} → {after}", 1)


def _states(page: Page, title: str, changes: Sequence[StateChange]) -> None:
    """Everything with a state, by direction."""
    if not changes:
        return
    page.title(title)
    for direction, heading in wording.GROUPS:
        chosen = [change for change in changes if change.direction == direction]
        if chosen:
            page.line(f"{heading}:", 1)
        for change in chosen:
            _state(page, change)


def _state(page: Page, change: StateChange) -> None:
    """An id, what became of it, and what it stands for; verdict and levels say that themselves."""
    words = f"{change.before} → {change.after}"
    if change.id == "verdict" or {change.before, change.after} & {"ready", "not ready"}:
        page.line(f"{change.title}: {words}", 2, hang=10)
    else:
        page.line(f"{change.id:<9} {words}", 2, hang=10)
        page.line(change.title, 7)


def _figures(page: Page, changes: Sequence[FigureChange]) -> None:
    """Every metric that differs, by direction."""
    if not changes:
        return
    page.title("Metrics")
    for direction, heading in wording.GROUPS:
        chosen = [change for change in changes if change.direction == direction]
        if chosen:
            page.line(f"{heading}:", 1)
        for change in chosen:
            _figure(page, change)


def _figure(page: Page, change: FigureChange) -> None:
    """Both values beside the target, the margin's drift, and why the direction is what it is."""
    before, after = wording.values(change)
    target = wording.target(change)
    bracket = f" [target {target}]" if target else ""
    page.line(f"{change.slice} {change.name}: {before} → {after}{bracket}", 2, hang=6)
    margin = wording.margin(change)
    if margin:
        page.line(f"margin {margin}", 5)
    if change.direction != "changed" or change.given != "both":
        page.line(change.reason, 5)
