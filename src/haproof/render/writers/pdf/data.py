"""One switch over the blocks of a document: each as data that the template sets."""

import json
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from haproof.render.charts.palette import LIGHT, literal
from haproof.render.charts.svg import svg
from haproof.render.document.blocks import (
    Absent,
    Block,
    Brief,
    Cards,
    Column,
    Columns,
    Document,
    Drawing,
    Explained,
    Fact,
    Facts,
    Fold,
    Items,
    Ladder,
    Listed,
    Opening,
    Paragraph,
    Reason,
    Reasons,
    Result,
    Row,
    Section,
    Steps,
    Strong,
    Table,
)
from haproof.render.document.wording import counted, joined
from haproof.render.writers.pdf.cells import cell, plain, printable, text

Data = dict[str, Any]

COVER_REASONS = 5
"""Reasons that fit the cover beside the rest of it; all of them are in the first section."""

LONG_ROW = 1500
"""Characters from which a row may run over the end of a page; a shorter one stays in one piece."""

CHART_PX = 680
"""Width at which charts are drawn; the page is as wide, at twelve pixels to nine points."""

FONT = "Libertinus Serif"


def data(document: Document) -> str:
    """The whole document as one JSON text."""
    made = datetime.fromisoformat(document.made)
    blocks = [each for part in document.parts for each in part.blocks]
    return json.dumps(
        {
            "meta": {"title": plain(document.title), "description": plain(document.description)},
            "kind": text(document.kind),
            "keywords": document.keywords,
            "generator": plain(document.generator),
            "date": [made.year, made.month, made.day, made.hour, made.minute, made.second],
            "digest_label": text(document.digest_label),
            "digest": text(document.digest),
            "attachment": document.attachment,
            "colours": LIGHT,
            "opening": _opening(document.opening),
            "cover": [_unheaded(block(each), 0) for each in document.cover],
            "imprint": _facts(document.imprint),
            "blocks": [block(each) for each in blocks],
            "keys": sorted(_keys(blocks)),
        },
        ensure_ascii=False,
    )


def block(given: Block) -> Data:
    """One block: its kind, and what the template needs of it."""
    kind, made = _FORMS[type(given)]
    return {"kind": kind, **made(given)}


def _unheaded(given: Data, depth: int) -> Data:
    """A block of the cover, on which nothing but its own sections is headed: the first heading of a document
    is that of its contents."""
    inside: Data = {
        name: [_unheaded(each, depth + 1) for each in given[name]]
        for name in ("blocks", "behind")
        if name in given
    }
    kind = "fold" if depth and given["kind"] == "section" else given["kind"]
    return {**given, **inside, "kind": kind}


def _keys(blocks: Sequence[Block]) -> Iterator[str]:
    """The keys of all sections: where a link may lead."""
    for each in blocks:
        if isinstance(each, Section | Result):
            yield each.key
        if isinstance(each, Section | Result | Fold):
            yield from _keys(each.blocks)
        elif isinstance(each, Columns):
            for column in each.columns:
                yield from _keys(column)


def _opening(given: Opening) -> Data:
    more = len(given.reasons) - COVER_REASONS
    return {
        "subject": text(given.subject),
        "tone": given.tone,
        "words": text(given.words),
        "ids": text(", ".join(given.ids)),
        "lead": text(given.lead),
        "reasons": [_reason(entry) for entry in given.reasons[:COVER_REASONS]],
        "more": f"{counted(more, 'more reason')} in the first section." if more > 0 else "",
        "facts": _facts(given.facts),
    }


def _reason(given: Reason) -> Data:
    said = cell((given.state, " ", given.sentence, "."))
    following = cell((Strong("Next:"), f" {given.next}.")) if given.next else []
    return {"said": said, "next": following}


def _facts(given: Sequence[Fact]) -> list[Data]:
    return [
        {
            "label": text(fact.label),
            "lines": cell(fact.answer),
            "below": [line for each in fact.below for line in cell(each)],
        }
        for fact in given
    ]


def _section(given: Section) -> Data:
    return {
        "key": given.key,
        "title": text(given.title).strip() or "–",
        "beside": "",
        "state": cell(given.state) if given.state else [],
        "line": [],
        "listed": bool(given.short),
        "blocks": [block(each) for each in given.blocks],
    }


