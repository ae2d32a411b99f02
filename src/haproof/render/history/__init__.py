"""A history of runs, one module for each format: `render(history) -> bytes`."""

from importlib import import_module

from haproof.core.history import History

FORMATS = {
    "text": "haproof.render.history.text",
    "html": "haproof.render.history.html",
    "jsonl": "haproof.render.history.lines",
}
"""Format name to the module that makes it."""


def render(history: History, form: str) -> bytes:
    """The history in one format, in UTF-8. Raises FormatError where it cannot be made."""
    made: bytes = import_module(FORMATS[form]).render(history)
    return made
