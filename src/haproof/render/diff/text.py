"""The comparison as text: what stops it, what changed for the worse first, the result as the last line."""

from collections.abc import Sequence

from haproof.core.comparison import Comparison, FigureChange, Side, StateChange
from haproof.render.diff import wording
from haproof.render.document.plain.lines import Line, Lines, Title, Unbroken
from haproof.render.writers.text import write


def render(comparison: Comparison) -> bytes:
    """The text in UTF-8: the same bytes for the same comparison."""
    return write(lines(comparison))


def lines(comparison: Comparison) -> Lines:
    """Both sides, what differs, what that comes to."""
    yield Line("VAL26 — Comparison of two runs")
    yield from _side("Before:", comparison.before)
    yield from _side("After:", comparison.after)
    yield from _differences("Not Comparable", comparison, obstacles=True)
    yield from _differences("Conditions That Differ", comparison, obstacles=False)
    yield from _not_judged(comparison)
    if not comparison.obstacles:
        yield from _states("Verdict, Levels and Checks", wording.states(comparison))
        yield from _figures(comparison.figures)
        yield Line("")
        yield Line(wording.compared(comparison))
    for note in wording.notes(comparison):
        yield Line(note)
    yield Line("")
    yield Line(f"Result: {wording.result(comparison)}")


def _side(label: str, side: Side) -> Lines:
    """One run: where, of when, with which verdict."""
    yield Unbroken(f"{label:<8}{side.evidence_dir}")
    kind = "" if side.source == "evidence" else " (from the JSON artifact)"
    yield Line(f"        evidence of {side.evidence_of or 'no known time'}{kind}: {side.verdict}", hang=10)


def _differences(title: str, comparison: Comparison, obstacles: bool) -> Lines:
    """Obstacles, or conditions, one a line."""
    entries = comparison.obstacles if obstacles else comparison.conditions
    if entries:
        yield Title(title)
        for entry in entries:
            yield Line(wording.difference(entry), 1)


def _not_judged(comparison: Comparison) -> Lines:
    """What this version does not know, one a line."""
    rows = wording.not_judged(comparison)
    if rows:
        yield Title(wording.NOT_JUDGED)
    for name, before, after in rows:
        yield Line(f"{name}: {before} → {after}", 1)


def _states(title: str, changes: Sequence[StateChange]) -> Lines:
    """Everything with a state, by direction."""
    if not changes:
        return
    yield Title(title)
    for direction, heading in wording.GROUPS:
        chosen = [change for change in changes if change.direction == direction]
        if chosen:
            yield Line(f"{heading}:", 1)
        for change in chosen:
            yield from _state(change)


def _state(change: StateChange) -> Lines:
    """An id, what became of it, and what it stands for; verdict and levels say that themselves."""
    words = f"{change.before} → {change.after}"
    if change.id == "verdict" or {change.before, change.after} & {"ready", "not ready"}:
        yield Line(f"{change.title}: {words}", 2, hang=10)
    else:
        yield Line(f"{change.id:<9} {words}", 2, hang=10)
        yield Line(change.title, 7)


def _figures(changes: Sequence[FigureChange]) -> Lines:
    """Every metric that differs, by direction."""
    if not changes:
        return
    yield Title("Metrics")
    for direction, heading in wording.GROUPS:
        chosen = [change for change in changes if change.direction == direction]
        if chosen:
            yield Line(f"{heading}:", 1)
        for change in chosen:
            yield from _figure(change)


def _figure(change: FigureChange) -> Lines:
    """Both values beside the target, the margin's drift, and why the direction is what it is."""
    before, after = wording.values(change)
    target = wording.target(change)
    bracket = f" [target {target}]" if target else ""
    yield Line(f"{change.slice} {change.name}: {before} → {after}{bracket}", 2, hang=6)
    margin = wording.margin(change)
    if margin:
        yield Line(f"margin {margin}", 5)
    if change.direction != "changed" or change.given != "both":
        yield Line(change.reason, 5)
