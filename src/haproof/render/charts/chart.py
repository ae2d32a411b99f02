"""What a chart is: shapes, words for those who do not see them, and the data.

Positions along the time or value axis are fractions of the chart's width (0 left, 1 right) and are written
as percentages; heights are pixels. So one drawing fits a phone and a wide screen with its text at the size
of the page's text, and fits a PDF once it is given a width.
"""

from collections.abc import Iterable

from msgspec import Struct

GLYPH_PX, NARROWEST_PX = 7.2, 310
"""A generous mean width of a character at that size, and the width of a chart on a small phone."""


class Shape(Struct, frozen=True):
    """One SVG element: its name, its geometry, its ink, the text it holds, and the shapes inside it."""

    name: str
    geometry: dict[str, str]
    ink: str = ""
    text: str = ""
    inside: tuple["Shape", ...] = ()


class Table(Struct, frozen=True):
    """The chart's data in words: column heads, and rows whose first cell is the row's head."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Chart(Struct, frozen=True, kw_only=True):
    """One chart. `description` says in words what is to be seen; `table` carries the same data; `legend` says
    what the marks stand for.

    `key` is unique in the report and makes the ids; `height` is in pixels.
    """

    key: str
    title: str
    description: str
    height: float
    shapes: tuple[Shape, ...]
    table: Table
    legend: str = ""


def line(ink: str, x1: float, y1: float, x2: float, y2: float) -> Shape:
    """A straight line."""
    return Shape("line", {"x1": _part(x1), "y1": pixels(y1), "x2": _part(x2), "y2": pixels(y2)}, ink)


def box(ink: str, x1: float, x2: float, y: float, height: float, round_px: float = 0) -> Shape:
    """A rectangle from `x1` to `x2`."""
    geometry = {"x": _part(x1), "y": pixels(y), "width": _part(max(x2 - x1, 0)), "height": pixels(height)}
    return Shape("rect", geometry | ({"rx": pixels(round_px)} if round_px else {}), ink)


def dot(ink: str, x: float, y: float, radius: float) -> Shape:
    """A circle."""
    return Shape("circle", {"cx": _part(x), "cy": pixels(y), "r": pixels(radius)}, ink)


def mark(ink: str, x: float, y: float, path: str) -> Shape:
    """A small figure around a point; `path` is in pixels from it."""
    place = {"x": _part(x), "y": pixels(y), "overflow": "visible", "width": "1", "height": "1"}
    return Shape("svg", place, inside=(Shape("path", {"d": path}, ink),))


CROSS = "M-4,-4L4,4M-4,4L4,-4"
DIAMOND = "M0,-5L5,0L0,5L-5,0Z"
POINTER = "M0,7L-4.5,0L4.5,0Z"
BREAK = "M-5,9L-1,-9M1,9L5,-9"
"""Figures for `mark`."""


def words(ink: str, x: float, y: float, text: str, anchor: str = "") -> Shape:
    """Text; without `anchor` it leans inwards where half of it would pass an edge of the narrowest chart."""
    half = _width(text) / 2
    anchor = anchor or ("start" if x < half else "end" if x > 1 - half else "middle")
    geometry = {"x": _part(x), "y": pixels(y)} | ({} if anchor == "start" else {"text-anchor": anchor})
    return Shape("text", geometry, ink, text)


def fits_left(x: float, text: str) -> bool:
    """Whether text that ends at `x` begins inside the narrowest chart."""
    return _width(text) <= x


def _width(text: str) -> float:
    """A generous guess, as a fraction of the narrowest chart."""
    return len(text) * GLYPH_PX / NARROWEST_PX


def named(x: float, y: float, name: str, ink: str, said: str) -> Shape:
    """A row's name with what is said of it behind, as one text so that neither covers the other."""
    parts = (Shape("tspan", {}, "strong", name), Shape("tspan", {"dx": "8"}, ink, said))
    return Shape("text", {"x": _part(x), "y": pixels(y)}, inside=parts)


def crossing(x: float, lanes: Iterable[float], height: float) -> list[Shape]:
    """A limit drawn through each lane, and a little beyond, but not through the words between them."""
    return [line("target", x, y - 2, x, y + height + 2) for y in lanes]


def _part(fraction: float) -> str:
    """A fraction of the width, at a fixed number of decimals so that bytes never differ."""
    return f"{_fixed(fraction * 100, 2)}%"


def pixels(size: float) -> str:
    """A length in pixels, at a fixed number of decimals."""
    return _fixed(size, 1)


def _fixed(value: float, decimals: int) -> str:
    text = f"{value:.{decimals}f}".rstrip("0").removesuffix(".")
    return "0" if text in ("-0", "") else text
