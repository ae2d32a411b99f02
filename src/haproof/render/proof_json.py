"""The JSON artifact: the report's `proof`, key for key, indented, in UTF-8."""

import json

from msgspec import to_builtins

from haproof.core.report import Report
from haproof.render.visible import json_escaped

_last: tuple[Report, bytes] | None = None
"""What was made last: the page and the document name its digest, and so ask for the same bytes again."""


def render(report: Report) -> bytes:
    """The artifact's bytes: the same for the same report, on every machine."""
    global _last
    if _last is None or _last[0] is not report:
        tree = to_builtins(report.proof)
        document = json_escaped(json.dumps(tree, indent=2, ensure_ascii=False) + "\n")
        _last = report, document.encode("utf-8")
    return _last[1]
