"""A slice's figures: value, target, margin, status."""

from markupsafe import Markup
from msgspec import Struct

from haproof.core.figures import number, separated, shown
from haproof.core.model import Metric
from haproof.render.html.components import code, state, table
from haproof.render.html.labels import LABELS, UNITS
from haproof.render.markup import Content, tag
from haproof.render.text.figure import NOT_MEASURED, limit, series, trials, value

SHOWN_TRIALS = 100
"""Most trials that are listed one by one; the file holds them all."""

LONG = 20
"""Words longer than this (digests, reasons) may break across lines."""

GAUGE_PX = 88


class Margin(Struct, frozen=True):
    """How far a figure lies on the right side of its target: the difference, and its share of the target."""

    difference: float
    share: float | None
    used: float | None

    @property
    def kept(self) -> bool:
        """Whether the target is kept."""
        return self.difference >= 0


def metric_table(key: str, name: str, metrics: dict[str, Metric]) -> Markup:
    """Every figure of one slice."""
    rows = [_row(metric_name, metric) for metric_name, metric in metrics.items()]
    heads = ("Metric", "Value", "Target", "Margin", "Status")
    return table(key, f"{name}: value, target, margin", heads, rows, (1, 2, 3))


def _row(name: str, metric: Metric) -> list[Content]:
    label = tag("span", LABELS.get(name, name.replace("_", " ")), class_="text")
    return [[label, code(name)], _value(metric), _target(metric), _margin(metric), state(metric.status)]


def _value(metric: Metric) -> Content:
    """The figure with its unit; of an array the summary, and the trials themselves."""
    elements = series(metric)
    if isinstance(metric.value, str) and len(metric.value) > LONG:
        return tag("span", value(metric), class_="long")
    if elements is None:
        return value(metric, _unit(metric))
    listed = ", ".join(
        NOT_MEASURED if e is None else number(e, limit(metric)) for e in elements[:SHOWN_TRIALS]
    )
    left = len(elements) - SHOWN_TRIALS
    further = f", … ({len(elements)} in the file)" if left > 0 else ""
    return [
        tag("span", trials(metric), class_="text trials"),
        tag("span", f"{listed}{further}", class_="note trials"),
    ]


def _unit(metric: Metric) -> str:
    return UNITS[metric.unit] if metric.unit else ""


def _target(metric: Metric) -> Content:
    """`≤ 5,000 ms`; a dash where the figure is informational."""
    if metric.target is None:
        return "–"
    bound, sign = metric.target.value, {"<=": "≤", ">=": "≥", "=": "="}[metric.target.op]
    each = ", each" if isinstance(metric.value, list) else ""
    if isinstance(bound, int | float) and not isinstance(bound, bool):
        return f"{sign} {separated(bound)}{_unit(metric)}{each}"
    if isinstance(bound, str) and len(bound) > LONG:
        return tag("span", f"{sign} {shown(bound)}", class_="long")
    return f"{sign} {shown(bound)}{each}"


def _margin(metric: Metric) -> Content:
    """How much room is left, in figures and as a gauge."""
    room = margin(metric)
    if room is None:
        return "–"
    least = metric.target is not None and metric.target.op == ">="
    behind = ("above" if room.kept else "short") if least else ("left" if room.kept else "over")
    words = f"{_distance(abs(room.difference))}{_unit(metric)} {behind}" if room.difference else "met exactly"
    share = f" ({percent(abs(room.share))})" if room.share else ""
    gauge = _gauge(room) if room.used is not None else None
    return [tag("span", f"{words}{share}", class_="text"), gauge]


def _distance(difference: float) -> str:
    """At most three decimals, and never nothing where there is something."""
    return "< 0.001" if difference < 0.001 else number(difference)


def margin(metric: Metric) -> Margin | None:
    """The worst element's distance to a numeric bound; None where there is no bound or no figure."""
    bound, elements = limit(metric), series(metric)
    if bound is None or metric.target is None or metric.target.op == "=":
        return None
    measured = [metric.value] if elements is None else list(elements)
    if not measured or not all(isinstance(element, int | float) for element in measured):
        return None
    figures = [element for element in measured if isinstance(element, int | float)]
    if metric.target.op == ">=":
        return Margin(min(figures) - bound, None, None)
    worst = max(figures)
    share = (bound - worst) / bound if bound else None
    return Margin(bound - worst, share, worst / bound if bound else None)


def percent(share: float) -> str:
    """At most one decimal, and never rounded up to all or down to nothing."""
    hundredths = share * 100
    if 0 < hundredths < 0.1:
        return "< 0.1 %"
    if 99.9 < hundredths < 100:
        return "> 99.9 %"
    return f"{number(round(hundredths, 1))} %" if hundredths < 10_000 else f"{number(round(share))} times"


def _gauge(room: Margin) -> Markup:
    """How much of the limit is used; the words beside it say the same."""
    used = min(max(room.used or 0, 0), 1) * GAUGE_PX
    ink = "i-series" if room.kept else "i-over-fill"
    return tag(
        "svg",
        tag("rect", class_="i-track", width=str(GAUGE_PX), height="6", rx="3"),
        tag("rect", class_=ink, width=f"{max(used, 2):.1f}", height="6", rx="3"),
        class_="gauge",
        width=str(GAUGE_PX),
        height="6",
        aria_hidden="true",
    )
