"""A plan for programs: its record, key for key."""

import json

from msgspec import to_builtins

from haproof.core.plan.model import Plan
from haproof.render.visible import json_escaped


def render(plan: Plan) -> bytes:
    """JSON in UTF-8: the same bytes for the same plan."""
    return json_escaped(json.dumps(to_builtins(plan), indent=2, ensure_ascii=False) + "\n").encode("utf-8")
