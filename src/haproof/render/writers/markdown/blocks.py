"""One switch over the blocks of a document: each as Markdown, with empty lines between."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import islice
from typing import Any

from msgspec.structs import replace

from haproof.render.document.blocks import (
    Absent,
    Block,
    Brief,
    Cards,
    Columns,
    Drawing,
    Explained,
    Fact,
    Facts,
    Fold,
    Items,
    Ladder,
    Paragraph,
    Reason,
    Reasons,
    Result,
    Section,
    Steps,
    Strong,
    Table,
    Words,
)
from haproof.render.document.shown_first import shown_first
from haproof.render.document.whole import Document, Opening, Sheet
from haproof.render.visible import visible
from haproof.render.writers.markdown import inline
from haproof.render.writers.markdown.cells import SIGNS, cell, cells

MOST_REASONS = 20
"""Reasons that a comment has room for."""

FOOTER_BYTES = 3_000
"""Kept free for the last lines."""


def whole(document: Document, limit: int) -> str:
    """The document in so many bytes: what does not fit is left out, and named."""
    made = [_opening(document)]
    used, left_out = _size(made[0]), list[str]()
    for name, written in _parts(document):
        if used + _size(written) > limit - FOOTER_BYTES:
            left_out.append(name)
        elif written:
            used += _size(written)
            made.append(written)
    if left_out:
        names = ", ".join(name for name in left_out if name)
        made.append(f"Left out, because a comment must not be longer: {names}. The text report has them.")
    imprint = "; ".join(f"{inline.words(fact.label)}: {cell(fact.answer)}" for fact in document.imprint)
    made.append(f"<sub>{imprint}</sub>")
    return "\n\n".join(made) + "\n"


def sheet(given: Sheet, limit: int) -> str:
    """A sheet in so many bytes: of a table for which there is no room, the last rows are left out."""
    closing = [block(each) for each in given.closing]
    made = [f"## {inline.words(given.title)}"]
    room = limit - sum(map(_size, (*made, *closing)))
    for each in given.blocks:
        written = block(each)
        if _size(written) > room:
            written = _shortened(each, room)
        if written:
            made.append(written)
            room -= _size(written)
    return "\n\n".join([*made, *closing]) + "\n"


def _shortened(given: Block, room: int) -> str:
    """A table, or a section of one, with as many rows as there is room for; nothing where not even its head
    has room, or what it is has no rows."""
    if isinstance(given, Section) and len(given.blocks) == 1:
        heading = block(replace(given, blocks=())).rstrip("\n")
        inside = _shortened(given.blocks[0], room - _size(heading))
        return f"{heading}\n\n{inside}" if inside else ""
    if not isinstance(given, Table):
        return ""
    rows = given.rows
    shown = bisect_right(range(len(rows)), room, key=lambda n: _size(_first_rows(given, n))) - 1
    return _first_rows(given, shown) if shown >= 0 else ""


def _first_rows(given: Table, shown: int) -> str:
    left_out = len(given.rows) - shown
    rows = block(replace(given, rows=tuple(islice(given.rows, shown))))
    return f"{rows}\n\n{left_out:,} more rows, for which a comment has no room."


def _size(written: str) -> int:
    """Bytes, the empty line before included."""
    return len(written.encode()) + 2


def _parts(document: Document) -> list[tuple[str, str]]:
    """The name and the text of each block that may be left out."""
    blocks = [*document.cover, *(each for part in document.parts for each in part.blocks)]
    titled = (Section, Result, Fold)
    return [(inline.words(each.title) if isinstance(each, titled) else "", block(each)) for each in blocks]


def _opening(document: Document) -> str:
    given: Opening = document.opening
    ids = f" {inline.words(', '.join(given.ids))}" if given.ids else ""
    facts = _facts((Fact(label="System", answer=given.subject), *given.facts), "; ")
    parts = [
        f"## {SIGNS[given.tone]}{inline.words(given.words)}{ids}",
        inline.strong(inline.words(document.kind)),
        cell(given.lead),
        _reasons(given.reasons),
        facts,
    ]
    return "\n\n".join(filter(None, parts))


def block(given: Block, nested: bool = False) -> str:
    """One block; a section in another one has no heading of its own size."""
    return _FORMS[type(given)](given, nested)


def _blocks(given: Sequence[Block]) -> str:
    return "\n\n".join(filter(None, (block(each, True) for each in given)))


def _paragraph(given: Paragraph, nested: bool) -> str:
    return inline.line(cell(given.words))


def _items(given: Sequence[Words]) -> str:
    return "\n".join(f"- {inline.line(cell(each))}" for each in given)


def _facts(given: Sequence[Fact], between: str = "<br>") -> str:
    lines = []
    for fact in given:
        said = between.join(cells((fact.answer, *fact.below)))
        lines.append(f"- {cell(Strong(f'{fact.label}:'))} {said}")
    return "\n".join(lines)


def _table(given: Table, nested: bool) -> str:
    """A table under its caption; what opens from its rows follows it."""
    rows = [cells(row.cells) for row in given.rows]
    heads = [inline.words(column.title) if column.title else "" for column in given.columns]
    behind = [block(row.fold, True) for row in given.rows if row.fold is not None]
    caption = inline.strong(inline.words(given.caption))
    return "\n\n".join([caption, inline.table(heads, rows), *behind])


def _brief(given: Brief, nested: bool) -> str:
    columns = max(map(len, given.rows), default=0)
    rows = [[*cells(row), *[""] * (columns - len(row))] for row in given.rows]
    return inline.table([""] * columns, rows) if columns else ""


def _drawing(given: Drawing, nested: bool) -> str:
    """The data alone."""
    data = given.chart.table
    table = inline.table(cells(data.heads), [cells(row) for row in data.rows])
    return f"{inline.strong(inline.words(given.chart.title))}\n\n{table}"


def _fold(given: Fold, nested: bool) -> str:
    return inline.folded(given.title, *(block(each, True) for each in given.blocks))


def _section(given: Section, nested: bool) -> str:
    state = f" {cell(given.state)}" if given.state else ""
    title = inline.words(given.title)
    heading = f"{inline.strong(title)}{state}" if nested else f"### {title}{state}"
    return f"{heading}\n\n{_blocks(given.blocks)}"


def _result(given: Result, nested: bool) -> str:
    """A section told in one line, the figures that stand for it, and what is behind them."""
    line = cell((given.state, " ", given.line))
    figures = [f"{figure.label}: {figure.value} ({figure.limit})" for figure in given.headlines]
    section = Section(key=given.key, title=f"{given.title}, {given.beside}", blocks=given.blocks)
    heading, _, inside = _section(section, nested).partition("\n\n")
    return "\n\n".join(filter(None, (heading, inline.line(line), _items(figures), inside)))


def _reasons(given: Sequence[Reason]) -> str:
    """Worst first; the worst ones where there are many."""
    lines = []
    first, rest = shown_first(given, MOST_REASONS)
    for n, reason in enumerate(first, 1):
        said = f"{n}. {cell(reason.sentence)} ({cell(reason.place)})"
        lines.append(said + (f"<br>Next: {cell(reason.next)}" if reason.next else ""))
    more = f"\n\nand {len(rest)} more, in the text report" if rest else ""
    return "\n".join(lines) + more


def _explained(given: Explained, nested: bool) -> str:
    parts = [f"{inline.strong(inline.words(label))} {cell(said)}" for label, said in given.parts]
    return "\n\n".join([inline.line(cell(given.meaning)), *parts])


def _steps(given: Steps, nested: bool) -> str:
    steps = [(inline.line(cell(step.words)), _commands(step.commands)) for step in given.steps]
    return "\n\n".join(f"{said}\n\n{commands}" for said, commands in steps)


def _commands(lines: Sequence[str]) -> str:
    """Commands, a line each, in a fence that none of them ends."""
    written = [visible(line) for line in lines]
    fence = "`" * 3
    while any(fence in line for line in written):
        fence += "`"
    return "\n".join([f"{fence}sh", *written, fence])


def _ladder(given: Ladder, nested: bool) -> str:
    lines = []
    for rung in given.rungs:
        name = cell((Strong(rung.name), " ", rung.state))
        said = [cell(words) for words in (rung.mark, rung.blocked, rung.tally) if words]
        lines.append(f"- {'; '.join([name, *said])}")
        lines += [f"  - {inline.line(cell(each))}" for each in (*rung.open, *rung.met)]
    return "\n".join(lines)


def _cards(given: Cards, nested: bool) -> str:
    return "\n".join(
        "<br>".join([f"- {cell((Strong(card.title), ' ', card.state))}", *cells(card.lines)])
        for card in given.cards
    )


_FORMS: dict[type, Callable[[Any, bool], str]] = {
    Absent: lambda given, nested: f"**No evidence.** {cell(given.words)}",
    Brief: _brief,
    Cards: _cards,
    Columns: lambda given, nested: "\n\n".join(_blocks(column) for column in given.columns),
    Drawing: _drawing,
    Explained: _explained,
    Facts: lambda given, nested: _facts(given.facts),
    Fold: _fold,
    Items: lambda given, nested: _items(given.items),
    Ladder: _ladder,
    Paragraph: _paragraph,
    Reasons: lambda given, nested: _reasons(given.reasons),
    Result: _result,
    Section: _section,
    Steps: _steps,
    Table: _table,
}
"""Each kind of block, and how it is written."""
