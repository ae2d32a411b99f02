"""What an explanation holds, and how a judge's docstring is read as one."""

from collections.abc import Callable
from typing import Any

from msgspec import Struct

LABELS = ("Why", "How", "Not proved")
"""The labelled parts of a judge's docstring."""


class Explanation(Struct, frozen=True, kw_only=True):
    """One thing in words. `group` is where it is listed; `see` are ids of further explanations.

    `measured` tells what the lab measures from what is judged from other results.
    """

    id: str
    group: str
    title: str
    meaning: str
    why: str
    criterion: str
    how: str
    not_proved: str
    measured: bool = False
    see: tuple[str, ...] = ()

    def parts(self) -> tuple[tuple[str, str], ...]:
        """The labelled parts in the order of reading; empty ones are left out."""
        said = (
            ("Why it matters", self.why),
            ("Criterion", self.criterion),
            ("How it is measured" if self.measured else "How it is judged", self.how),
            ("What it does not prove", self.not_proved),
        )
        return tuple(part for part in said if part[1])


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
