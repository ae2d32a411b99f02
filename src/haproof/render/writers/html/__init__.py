"""The report as one HTML file: no script, nothing fetched, a strict policy inside, readable from disk."""

from haproof.core.report import Report
from haproof.errors import FormatError
from haproof.extras import install_command
from haproof.render.document.whole import Document, Sheet


def render(report: Report) -> bytes:
    """The page in UTF-8: the same bytes for the same report. Raises FormatError without markupsafe."""
    from haproof.render.document.plans import page

    return write(page(report))


def write(document: Document | Sheet, layout: str = "") -> bytes:
    """Any document as a page; `layout` are rules of style for what only some documents have."""
    try:
        import markupsafe  # noqa: F401 - asked for here, so that its absence is one sentence
    except ModuleNotFoundError:
        raise FormatError(
            "the HTML page was not made, because the package markupsafe is not installed: "
            f"run  {install_command('html')}"
        ) from None
    from haproof.render.writers.html.page import page

    return page(document, layout).encode("utf-8")
