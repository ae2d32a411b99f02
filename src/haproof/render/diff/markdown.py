"""The comparison as GitHub-flavoured Markdown: fits a comment under a pull request.

GitHub refuses a comment of more than 65,536 characters. Worse comes first; of the figures that no longer fit
the last are left out, and a line says how many.
"""

from collections.abc import Sequence

from haproof.core.comparison import Comparison, Difference, Direction, FigureChange, Side, StateChange
from haproof.render.diff import wording
from haproof.render.writers.markdown import LIMIT_BYTES
from haproof.render.writers.markdown.inline import code, table, words

SIGNS: dict[Direction, str] = {
    "worse": "❌ worse",
    "better": "✅ better",
    "cannot tell": f"❔ {wording.DIRECTIONS['cannot tell']}",
    "not shown": wording.DIRECTIONS["not shown"],
    "changed": wording.DIRECTIONS["changed"],
}

LAST_LINES_BYTES = 3_000
"""Kept free for what follows the figures."""

Row = Sequence[str]


def render(comparison: Comparison) -> bytes:
    """The document in UTF-8: the same bytes for the same comparison."""
    before, after = comparison.before, comparison.after
    heads = ("", "Evidence", "Evidence of", "Verdict")
    parts = [
        f"## VAL26 comparison: {wording.OUTCOMES[comparison.outcome]}",
        table(heads, [_side("Before", before), _side("After", after)]),
    ]
    for title, entries in (
        ("Not comparable", comparison.obstacles),
        ("Conditions that differ", comparison.conditions),
    ):
        if entries:
            parts += [f"### {title}", table(("", "What", "Before", "After"), map(_difference, entries))]
    unknown = [tuple(map(words, row)) for row in wording.not_judged(comparison)]
    if unknown:
        parts += [f"### {wording.NOT_JUDGED}", table(("What", "Before", "After"), unknown)]
    states = sorted(wording.states(comparison), key=_rank)
    if states:
        columns = ("", "Id", "Before", "After", "What")
        parts += ["### Verdict, levels and checks", table(columns, map(_state, states))]
    parts += _figures(comparison, sum(len(part.encode()) + 2 for part in parts))
    if not comparison.obstacles:
        parts.append(wording.compared(comparison))
    parts += map(words, wording.notes(comparison))
    parts.append(f"**Result: {_result(comparison)}**")
    return ("\n\n".join(parts) + "\n").encode("utf-8")


def _figures(comparison: Comparison, used: int) -> list[str]:
    """The table of figures, as far as there is room for it."""
    changes = sorted(comparison.figures, key=_rank)
    if not changes:
        return []
    rows: list[Row] = []
    for change in changes:
        row = _figure(change)
        used += len(" | ".join(row).encode()) + 5
        if used > LIMIT_BYTES - LAST_LINES_BYTES:
            break
        rows.append(row)
    heads = ("", "Metric", "Before", "After", "Target", "Margin", "Why")
    left_out = len(changes) - len(rows)
    rest = [f"{left_out} more metrics differ; a comment has no room for them."] if left_out else []
    return ["### Metrics", table(heads, rows), *rest]


def _rank(change: StateChange | FigureChange) -> int:
    """Worst first; sorting keeps the order within a direction."""
    return [direction for direction, _ in wording.GROUPS].index(change.direction)


def _result(comparison: Comparison) -> str:
    """The result without names of obstacles, which stand in their table."""
    return (
        wording.OUTCOMES[comparison.outcome].upper() if comparison.obstacles else wording.result(comparison)
    )


def _side(label: str, side: Side) -> Row:
    kind = "" if side.source == "evidence" else " (JSON artifact)"
    return (label, code(side.evidence_dir) + kind, words(side.evidence_of or "–"), words(side.verdict))


def _difference(entry: Difference) -> Row:
    return (wording.KINDS[entry.kind], code(entry.name), words(entry.before), words(entry.after))


def _state(change: StateChange) -> Row:
    return (SIGNS[change.direction], *map(words, (change.id, change.before, change.after, change.title)))


def _figure(change: FigureChange) -> Row:
    before, after = wording.values(change)
    return (
        SIGNS[change.direction],
        f"{change.slice} {code(change.name)}",
        words(before),
        words(after),
        words(target) if (target := wording.target(change)) else "",
        wording.margin(change),
        words(change.reason),
    )
