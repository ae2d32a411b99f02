"""Clusters side by side for programs."""

import json
from typing import Any

from msgspec import to_builtins

from haproof.kinds.cluster.sides import Sides


def render(sides: Sides) -> bytes:
    """JSON in UTF-8: `sides` with their rows by fault, and `settings` that differ by name and side."""
    found: dict[str, Any] = {
        "schema_version": "1.0",
        "sides": [to_builtins(side) for side in sides.sides],
        "settings": {
            name: dict(zip([side.name for side in sides.sides], values, strict=True))
            for name, values in sides.settings
        },
    }
    return (json.dumps(found, indent=2, ensure_ascii=False) + "\n").encode("utf-8")
