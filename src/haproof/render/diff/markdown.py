"""The comparison as GitHub-flavoured Markdown: fits a comment under a pull request.

Whatever comes from evidence or an artifact stands in a code span: there nothing is interpreted, no markup, no
link, no mention of a person.
"""

import re
from collections.abc import Sequence

from haproof.core.comparison import Comparison, Direction, FigureChange, Side, StateChange
from haproof.render.diff import wording
from haproof.render.visible import visible

SIGNS: dict[Direction, str] = {
    "worse": "✗ worse",
    "better": "✓ better",
    "cannot tell": "? cannot tell",
    "not shown": "no difference shown",
    "changed": "changed",
}


def render(comparison: Comparison) -> bytes:
    """The document in UTF-8: the same bytes for the same comparison."""
    parts = [
        f"## VAL26 comparison: {comparison.outcome}",
        table(
            ("", "Evidence", "Evidence of", "Verdict"),
            [_side("Before", comparison.before), _side("After", comparison.after)],
        ),
    ]
    if comparison.obstacles:
        rows = [
            (wording.KINDS[stop.kind], code(stop.name), code(stop.before), code(stop.after))
            for stop in comparison.obstacles
        ]
        parts += ["### Not comparable", table(("", "What differs", "Before", "After"), rows)]
    if comparison.conditions:
        rows = [
            (wording.KINDS[entry.kind], code(entry.name), code(entry.before), code(entry.after))
            for entry in comparison.conditions
        ]
        parts += ["### Conditions that differ", table(("", "What", "Before", "After"), rows)]
    if not comparison.obstacles:
        parts += _changes(comparison)
    parts += wording.notes(comparison)
    parts.append(f"**Result: {_result(comparison)}**")
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _changes(comparison: Comparison) -> list[str]:
    """Both tables of changes, and how much is the same."""
    parts = []
    states = sorted(wording.states(comparison), key=_rank)
    if states:
        heads = ("", "What", "Before", "After", "")
        parts += ["### Verdict, levels and checks", table(heads, [_state(change) for change in states])]
    figures = sorted(comparison.figures, key=_rank)
    if figures:
        columns = ("", "Metric", "Before", "After", "Target", "Margin", "Why")
        parts += ["### Metrics", table(columns, [_figure(change) for change in figures])]
    return [*parts, wording.compared(comparison)]


def _rank(change: StateChange | FigureChange) -> int:
    """Worst first; sorting keeps the order within a direction."""
    return [direction for direction, _ in wording.GROUPS].index(change.direction)


def _result(comparison: Comparison) -> str:
    """The result without names of obstacles, which stand in their table."""
    return comparison.outcome.upper() if comparison.obstacles else wording.result(comparison)


def _side(label: str, side: Side) -> Sequence[str]:
    kind = "" if side.source == "evidence" else " (JSON artifact)"
    return (label, code(side.evidence_dir) + kind, code(side.evidence_of or "–"), code(side.verdict))


def _state(change: StateChange) -> Sequence[str]:
    return (
        SIGNS[change.direction],
        code(change.id),
        code(change.before),
        code(change.after),
        code(change.title),
    )


def _figure(change: FigureChange) -> Sequence[str]:
    before, after = wording.values(change)
    target, margin = wording.target(change), wording.margin(change)
    return (
        SIGNS[change.direction],
        f"{change.slice} {code(change.name)}",
        code(before),
        code(after),
        code(target) if target else "",
        margin,
        code(change.reason),
    )


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table; cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def code(text: str) -> str:
    """A code span for a table's cell, whatever the text holds."""
    shown = visible(text).replace("|", "\\|") or "(empty)"
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if len(fence) > 1 or shown != shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
