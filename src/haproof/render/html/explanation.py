"""A check's docstring as a reader's explanation: what it means, why, how, and what it does not prove."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from haproof.render.html.components import disclosure
from haproof.render.markup import NOTHING, tag

_LABELS = ("Why", "How", "Not proved")


def explained(judge: Callable[..., Any]) -> Markup:
    """The explanation, closed until it is asked for; nothing where docstrings were stripped."""
    meaning, parts = sections(judge.__doc__ or "")
    if not meaning:
        return NOTHING
    said = [[" ", tag("p", tag("strong", f"{label}:"), f" {words}")] for label, words in parts]
    return disclosure("Why, how, not proved", tag("div", tag("p", meaning), said, class_="explained"))


def sections(docstring: str) -> tuple[str, list[tuple[str, str]]]:
    """The opening sentence, and each labelled part.

    Line breaks and indentation are joined away, so that interpreters that strip indentation from
    docstrings (3.13 and later) give the same words.
    """
    meaning: list[str] = []
    parts: list[tuple[str, list[str]]] = []
    for line in docstring.split("\n"):
        words = line.strip()
        label, found, rest = words.partition(": ")
        if found and label in _LABELS:
            parts.append((label, [rest]))
        elif words:
            (parts[-1][1] if parts else meaning).append(words)
    return " ".join(meaning), [(label, " ".join(lines)) for label, lines in parts]
