"""Markup under construction: whatever is not markup already is made visible and escaped, without exception.

Every piece of HTML and SVG is made by `tag` and `void`; there is no other way from a string of the evidence
to a page, so none can be interpreted.
"""

from collections.abc import Iterable
from typing import TypeAlias

from markupsafe import Markup, escape

from haproof.render.visible import visible

Content: TypeAlias = "str | Iterable[Content] | None"
"""Text (to be escaped), markup (kept), nothing, or a sequence of these."""

Value = str | int | bool | None
"""An attribute's value: None and False leave the attribute out, True is an attribute without a value."""

NOTHING = Markup("")


def tag(name: str, /, *children: Content, **attributes: Value) -> Markup:
    """`<name attributes>children</name>`. In attribute names `_` stands for `-`; `class_` is `class`."""
    return Markup(f"<{name}{_attributes(attributes)}>{content(children)}</{name}>")


def void(name: str, /, **attributes: Value) -> Markup:
    """An element that has no content, such as `<meta>`."""
    return Markup(f"<{name}{_attributes(attributes)}>")


def content(children: Content) -> Markup:
    """Text and markup joined; text is made visible and escaped."""
    if isinstance(children, Markup):
        return children
    if isinstance(children, str):
        return escape(visible(children))
    if children is None:
        return NOTHING
    return Markup("".join([content(child) for child in children]))


def _attributes(attributes: dict[str, Value]) -> str:
    """The attributes, each with a space before it."""
    text = ""
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        text += f" {name.rstrip('_').replace('_', '-')}"
        if value is not True:
            text += f'="{escape(visible(str(value)))}"'
    return text
