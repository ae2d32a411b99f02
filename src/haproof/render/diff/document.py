"""The comparison as JSON: its record, key for key."""

import json

from msgspec import to_builtins

from haproof.core.comparison import Comparison
from haproof.render.visible import json_escaped


def render(comparison: Comparison) -> bytes:
    """The same bytes for the same comparison."""
    tree = to_builtins(comparison)
    return json_escaped(json.dumps(tree, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
