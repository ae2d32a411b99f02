"""A check's docstring as a reader's explanation: what it means, why, how, and what it does not prove."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from haproof.core.docstring import sections
from haproof.render.html.components import disclosure
from haproof.render.markup import NOTHING, tag


def explained(judge: Callable[..., Any]) -> Markup:
    """The explanation, closed until it is asked for; nothing where docstrings were stripped."""
    meaning, parts = sections(judge)
    if not meaning:
        return NOTHING
    said = [
        [" ", tag("p", tag("strong", f"{label}:"), f" {words}")] for label, words in parts.items() if words
    ]
    return disclosure("Why, how, not proved", tag("div", tag("p", meaning), said, class_="explained"))
