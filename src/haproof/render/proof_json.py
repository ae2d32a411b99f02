"""The JSON artifact: the report's `proof`, key for key, indented, in UTF-8."""

import json

from msgspec import to_builtins

from haproof.core.model import Report
from haproof.render.visible import json_escaped


def render(report: Report) -> bytes:
    """The artifact's bytes: the same for the same report, on every machine."""
    tree = to_builtins(report.proof)
    return json_escaped(json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
