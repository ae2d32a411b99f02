"""How a chart becomes SVG."""

from markupsafe import Markup

from haproof.render.charts.chart import Chart, Shape, pixels
from haproof.render.charts.palette import Paint
from haproof.render.markup import tag

NAMESPACE = "http://www.w3.org/2000/svg"

FONT_PX = 12
"""Size of the text in a chart."""


def svg(chart: Chart, paint: Paint, width: int | None = None) -> Markup:
    """The drawing. Without `width` (pixels) it is as wide as its place and needs a page around it; with
    `width` it is an SVG document of its own.
    """
    title, desc = f"{chart.key}-title", f"{chart.key}-desc"
    size: dict[str, str] = {"width": "100%", "height": pixels(chart.height)}
    if width is not None:
        size = {
            "xmlns": NAMESPACE,
            "width": str(width),
            "height": pixels(chart.height),
            "viewBox": f"0 0 {width} {pixels(chart.height)}",
            "font-size": str(FONT_PX),
        }
    return tag(
        "svg",
        tag("title", chart.title, id=title),
        tag("desc", chart.description, id=desc),
        [_drawn(shape, paint) for shape in chart.shapes],
        role="img",
        aria_labelledby=f"{title} {desc}",
        **size,
    )


def _drawn(shape: Shape, paint: Paint) -> Markup:
    look = paint(shape.ink) if shape.ink else {}
    return tag(
        shape.name, shape.text or [_drawn(part, paint) for part in shape.inside], **shape.geometry, **look
    )
