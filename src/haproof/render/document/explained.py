"""A check's explanation: what it means, why, how, and what it does not prove."""

from collections.abc import Callable
from typing import Any

from haproof.core.docstring import sections
from haproof.render.document.blocks import Block, Explained


def explained(judge: Callable[..., Any]) -> tuple[Block, ...]:
    """The explanation as a block; none where docstrings were stripped."""
    meaning, parts = sections(judge)
    labelled = tuple((f"{label}:", words) for label, words in parts.items() if words)
    return (Explained(meaning, labelled),) if meaning else ()
