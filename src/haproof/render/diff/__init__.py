"""A comparison of two runs, one module for each format: `render(comparison) -> bytes`."""

from haproof.core.comparison import Comparison
from haproof.render.making import made

FORMATS = {
    "text": "haproof.render.diff.text",
    "json": "haproof.render.diff.document",
    "markdown": "haproof.render.diff.markdown",
}
"""Format name to the module that makes it."""


def render(comparison: Comparison, form: str) -> bytes:
    """The comparison in one format, in UTF-8. Raises FormatError where it cannot be made, KeyError
    for no such format."""
    return made(f"the comparison as {form}", form, FORMATS[form], comparison)
