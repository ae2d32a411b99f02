"""The comparison as JSON: its record, key for key."""

from haproof.core.comparison import Comparison
from haproof.render.json_text import indented


def render(comparison: Comparison) -> bytes:
    """The same bytes for the same comparison."""
    return indented(comparison)
