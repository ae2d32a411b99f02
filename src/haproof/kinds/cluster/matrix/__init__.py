"""Clusters side by side, one module for each format: `render(sides) -> bytes`."""

from typing import TYPE_CHECKING

from haproof.render.making import made

if TYPE_CHECKING:
    from haproof.kinds.cluster.sides import Sides

FORMATS = {
    "text": "haproof.kinds.cluster.matrix.text",
    "html": "haproof.kinds.cluster.matrix.html",
    "markdown": "haproof.kinds.cluster.matrix.markdown",
    "json": "haproof.kinds.cluster.matrix.document",
}
"""Format name to the module that makes it."""


def render(sides: "Sides", form: str) -> bytes:
    """The comparison in one format, in UTF-8. Raises FormatError where it cannot be made."""
    return made(f"the matrix as {form}", form, FORMATS[form], sides)
