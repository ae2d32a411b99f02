"""A check's explanation: what it means, why, how, and what it does not prove."""

from haproof.core.words import Words
from haproof.render.document.blocks import Block, Explained


def explained(about: Words) -> tuple[Block, ...]:
    """The explanation as a block."""
    return (Explained(about.meaning, tuple((f"{label}:", words) for label, words in about.parts())),)
