"""The page of clusters side by side."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.kinds.cluster.sides import Sides, cell
from haproof.render.markup import Content, tag, void
from haproof.render.writers.html.page import policy, style

TITLE = "PostgreSQL HA clusters under the same faults"
LAYOUT = Markup(
    ".wide{overflow-x:auto}\n"
    ".wide td{vertical-align:top;min-width:11em}\n"
    ".wide td span{display:block}\n"
    ".wide td span:first-child{font-weight:600}\n"
)
"""What this page adds to the report's style sheet."""


def page(sides: Sides) -> str:
    """The document."""
    sheet = style() + LAYOUT
    head = tag(
        "head",
        void("meta", charset="utf-8"),
        void("meta", http_equiv="Content-Security-Policy", content=policy(sheet)),
        void("meta", name="viewport", content="width=device-width, initial-scale=1"),
        void("meta", name="color-scheme", content="light dark"),
        tag("title", TITLE),
        void("link", rel="icon", href="data:,"),
        tag("style", sheet),
    )
    body = tag("body", tag("main", tag("h1", TITLE), _matrix(sides), _settings(sides), _evidence(sides)))
    return f"<!DOCTYPE html>\n{tag('html', head, body, lang='en')}\n"


def _matrix(sides: Sides) -> Markup:
    rows = [
        (fault, *([tag("span", part) for part in cell(side.rows[fault])] for side in sides.sides))
        for fault in sides.faults
    ]
    note = tag("p", "Gaps: clients with an open connection / clients that make a new one.", class_="note")
    return tag("section", note, _table(("Fault", *(side.name for side in sides.sides)), rows))


def _settings(sides: Sides) -> Markup | None:
    if not sides.settings:
        return None
    heads = ("Setting", *(side.name for side in sides.sides))
    rows = [(name, *values) for name, values in sides.settings]
    return tag("section", tag("h2", "Settings that differ"), _table(heads, rows))


def _evidence(sides: Sides) -> Markup:
    rows = [(side.name, side.version, side.generated_at, side.path) for side in sides.sides]
    heads = ("Cluster", "Version", "Recorded", "Directory")
    return tag("section", tag("h2", "Evidence"), _table(heads, rows))


def _table(heads: Sequence[str], rows: Sequence[Sequence[Content]]) -> Markup:
    """A table whose first column names its rows."""
    top = tag("thead", tag("tr", [tag("th", head, scope="col") for head in heads]))
    body = [
        tag("tr", tag("th", row[0], scope="row"), [tag("td", entry) for entry in row[1:]]) for row in rows
    ]
    return tag("div", tag("table", top, tag("tbody", body)), class_="wide", tabindex="0")
