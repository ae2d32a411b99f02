"""Tables: as many columns as a phone has room for; what belongs together stands in one cell."""

from collections.abc import Callable, Sequence

from markupsafe import Markup
from msgspec import Struct

from haproof.render.charts import chart
from haproof.render.document.blocks import Column, Fold, Row, Table, Words
from haproof.render.document.wording import joined
from haproof.render.markup import Content, tag
from haproof.render.writers.html.words import note, words

CLASSES = {"": None, "names": "names", "ids": "coded"}


class Cell(Struct, frozen=True):
    """One cell of the page: the parts that stand side by side in it, each of columns one under the other."""

    parts: tuple[tuple[int, ...], ...]


def table(given: Table, fold: Callable[[Fold], Markup]) -> Markup:
    """A table whose first column heads its rows; where a row opens (`fold`), it opens in its last cell."""
    cells = layout(given.columns)
    rows = []
    for row in given.rows:
        made = [_cell(cell, given.columns, row) for cell in cells]
        if row.fold is not None:
            made[-1] = [made[-1], fold(row.fold)]
        rows.append(made)
    class_ = CLASSES[given.heads]
    if given.stacked:
        titles = [_title([n for part in cell.parts for n in part], given.columns) for cell in cells]
        return stacked(given.key, given.caption, titles, rows, class_)
    heads = [_head(cell, given.columns) for cell in cells]
    return framed(given.key, given.caption, heads, rows, class_=class_)


def layout(columns: Sequence[Column]) -> list[Cell]:
    """Which columns share a cell; a column that is with or beside the first one begins no other."""
    cells: list[list[list[int]]] = []
    for n, column in enumerate(columns):
        if not cells or (column.place == "own"):
            cells.append([[n]])
        elif column.place == "note" or (column.place == "with"):
            cells[-1][-1].append(n)
        else:
            cells[-1].append([n])
    return [Cell(tuple(tuple(part) for part in cell)) for cell in cells]


def _head(cell: Cell, columns: Sequence[Column]) -> Content:
    """A title above each part of a cell: a reader looks for it there."""
    titles = [_title(part, columns) for part in cell.parts]
    if len(titles) == 1:
        return titles[0]
    return tag("div", [tag("div", [" ", title]) for title in titles], class_="split")


def _title(part: Sequence[int], columns: Sequence[Column]) -> str:
    """The titles of the columns of a part; one that is with another needs none."""
    first, *others = [columns[n] for n in part]
    return joined([first.title, *(column.title for column in others if column.place != "with")], close=True)


def _cell(cell: Cell, columns: Sequence[Column], row: Row) -> Content:
    """Side by side where there is room, else below one another. So a table needs few columns only and stays
    a table, to the eye and to a screen reader, on a phone too."""
    parts = [_part(part, columns, row) for part in cell.parts]
    return parts[0] if len(parts) == 1 else tag("div", [tag("div", part) for part in parts], class_="split")


def _part(part: tuple[int, ...], columns: Sequence[Column], row: Row) -> Content:
    """A column, and under it those that qualify it."""
    first, *others = part
    made: list[Content] = [words(row.cells[first])]
    for n in others:
        if columns[n].place == "with":
            made.append(tag("div", words(row.cells[n])))
        elif not empty(row.cells[n]):
            made.append(note(row.cells[n]))
    return made


def empty(given: Words) -> bool:
    """Whether there is nothing to say."""
    return given in ("", ())


def framed(
    key: str,
    caption: Content,
    heads: Sequence[Content],
    rows: Sequence[Sequence[Content]],
    figures: bool = False,
    class_: str | None = None,
) -> Markup:
    """A table in a place that scrolls where it must, and by keyboard too; of `figures`, all columns but the
    first are right-aligned numbers."""
    numeric = "num" if figures else None
    columns = [tag("th", text, scope="col", class_=numeric if n else None) for n, text in enumerate(heads)]
    body = [
        tag("tr", tag("th", row[0], scope="row"), [tag("td", cell, class_=numeric) for cell in row[1:]])
        for row in rows
    ]
    return _scrolled(key, caption, tag("thead", tag("tr", columns)), tag("tbody", body), class_=class_)


def stacked(
    key: str,
    caption: Content,
    heads: Sequence[str],
    rows: Sequence[Sequence[Content]],
    class_: str | None = None,
) -> Markup:
    """The same with a card for each row on a phone. Style makes blocks of a table's parts there, which some
    browsers then take for tables no longer: so each says what it is. Each value has its column's title."""
    columns = [tag("th", text, scope="col", role="columnheader") for text in heads]
    body = [
        tag("tr", tag("th", row[0], scope="row", role="rowheader"), _values(heads[1:], row[1:]), role="row")
        for row in rows
    ]
    head = tag("thead", tag("tr", columns, role="row"), role="rowgroup")
    class_ = f"stacked {class_}" if class_ else "stacked"
    return _scrolled(key, caption, head, tag("tbody", body, role="rowgroup"), class_=class_, role="table")


def _values(heads: Sequence[str], row: Sequence[Content]) -> list[Markup]:
    return [
        tag("td", tag("div", cell), role="cell", data_label=head)
        for head, cell in zip(heads, row, strict=True)
    ]


def _scrolled(key: str, caption: Content, head: Markup, body: Markup, **attributes: str | None) -> Markup:
    name = f"{key}-caption"
    whole = tag("table", tag("caption", caption, id=name), head, body, **attributes)
    return tag("div", whole, class_="scroll", role="group", aria_labelledby=name, tabindex="0")


def data(given: chart.Chart) -> Markup:
    """The data of a chart."""
    caption = f"Data: {given.title}"
    rows = [[words(cell) for cell in row] for row in given.table.rows]
    return framed(f"{given.key}-data", caption, given.table.heads, rows, figures=True)
