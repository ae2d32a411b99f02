"""Every colour of the report, stated once: tokens for light and dark, and the inks that charts draw with.

The HTML page takes tokens as CSS variables and inks as classes; a format without style sheets (PDF) takes
an ink's literal attributes. Contrast is held by a test: text at 4.5:1 or more, graphics at 3:1 or more
(WCAG 2.2, 1.4.3 and 1.4.11).
"""

from collections.abc import Callable

from msgspec import Struct

LIGHT = {
    "paper": "#ffffff",
    "surface": "#f6f7f9",
    "ink": "#16202b",
    "muted": "#55616e",
    "rule": "#d5dbe2",
    "grid": "#e6eaee",
    "accent": "#1f5fae",
    "accent-soft": "#dfeaf7",
    "pass": "#17703a",
    "pass-soft": "#e4f3e9",
    "fail": "#b3261e",
    "fail-soft": "#fbe9e7",
    "warn": "#855300",
    "warn-soft": "#fbf0d9",
}
"""Colours on paper and on a light screen, sRGB."""

DARK = {
    "paper": "#10161d",
    "surface": "#182028",
    "ink": "#e7ebf0",
    "muted": "#a3afbb",
    "rule": "#313c48",
    "grid": "#242e38",
    "accent": "#79b2f2",
    "accent-soft": "#1d3450",
    "pass": "#6bcf8e",
    "pass-soft": "#163424",
    "fail": "#ff9186",
    "fail-soft": "#43201d",
    "warn": "#eabb5c",
    "warn-soft": "#3a2e14",
}
"""Colours on a dark screen, sRGB."""


class Ink(Struct, frozen=True):
    """How a shape is drawn: which tokens fill and stroke it, and the rest of its look."""

    fill: str = "none"
    stroke: str = ""
    width: float = 1
    dashes: str = ""
    weight: int = 0


INKS = {
    "text": Ink(fill="ink"),
    "strong": Ink(fill="ink", weight=600),
    "muted": Ink(fill="muted"),
    "axis": Ink(stroke="muted"),
    "grid": Ink(stroke="grid"),
    "lane": Ink(fill="surface"),
    "target": Ink(stroke="ink", width=1.5, dashes="5 3"),
    "middle": Ink(stroke="ink", width=2),
    "series": Ink(fill="accent"),
    "span": Ink(fill="accent-soft", stroke="accent"),
    "outline": Ink(stroke="accent", width=1.5),
    "over": Ink(stroke="fail", width=2),
    "over-fill": Ink(fill="fail"),
    "over-text": Ink(fill="fail", weight=600),
    "healthy": Ink(fill="pass-soft"),
    "degraded": Ink(fill="warn-soft"),
    "alert": Ink(fill="fail-soft"),
    "blocked": Ink(fill="accent-soft"),
    "unnoticed": Ink(fill="warn-soft"),
    "edge": Ink(stroke="rule"),
}
"""What the charts draw with. Filled shapes beside text are soft; data is never told by colour alone."""

Paint = Callable[[str], dict[str, str]]
"""An ink's name to the attributes that make a shape look like it."""


def by_class(ink: str) -> dict[str, str]:
    """For a page with the style sheet of `style_rules`."""
    return {"class": f"i-{ink}"}


def literal(ink: str) -> dict[str, str]:
    """For a format without style sheets: light colours as attributes."""
    look = INKS[ink]
    attributes = {"fill": LIGHT.get(look.fill, "none")}
    if look.stroke:
        attributes |= {"stroke": LIGHT[look.stroke], "stroke-width": f"{look.width:g}"}
    if look.dashes:
        attributes["stroke-dasharray"] = look.dashes
    if look.weight:
        attributes["font-weight"] = str(look.weight)
    return attributes


def style_rules() -> str:
    """The CSS for both: tokens for light and dark, and one class for each ink."""
    dark = f"@media screen and (prefers-color-scheme:dark){{:root{{{_variables(DARK)}}}}}"
    inks = "\n".join(f".i-{name}{{{_declarations(look)}}}" for name, look in INKS.items())
    return f":root{{{_variables(LIGHT)}}}\n{dark}\n{inks}\n"


def _variables(tokens: dict[str, str]) -> str:
    return ";".join(f"--{name}:{colour}" for name, colour in tokens.items())


def _declarations(look: Ink) -> str:
    said = [f"fill:{'none' if look.fill == 'none' else f'var(--{look.fill})'}"]
    if look.stroke:
        said.append(f"stroke:var(--{look.stroke});stroke-width:{look.width:g}px")
    if look.dashes:
        said.append(f"stroke-dasharray:{look.dashes}")
    if look.weight:
        said.append(f"font-weight:{look.weight}")
    return ";".join(said)
