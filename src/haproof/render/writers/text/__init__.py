"""Text for a terminal, a log, a diff: lines of at most 100 columns, or as many as a terminal has."""

from collections.abc import Iterable

from haproof.core.report import Report
from haproof.render.document.plain.lines import Block
from haproof.render.writers.text.page import COLUMNS, Page


def render(report: Report) -> bytes:
    """The report in UTF-8: the same bytes for the same report."""
    from haproof.render.document.plain.document import document

    return write(document(report))


def write(blocks: Iterable[Block], columns: int = COLUMNS) -> bytes:
    """Any lines, at most so many columns wide where they may be broken."""
    page = Page(columns)
    for block in blocks:
        page.add(block)
    return page.text().encode("utf-8")
