"""A comparison of two runs, one module for each format: `render(comparison) -> bytes`."""

from importlib import import_module

from haproof.core.comparison import Comparison

FORMATS = {
    "text": "haproof.render.diff.text",
    "json": "haproof.render.diff.document",
    "markdown": "haproof.render.diff.markdown",
}
"""Format name to the module that makes it."""


def render(comparison: Comparison, form: str) -> bytes:
    """The comparison in one format, in UTF-8. KeyError for no such format."""
    made: bytes = import_module(FORMATS[form]).render(comparison)
    return made
