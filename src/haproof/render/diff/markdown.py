"""The comparison as GitHub-flavoured Markdown: fits a comment under a pull request."""

from haproof.core.comparison import Comparison
from haproof.render.diff.sheet import sheet
from haproof.render.writers.markdown import write


def render(comparison: Comparison) -> bytes:
    """The document in UTF-8: the same bytes for the same comparison."""
    return write(sheet(comparison))
