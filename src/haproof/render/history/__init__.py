"""A history of runs, one module for each format: `render(view) -> bytes`."""

from collections.abc import Mapping

from msgspec import Struct

from haproof.core.history import History
from haproof.render.making import made

FORMATS = {
    "text": "haproof.render.history.text",
    "html": "haproof.render.history.html",
}
"""Format name to the module that makes it. (JSON lines are not made from a history: see `lines`.)"""

SHOWN_RUNS = 100
"""Most runs that are listed and drawn: the latest ones. It keeps a page of ten thousand runs small."""


class View(Struct, frozen=True):
    """A history and what it is shown in: the address of each run's own page by `Run.run`, where there is one,
    and the columns of the terminal."""

    history: History
    pages: Mapping[str, str] = {}
    columns: int = 100


def render(view: View, form: str) -> bytes:
    """The history in one format, in UTF-8. Raises FormatError where it cannot be made."""
    return made(f"the history as {form}", form, FORMATS[form], view)
