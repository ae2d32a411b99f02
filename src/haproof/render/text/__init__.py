"""The human-readable report of seed §7, section by section in its order."""

from haproof.core.report import Report
from haproof.render.text import conclusion, overview, results
from haproof.render.text.page import Page

SECTIONS = (
    overview.header,
    overview.topology,
    overview.coverage,
    results.failover,
    results.replication_lag,
    results.backup_restore,
    results.split_brain,
    results.quorum_loss,
    results.beyond,
    conclusion.matrix,
    conclusion.risks,
    conclusion.reasons,
    conclusion.readiness,
    conclusion.verdict,
)


def render(report: Report) -> bytes:
    """The text in UTF-8: the same bytes for the same report."""
    page = Page()
    for section in SECTIONS:
        section(page, report)
    return page.text().encode("utf-8")
