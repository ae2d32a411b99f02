"""How a judge's docstring is read: the sentence that says what it means, then its labelled parts."""

from collections.abc import Callable
from typing import Any

LABELS = ("Why", "How", "Not proved")
"""The labelled parts of a judge's docstring."""


def sections(judge: Callable[..., Any]) -> tuple[str, dict[str, str]]:
    """The opening sentence of a judge's docstring, and each labelled part of `LABELS`.

    Line breaks and indentation are joined away, because interpreters from 3.13 on strip indentation from
    docstrings. Under `python -OO` there are no docstrings, and every part is empty.
    """
    meaning: list[str] = []
    parts: dict[str, list[str]] = {label: [] for label in LABELS}
    current = meaning
    for line in (judge.__doc__ or "").split("\n"):
        words = line.strip()
        label, found, rest = words.partition(": ")
        if found and label in LABELS:
            current = parts[label]
            words = rest
        if words:
            current.append(words)
    return " ".join(meaning), {label: _capital(" ".join(lines)) for label, lines in parts.items()}


def _capital(words: str) -> str:
    """A part of a docstring goes on after its label in lower case; on its own it begins a sentence, unless
    it begins with a name such as resigned_at.
    """
    return words if "_" in words.partition(" ")[0] else words[:1].upper() + words[1:]
