"""A history of runs, one module for each format: `render(history) -> bytes`."""

from haproof.core.history import History
from haproof.render.making import made

FORMATS = {
    "text": "haproof.render.history.text",
    "html": "haproof.render.history.html",
    "jsonl": "haproof.render.history.lines",
}
"""Format name to the module that makes it."""


def render(history: History, form: str) -> bytes:
    """The history in one format, in UTF-8. Raises FormatError where it cannot be made."""
    return made(f"the history as {form}", form, FORMATS[form], history)
