"""A document as the data that the template sets: every block by its fields, all text made printable.

The one switch over the blocks is the template's (`blocks.typ: put`); here they are all alike, but for tables,
whose columns are fewer on paper, and charts, which are drawn.
"""

import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cache
from typing import Any, get_args, get_type_hints

from msgspec import Struct

from haproof.render.charts.palette import LIGHT, literal
from haproof.render.charts.svg import svg
from haproof.render.document.blocks import Code, Column, Drawing, Result, Row, Section, State, Table
from haproof.render.document.whole import Document
from haproof.render.document.wording import joined
from haproof.render.writers.pdf.cells import cell, plain, printable, text

Data = dict[str, Any]

LONG_ROW = 1500
"""Characters from which a row may run over the end of a page; a shorter one stays in one piece."""

CHART_PX = 680
"""Width at which charts are drawn; the page is as wide, at twelve pixels to nine points."""

FONT = "Libertinus Serif"

RAW = ("key", "anchor", "attachment", "keywords")
"""Fields that are no text."""


def data(document: Document) -> str:
    """The whole document as one JSON text."""
    made = datetime.fromisoformat(document.made)
    whole = fields(document) | {
        "title": plain(document.title),
        "description": plain(document.description),
        "generator": plain(document.generator),
        "date": [made.year, made.month, made.day, made.hour, made.minute, made.second],
        "colours": LIGHT,
        "keys": sorted(_keys(document.parts)),
    }
    return json.dumps(whole, ensure_ascii=False)


def fields(given: Struct) -> Data:
    """A record by its fields, with the name of its kind."""
    if isinstance(given, Table):
        return _table(given)
    if isinstance(given, Drawing):
        return _drawing(given)
    made = {name: _value(hint, getattr(given, name)) for name, hint in _hints(type(given)).items()}
    raw = {name: getattr(given, name) for name in RAW if name in made}
    return {"kind": type(given).__name__.lower()} | made | raw


@cache
def _hints(kind: type[Struct]) -> dict[str, Any]:
    return get_type_hints(kind)


def _value(hint: Any, given: Any) -> Any:
    """A field as it is declared: words as lines, records by their fields, text."""
    if Code in get_args(hint) or isinstance(given, State):
        return cell(given)
    if isinstance(given, tuple):
        inner = get_args(hint)[0]
        return [_value(inner, each) for each in given]
    if isinstance(given, Struct):
        return fields(given)
    return text(given) if isinstance(given, str) else given


def _keys(given: Any) -> Iterator[str]:
    """The keys of all sections below: where a link may lead."""
    if isinstance(given, Section | Result):
        yield given.key
    if isinstance(given, tuple):
        for each in given:
            yield from _keys(each)
    elif isinstance(given, Struct):
        for name in ("blocks", "columns"):
            yield from _keys(getattr(given, name, ()))


def _table(given: Table) -> Data:
    """A table; what opens from its rows follows it."""
    layout = _layout(given.columns)
    return {
        "kind": "table",
        "caption": text(given.caption),
        "heads": [_head(group, given.columns) for group in layout],
        "widths": [given.columns[group[0]].width for group in layout],
        "rows": [_row(row, layout) for row in given.rows],
        "behind": [fields(row.fold) for row in given.rows if row.fold is not None],
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
    return {
        "kind": "drawing",
        "svg": printable(drawing),
        "title": text(chart.title),
        "legend": text(chart.legend),
        "alt": printable(chart.description).strip() or "A chart; its data follows.",
        "table": _table(Table(key=chart.key, caption=f"Data: {chart.title}", columns=columns, rows=rows)),
    }
