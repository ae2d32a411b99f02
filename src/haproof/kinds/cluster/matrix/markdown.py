"""Clusters side by side as GitHub-flavoured Markdown."""

from haproof.kinds.cluster.matrix.sheet import sheet
from haproof.kinds.cluster.sides import Sides
from haproof.render.writers.markdown import write


def render(sides: Sides) -> bytes:
    """The document in UTF-8: the same bytes for the same evidence."""
    return write(sheet(sides))
