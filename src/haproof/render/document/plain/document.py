"""The text report, section by section."""

from haproof.core.report import Report
from haproof.render.document.plain import conclusion, overview
from haproof.render.document.plain.lines import Lines
from haproof.render.document.plain.results import results


def document(report: Report) -> Lines:
    """Section by section, in the order of seed §7."""
    for section in (
        overview.header,
        overview.topology,
        overview.coverage,
        results,
        conclusion.matrix,
        conclusion.risks,
        conclusion.reasons,
        conclusion.readiness,
        conclusion.verdict,
    ):
        yield from section(report)
