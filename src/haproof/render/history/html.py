"""The history as one HTML file, in the manner of the report's: no script, nothing fetched, strict."""

from haproof.render.history import View
from haproof.render.history.document import document
from haproof.render.writers.html import write

LAYOUT = (
    ".multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,17rem),1fr));"
    "gap:2rem 2.5rem;margin-block:1.5rem}\n"
    ".multiples>div{min-width:0}\n"
    ".multiples figure{display:block;margin:0}\n"
    ".multiples .note{margin-block:.25rem}\n"
    "#runs thead th{white-space:nowrap}\n"
    "#runs th:first-child{width:2.5em;min-width:2em;padding-right:.5em;white-space:nowrap}\n"
    "nav+.part{border-top:0;padding-top:0}\n"
    "#runs td:nth-child(3){min-width:3.5em;overflow-wrap:break-word}\n"
    "#runs td:nth-child(4){min-width:7em}\n"
    "@media (max-width:30rem){#runs th,#runs td{padding-right:.6rem}}\n"
    "@media print{.multiples{grid-template-columns:repeat(2,minmax(0,1fr))}"
    ".multiples>div{break-inside:avoid}}\n"
)
"""Many small charts side by side, and a table of narrow columns."""


def render(view: View) -> bytes:
    """The page in UTF-8: the same bytes for the same arguments. Raises FormatError without markupsafe."""
    return write(document(view), LAYOUT)
