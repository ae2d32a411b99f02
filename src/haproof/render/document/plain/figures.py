"""Figures as the report prints them: value, target, status."""

from collections.abc import Sequence

from haproof.core.figures import median, number, separated, shown
from haproof.core.model import Metric
from haproof.render.document.plain.lines import Labelled, Lines

Metrics = dict[str, Metric]

NOT_MEASURED = "not measured"


def value(metric: Metric | None, unit: str = "") -> str:
    """A figure with its unit; `not measured` for null."""
    if metric is None or metric.value is None:
        return NOT_MEASURED
    return shown(metric.value, limit(metric), metric.target.op if metric.target else None) + unit


def limit(metric: Metric | None) -> int | float | None:
    """A figure's numeric target, if it has one."""
    if metric is None or metric.target is None or isinstance(metric.target.value, str | bool):
        return None
    return metric.target.value


def held(metric: Metric, unit: str = "") -> str:
    """`342 ms [target <= 5,000 ms] PASS`."""
    return f"{value(metric, unit)} {target(metric, unit)} {metric.status}"


def each_held(m: Metrics, width: int, *lines: tuple[str, str, str]) -> Lines:
    """A line with target and status for each of these figures that is given: label, name, unit."""
    for label, name, unit in lines:
        if name in m:
            yield Labelled(label, width, held(m[name], unit))


def target(metric: Metric, unit: str = "") -> str:
    """`[target <= 5,000 ms]`."""
    if metric.target is None:
        return "[target unknown]"
    bound = metric.target.value
    if isinstance(bound, int | float) and not isinstance(bound, bool):
        return f"[target {metric.target.op} {separated(bound)}{unit}]"
    return f"[target {metric.target.op} {shown(bound)}]"


def both(*metrics: Metric | None) -> str:
    """PASS only if every one of the figures is."""
    return "PASS" if all(metric is not None and metric.status == "PASS" for metric in metrics) else "FAIL"


def series(metric: Metric | None) -> Sequence[int | float | None] | None:
    """The elements of an array metric; None where it is not given or null."""
    return metric.value if metric is not None and isinstance(metric.value, list) else None


def trials(metric: Metric) -> str:
    """`worst 58 ms, median 54 ms, n = 10`; a trial that was not measured is the worst of all."""
    elements = series(metric)
    if not elements:
        return NOT_MEASURED if elements is None else "none (n = 0)"
    measured = [element for element in elements if element is not None]
    missing = len(elements) - len(measured)
    bound = limit(metric)
    worst = NOT_MEASURED if missing else f"{number(max(measured), bound)} ms"
    middle = f"{number(median(measured), bound)} ms" if measured else NOT_MEASURED
    lost = f" ({missing} not measured)" if missing else ""
    return f"worst {worst}, median {middle}, n = {len(elements)}{lost}"


def said(metric: Metric) -> str:
    """A figure of any kind, with its unit, and with target and status where a rule looks at it."""
    unit = " ms" if metric.unit == "ms" else ""
    if metric.target is None:
        return f"{value(metric, unit)}{f' {metric.status}' if metric.status else ''}"
    return held(metric, unit)
