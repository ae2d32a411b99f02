"""The pieces that the page is built from: state, table, disclosure, section."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.render.markup import Content, tag

_STATES = {
    "PASS": ("pass", "✓"),
    "MET": ("pass", "✓"),
    "READY": ("pass", "✓"),
    "MEASURED": ("pass", "✓"),
    "FAIL": ("fail", "✗"),
    "NOT MET": ("fail", "✗"),
    "NOT READY": ("fail", "✗"),
    "NOT COHERENT": ("warn", "?"),
    "CONTRADICTION": ("fail", "✗"),
    "DATA LOSS": ("fail", "✗"),
    "MISSING": ("warn", "?"),
    "INCONCLUSIVE": ("warn", "?"),
    "NO EVIDENCE": ("warn", "?"),
    "NOT YET": ("warn", "–"),
    "OPEN": ("warn", "–"),
}
"""Each word that a state can be: its tone and its sign. The word is always next to both."""


def state(word: str | None, unsure: bool = False) -> Markup:
    """A state as a word with a sign and a colour; informational where there is none.

    `unsure` is set where nothing that was found fails: then no sign says that something does.
    """
    if word is None:
        return tag("span", "informational", class_="state none")
    tone, sign = _STATES["INCONCLUSIVE" if unsure and _STATES[word][0] == "fail" else word]
    return tag("span", tag("span", sign, aria_hidden="true"), f" {word}", class_=f"state {tone}")


def code(text: str) -> Markup:
    """A name, a path or a digest, in a fixed-width face."""
    return tag("code", text)


def section(key: str, level: int, title: Content, *children: Content, class_: str | None = None) -> Markup:
    """A part of the page under its heading."""
    heading = tag(f"h{level}", title, id=f"{key}-title")
    return tag("section", heading, children, id=key, aria_labelledby=f"{key}-title", class_=class_)


def disclosure(
    summary: Content, *children: Content, opened: bool = False, class_: str | None = None
) -> Markup:
    """Something that opens when it is asked for, or from the start; printed open."""
    return tag("details", tag("summary", summary), children, open=opened, class_=class_)


Row = Sequence[Content]


def split(*parts: Content) -> Markup:
    """What one cell holds: side by side where there is room, else below one another.

    So a table needs two columns only and stays a table, to the eye and to a screen reader, on a phone too.
    """
    return tag("div", [tag("div", part) for part in parts], class_="split")


def table(
    key: str,
    caption: Content,
    heads: Sequence[str],
    rows: Sequence[Row],
    figures: Sequence[int] = (),
    class_: str | None = None,
) -> Markup:
    """A table whose first column heads its rows. `figures` are the columns of right-aligned numbers; of class
    `coded` the first column holds ids, of class `names` names of figures. It is in a place that scrolls where
    it must, and by keyboard too.
    """
    numeric = ["num" if n in figures else None for n in range(len(heads))]
    columns = [tag("th", text, scope="col", class_=numeric[n]) for n, text in enumerate(heads)]
    body = [
        tag(
            "tr",
            tag("th", row[0], scope="row"),
            [tag("td", cell, class_=numeric[n]) for n, cell in enumerate(row[1:], 1)],
        )
        for row in rows
    ]
    name = f"{key}-caption"
    parts = tag("thead", tag("tr", columns)), tag("tbody", body)
    whole = tag("table", tag("caption", caption, id=name), parts, class_=class_)
    return tag("div", whole, class_="scroll", role="group", aria_labelledby=name, tabindex="0")


def data_table(key: str, caption: Content, heads: Sequence[str], rows: Sequence[Row]) -> Markup:
    """A small table of figures beside a chart; its first column heads its rows."""
    return table(key, caption, heads, rows, range(1, len(heads)))


def definitions(pairs: Sequence[tuple[str, Content]], class_: str | None = None) -> Markup:
    """Names and what they stand for."""
    return tag("dl", [tag("div", tag("dt", name), tag("dd", said)) for name, said in pairs], class_=class_)


def items(children: Sequence[Content], class_: str | None = None) -> Markup:
    """A list."""
    return tag("ul", [tag("li", child) for child in children], class_=class_)


def link(key: str, words: Content) -> Markup:
    """A way to another part of this page."""
    return tag("a", words, href=f"#{key}")