def _result(given: Result) -> Data:
    """The figures that stand for it are left out: nothing is folded here, they are in the table below."""
    return {
        "key": given.key,
        "title": text(given.title).strip() or "–",
        "beside": text(given.beside),
        "state": [],
        "line": cell((given.state, " ", given.line)),
        "listed": bool(given.short),
        "blocks": [block(each) for each in given.blocks],
    }


def _table(given: Table) -> Data:
    """A table; what opens from its rows follows it."""
    layout = _layout(given.columns)
    behind = [block(row.fold) for row in given.rows if row.fold is not None]
    return {
        "caption": text(given.caption),
        "heads": [_head(group, given.columns) for group in layout],
        "widths": [given.columns[group[0]].width for group in layout],
        "rows": [_row(row, layout) for row in given.rows],
        "behind": behind,
    }


def _layout(columns: Sequence[Column]) -> list[list[int]]:
    """Which columns share one: those that qualify another, and those without a title."""
    groups: list[list[int]] = []
    for n, column in enumerate(columns):
        if groups and (column.place == "note" or not column.title):
            groups[-1].append(n)
        else:
            groups.append([n])
    return groups


def _head(group: Sequence[int], columns: Sequence[Column]) -> str:
    return text(joined([columns[n].title for n in group], close=True))


def _row(row: Row, layout: Sequence[Sequence[int]]) -> Data:
    cells = [[line for n in group for line in cell(row.cells[n], note=n != group[0])] for group in layout]
    return {"cells": cells, "long": len(str(cells)) > LONG_ROW}


def _drawing(given: Drawing) -> Data:
    """A chart as an image with its description, and its data as a table."""
    chart = given.chart
    drawing = str(svg(chart, literal, CHART_PX)).replace("<svg ", f'<svg font-family="{FONT}" ', 1)
    columns = tuple(Column(head, 1.0 if n else 2.0) for n, head in enumerate(chart.table.heads))
    rows = tuple(Row(row) for row in chart.table.rows)
    table = Table(key=chart.key, caption=f"Data: {chart.title}", columns=columns, rows=rows)
    return {
        "svg": printable(drawing),
        "title": text(chart.title),
        "legend": text(chart.legend),
        "alt": printable(chart.description).strip() or "A chart; its data follows.",
        "table": _table(table),
    }


def _ladder(given: Ladder) -> Data:
    return {
        "rungs": [
            {
                "line": cell((Strong(rung.name), " ", rung.state, " ", rung.mark)),
                "notes": [cell(words) for words in (rung.blocked, rung.tally) if words],
                "items": [cell(each) for each in (*rung.open, *rung.met)],
            }
            for rung in given.rungs
        ]
    }


def _cards(given: Cards) -> Data:
    cards = [cell((card.title, " ", card.state, Listed(card.lines))) for card in given.cards]
    return {"items": cards, "plain": False}


def _brief(given: Brief) -> Data:
    rows = [[cell(each) for each in row] for row in given.rows]
    return {"columns": max(map(len, rows), default=1), "rows": rows}


def _steps(given: Steps) -> Data:
    return {
        "steps": [
            {"words": text(step.words), "commands": [text(line) for line in step.commands]}
            for step in given.steps
        ]
    }


_FORMS: dict[type, tuple[str, Callable[[Any], Data]]] = {
    Absent: ("absent", lambda given: {"words": cell(given.words)}),
    Brief: ("brief", _brief),
    Cards: ("items", _cards),
    Columns: (
        "blocks",
        lambda given: {"blocks": [block(each) for column in given.columns for each in column]},
    ),
    Drawing: ("drawing", _drawing),
    Explained: (
        "explained",
        lambda given: {
            "meaning": text(given.meaning),
            "parts": _facts([Fact(label=label, answer=said) for label, said in given.parts]),
        },
    ),
    Facts: ("facts", lambda given: {"facts": _facts(given.facts)}),
    Fold: (
        "fold",
        lambda given: {"title": text(given.title), "blocks": [block(each) for each in given.blocks]},
    ),
    Items: (
        "items",
        lambda given: {"items": [cell(each) for each in given.items], "plain": given.plain},
    ),
    Ladder: ("ladder", _ladder),
    Paragraph: ("paragraph", lambda given: {"words": cell(given.words), "role": given.role}),
    Reasons: ("reasons", lambda given: {"reasons": [_reason(entry) for entry in given.reasons]}),
    Result: ("section", _result),
    Section: ("section", _section),
    Steps: ("steps", _steps),
    Table: ("table", _table),
}
"""Each kind of block: what the template calls it, and its data."""
