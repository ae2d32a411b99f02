"""Clusters side by side as one HTML file, in the manner of the report's: no script, nothing fetched."""

from haproof.kinds.cluster.matrix.sheet import sheet
from haproof.kinds.cluster.sides import Sides
from haproof.render.writers.html import write

LAYOUT = (
    "#main{max-width:none}\n"
    "@media print,(min-width:44.01rem){tbody th{width:16em}}\n"
    "@media print{#faults-caption~tbody td{min-width:11em}}\n"
    "@media screen and (min-width:44.01rem){#faults-caption~tbody td{min-width:13em}}\n"
    "@media screen and (max-width:44rem){#faults-caption~tbody td+td{padding-top:.6rem}}\n"
)
"""A column for each cluster: as wide as the window, and scrolled where they are many."""


def render(sides: Sides) -> bytes:
    """The page in UTF-8: the same bytes for the same evidence. Raises FormatError without markupsafe."""
    return write(sheet(sides), LAYOUT)
