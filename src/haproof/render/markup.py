"""Markup under construction: whatever is not markup already is made visible and escaped, without exception.

Every piece of HTML and SVG is made by `tag` and `void`; there is no other way from a string of the evidence
to a page: text of the evidence is never parsed as HTML.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import TypeAlias

from markupsafe import Markup, escape

from haproof.render.visible import visible

Content: TypeAlias = "str | Iterable[Content] | None"
"""Text (to be escaped), markup (kept), nothing, or a sequence of these."""

Value = str | int | bool | None
"""An attribute's value: None and False leave the attribute out, True is an attribute without a value."""

NOTHING = Markup("")

_HARMLESS = re.compile(r"[\w .,:;#%()/+-]*\Z", re.ASCII).match
"""Text that is the same escaped: most attributes are, and there are thousands of them."""

_made: Callable[[str], Markup] = partial(str.__new__, Markup)
"""Markup from finished text, as it is: the constructor would first ask it for an `__html__` of its own."""


def tag(name: str, /, *children: Content, **attributes: Value) -> Markup:
    """`<name attributes>children</name>`. In attribute names `_` stands for `-`; `class_` is `class`."""
    inside = children[0] if len(children) == 1 and type(children[0]) is Markup else _joined(children)
    return _made(f"<{name}{_attributes(attributes)}>{inside}</{name}>")


def void(name: str, /, **attributes: Value) -> Markup:
    """An element that has no content, such as `<meta>`."""
    return _made(f"<{name}{_attributes(attributes)}>")


def _joined(children: Iterable[Content]) -> str:
    """Text and markup joined; text is made visible and escaped."""
    parts: list[str] = []
    for child in children:
        if isinstance(child, Markup):
            parts.append(child)
        elif isinstance(child, str):
            parts.append(_escaped(child))
        elif child is not None:
            parts.append(_joined(child))
    return "".join(parts)


def _escaped(text: str) -> str:
    """Text that stands for itself, between tags and in quotes."""
    return text if _HARMLESS(text) else escape(visible(text))


def _attributes(attributes: dict[str, Value]) -> str:
    """The attributes, each with a space before it."""
    if not attributes:
        return ""
    return "".join([_attribute(name, value) for name, value in attributes.items()])


@lru_cache(maxsize=4096, typed=True)
def _attribute(name: str, value: Value) -> str:
    """One attribute with the space before it; a page states the same few hundred thousands of times."""
    if value is None or value is False:
        return ""
    written = name.rstrip("_").replace("_", "-")
    return f" {written}" if value is True else f' {written}="{_escaped(str(value))}"'
