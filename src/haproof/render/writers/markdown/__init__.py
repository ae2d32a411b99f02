"""The report as Markdown that fits a comment on a pull request: verdict first, details folded.

GitHub refuses a comment of more than 65,536 characters. The opening always fits; of the blocks that follow
those that do not are left out, and the last lines say which.
"""

from haproof.core.report import Report
from haproof.render.document.whole import Document, Sheet

LIMIT_BYTES = 65_536
"""The longest comment. Counted in bytes of UTF-8, which are at least as many as characters."""


def render(report: Report) -> bytes:
    """The comment in UTF-8: the same bytes for the same report."""
    from haproof.render.document.plans import comment

    return write(comment(report))


def write(document: Document | Sheet) -> bytes:
    """Any document as a comment."""
    from haproof.render.writers.markdown.blocks import sheet, whole

    if isinstance(document, Sheet):
        return sheet(document, LIMIT_BYTES).encode("utf-8")
    return whole(document, LIMIT_BYTES).encode("utf-8")
