"""A check's docstring as a reader's explanation: what it means, why, how, and what it does not prove."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from haproof.core.docstring import sections
from haproof.render.html.components import disclosure
from haproof.render.markup import NOTHING, tag


def folded(judge: Callable[..., Any]) -> Markup:
    """The same behind a line that opens it."""
    words = explained(judge)
    return disclosure("Why, how, not proved", words) if words else NOTHING


def explained(judge: Callable[..., Any]) -> Markup:
    """The explanation, to stand in a fold; nothing where docstrings were stripped."""
    meaning, parts = sections(judge)
    if not meaning:
        return NOTHING
    said = [
        [" ", tag("p", tag("strong", f"{label}:"), f" {words}")] for label, words in parts.items() if words
    ]
    return tag("div", tag("p", meaning), said, class_="explained")
