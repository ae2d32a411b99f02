"""Clusters side by side as one HTML file, in the manner of the report's: no script, nothing fetched."""

from haproof.kinds.cluster.matrix.sheet import sheet
from haproof.kinds.cluster.sides import Sides
from haproof.render.writers.html import write

LAYOUT = "#main{max-width:none}\n.scroll td{min-width:11em}\n"
"""A column for each cluster: as wide as the window, and scrolled where they are many."""


def render(sides: Sides) -> bytes:
    """The page in UTF-8: the same bytes for the same evidence. Raises FormatError without markupsafe."""
    return write(sheet(sides), LAYOUT)
