"""The JSON artifact: the report's `proof`, key for key, indented, in UTF-8."""

from haproof.core.report import Report
from haproof.render.json_text import indented

_last: tuple[Report, bytes] | None = None
"""What was made last: the page and the document name its digest, and so ask for the same bytes again."""


def render(report: Report) -> bytes:
    """The artifact's bytes: the same for the same report, on every machine."""
    global _last
    if _last is None or _last[0] is not report:
        _last = report, indented(report.proof)
    return _last[1]
