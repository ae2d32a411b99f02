"""The comparison as a sheet: both runs, what stops a comparison, what differs, what that comes to.

Worse comes first, so that what a short format leaves out of a table is the least.
"""

from collections.abc import Iterator, Sequence

from haproof.core.comparison import Comparison, Difference, Direction, FigureChange, Side, StateChange
from haproof.core.model import GENERATOR
from haproof.render.diff import wording
from haproof.render.document.blocks import (
    Block,
    Code,
    Column,
    Paragraph,
    Row,
    Section,
    State,
    Strong,
    Table,
    Tone,
    Words,
)
from haproof.render.document.whole import Sheet
from haproof.version import VERSION

TONES: dict[Direction, Tone] = {"worse": "fail", "better": "pass", "cannot tell": "unknown"}


def sheet(comparison: Comparison) -> Sheet:
    """All of it; without a comparison, the obstacles and conditions alone."""
    runs = (_side("Before", comparison.before), _side("After", comparison.after))
    said = [] if comparison.obstacles else [wording.compared(comparison)]
    outcome = wording.OUTCOMES[comparison.outcome]
    # the names of obstacles stand in their table
    result = outcome.upper() if comparison.obstacles else wording.result(comparison)
    return Sheet(
        title=f"VAL26 comparison: {outcome}",
        generator=f"{GENERATOR} {VERSION}",
        blocks=(
            _table("runs", "The two runs", ("", "Evidence", "Evidence of", "Verdict"), runs),
            *_differences(comparison),
            *_changes(comparison),
        ),
        closing=(
            *map(Paragraph, (*said, *wording.notes(comparison))),
            Paragraph(Strong(f"Result: {result}")),
        ),
    )


def _differences(comparison: Comparison) -> Iterator[Block]:
    """What is no result: what stops a comparison, what to know beside it, what this version cannot judge."""
    heads = ("", "What", "Before", "After")
    for key, title, caption, entries in (
        ("obstacles", "Not comparable", "Why they are not compared", comparison.obstacles),
        ("conditions", "Conditions that differ", "What figures may follow", comparison.conditions),
    ):
        yield from _section(key, title, caption, heads, [_difference(entry) for entry in entries])
    unknown = [Row(tuple(map(_text, row))) for row in wording.not_judged(comparison)]
    yield from _section("unknown", wording.NOT_JUDGED, "As reported", heads[1:], unknown)


def _changes(comparison: Comparison) -> Iterator[Block]:
    """What differs, worse first."""
    states = [_state(change) for change in sorted(wording.states(comparison), key=_rank)]
    heads: tuple[str, ...] = ("", "Id", "Before", "After", "What")
    yield from _section("states", "Verdict, levels and checks", "Worse first", heads, states)
    figures = [_figure(change) for change in sorted(comparison.figures, key=_rank)]
    heads = ("", "Metric", "Before", "After", "Target", "Margin", "Why")
    yield from _section("metrics", "Metrics", "Worse first", heads, figures)


def _section(
    key: str, title: str, caption: str, heads: Sequence[str], rows: Sequence[Row]
) -> Iterator[Section]:
    """A section of one table, where there is something in it."""
    if rows:
        yield Section(key=key, title=title, blocks=(_table(f"{key}-table", caption, heads, rows),))


def _table(key: str, caption: str, heads: Sequence[str], rows: Sequence[Row]) -> Table:
    return Table(key=key, caption=caption, columns=tuple(map(Column, heads)), rows=tuple(rows))


def _rank(change: StateChange | FigureChange) -> int:
    """Worst first; sorting keeps the order within a direction."""
    return [direction for direction, _ in wording.GROUPS].index(change.direction)


def _text(value: str) -> Words:
    """A value as text; one that ends in blanks, or is nothing else, as code, which shows them."""
    return value if value and value == value.strip() else Code(value)


def _direction(direction: Direction) -> State:
    return State(wording.DIRECTIONS[direction], TONES.get(direction, "none"))


def _side(label: str, side: Side) -> Row:
    kind = "" if side.source == "evidence" else " (JSON artifact)"
    return Row((label, (Code(side.evidence_dir), kind), side.evidence_of or "", _text(side.verdict)))


def _difference(entry: Difference) -> Row:
    return Row((wording.KINDS[entry.kind], Code(entry.name), _text(entry.before), _text(entry.after)))


def _state(change: StateChange) -> Row:
    told = (change.id, change.before, change.after, change.title)
    return Row((_direction(change.direction), *map(_text, told)))


def _figure(change: FigureChange) -> Row:
    before, after = wording.values(change)
    return Row(
        (
            _direction(change.direction),
            (f"{change.slice} ", Code(change.name)),
            _text(before),
            _text(after),
            wording.target(change) or "",
            wording.margin(change),
            change.reason,
        )
    )
