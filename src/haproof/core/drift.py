"""Figures of two runs: which of them differ, by how much of their margin, and whether the data can tell.

Most figures are single measurements, and two of those always differ; only a target that is crossed, or sets
of trials that a rank test tells apart, make one of them better or worse. Everything else is "not shown".
"""

import math
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from haproof.core.comparison import Direction, FigureChange, Sample, direction
from haproof.core.described import Figure, metrics
from haproof.core.figure_fault import Bound
from haproof.core.figure_fault import Figure as Value
from haproof.core.figures import median, number, shown
from haproof.core.house import House
from haproof.core.kind import Kind
from haproof.core.mann_whitney import p_value, smallest_p_value
from haproof.core.metrics import plain_metrics
from haproof.core.model import Metric, Proof, Target

SIGNIFICANT = 0.01
"""Two-sided probability below which trials are said to differ (docs/comparing.md says why)."""

TOLERANCE_PERCENT = 10.0
"""Smallest difference of two medians, in percent of the smaller, that is called one."""

Group = Mapping[str, Metric]
Known = Mapping[str, Figure]
"""What is said of each figure of a kind."""


UNKNOWN = Figure()


class Told(Struct, frozen=True):
    """What the two values of one figure say."""

    direction: Direction
    reason: str
    p_value: float | None = None


def figure_changes(
    before: Proof, after: Proof, house: House, tolerance_percent: float
) -> Iterator[FigureChange]:
    """Every figure of a slice that both sides have, unchanged ones with direction `same`."""
    for kind in house.kinds:
        old, new = (_group(kind, side) for side in (before, after))
        if old is None or new is None:
            continue
        for name in _names(kind, old, new):
            yield _change(kind, name, old, new, tolerance_percent)


def _group(kind: Kind, proof: Proof) -> Group | None:
    """The figures of a kind, required or optional; None where there are none."""
    if kind.role == "window":
        return proof.metrics.get(kind.stem)
    raw = next((row.metrics for row in proof.beyond if row.id == kind.id), None)
    return None if raw is None else plain_metrics(kind, raw)


def _names(kind: Kind, old: Group, new: Group) -> list[str]:
    """The figures of both sides in the order of the contract, trials only where their figure is not there."""
    known = metrics(kind.record)
    shown_with = {known[name].trials for name in known if name in old and name in new}
    names = (old.keys() | new.keys()) - shown_with
    return sorted(names, key=figure_order(known))


def figure_order(known: Known) -> Callable[[str], tuple[int, str]]:
    """The place of a figure in the record of its kind; unknown ones come last, by name."""
    order = {name: place for place, name in enumerate(known)}
    return lambda name: (order.get(name, len(order)), name)


def _change(kind: Kind, name: str, old: Group, new: Group, tolerance_percent: float) -> FigureChange:
    """One figure, both values, and what they say."""
    a, b = old.get(name), new.get(name)
    figure = metrics(kind.record).get(name, UNKNOWN)
    told = _told(name, figure, old, new, tolerance_percent)
    known = a or b
    margins = (margin_percent(a), margin_percent(b))
    drift = None if None in margins else round(margins[1] - margins[0], 3) + 0.0  # type: ignore[operator]
    return FigureChange(
        slice=kind.id,
        name=name,
        unit=known.unit if known else None,
        target=_shared_target(a, b),
        given="both" if a and b else "before" if a else "after",
        before=a.value if a else None,
        after=b.value if b else None,
        status_before=a.status if a else None,
        status_after=b.status if b else None,
        margin_before_percent=margins[0],
        margin_after_percent=margins[1],
        drift_points=drift,
        trials_before=_sample(name, figure, old),
        trials_after=_sample(name, figure, new),
        p_value=told.p_value,
        direction=told.direction,
        reason=told.reason,
    )


def _told(name: str, figure: Figure, old: Group, new: Group, tolerance_percent: float) -> Told:
    """The reasons in order of weight: presence, status, measured or not, and then the values themselves."""
    a, b = old.get(name), new.get(name)
    if a is None or b is None:
        return _given_once(figure, a, b)
    if a.status != b.status and (a.target is None) == (b.target is None):
        word = direction(a.status or "not given", b.status or "not given")
        return Told(word, f"its target and its check: {_status(a)} before, {_status(b)} after")
    trials = figure.trials or name
    if a.value == b.value and _values(trials, old) == _values(trials, new):
        return Told("same", "")
    if not lower_is_better(figure, a):
        return Told("changed", "neither more nor less is better")
    if (a.value is None) != (b.value is None):
        return Told("worse" if b.value is None else "better", "not measured on one side")
    if _counted_to_none(a):
        return Told("worse" if b.value > a.value else "better", "counted one by one")  # type: ignore[operator]
    others = [setting for setting in figure.under if _value(setting, old) != _value(setting, new)]
    if others:
        said = "; ".join(f"{s} {shown(_value(s, old))} and {shown(_value(s, new))}" for s in others)
        return Told("not shown", f"measured under other conditions: {said}")
    return _trials_told(figure, _values(trials, old), _values(trials, new), old, tolerance_percent)


def _given_once(figure: Figure, a: Metric | None, b: Metric | None) -> Told:
    """A figure that only one side gives: evidence lost or won."""
    known, side = (a, "before") if a else (b, "after")
    if known is None or (known.status is None and not lower_is_better(figure, known)):
        return Told("changed", f"given only {side}")
    state = known.status or ("not given" if known.value is None else "PASS")
    word = direction(state, "not given") if a else direction("not given", state)
    return Told("changed" if word == "same" else word, f"given only {side}")


def _trials_told(
    figure: Figure, old: list[float] | None, new: list[float] | None, group: Group, tolerance_percent: float
) -> Told:
    """What the trials say, or why they say nothing. Trials that were not measured rank as the slowest."""
    if old is None or new is None or min(len(old), len(new)) < 2:
        return Told("not shown", "a single measurement on a side")
    best = smallest_p_value(len(old), len(new))
    sizes = f"{len(old)} and {len(new)} trials"
    if best >= SIGNIFICANT:
        return Told("not shown", f"{sizes} are too few: they can at best reach {probability(best)}")
    p = p_value(old, new)
    if p >= SIGNIFICANT:
        return Told("not shown", f"{sizes}, {probability(p)}: as far apart by chance", p)
    middles = (median(old), median(new))
    shift = middles[1] - middles[0] if middles[0] != middles[1] else 0.0
    lost = sum(map(math.isinf, new)) - sum(map(math.isinf, old))
    if lost and (lost > 0) != (shift > 0):
        return Told(
            "not shown", f"{sizes}, {probability(p)}: faster on one side, but with more not measured", p
        )
    too_small = _too_small(figure, middles, abs(shift), group, tolerance_percent)
    if too_small:
        return Told("not shown", f"{sizes}, {probability(p)}, but {too_small}", p)
    return Told("worse" if shift > 0 else "better", f"{sizes}, {probability(p)}", p)


def _too_small(
    figure: Figure, middles: tuple[float, float], shift: float, group: Group, tolerance_percent: float
) -> str:
    """Why a difference of medians is too small to mean anything; empty where it is not."""
    if shift == 0:
        return "the medians are the same"
    poll = _value("poll_interval_ms", group) if figure.polled else None
    if isinstance(poll, int | float) and shift < poll:
        return f"the medians differ by {number(shift)} ms, less than the poll interval of {number(poll)} ms"
    if math.isfinite(shift) and shift * 100 < tolerance_percent * min(middles):
        return f"the medians differ by less than the tolerance of {number(tolerance_percent)} %"
    return ""


def lower_is_better(figure: Figure, metric: Value) -> bool:
    """Whether a smaller value of the figure is the better one."""
    return _counted_to_none(metric) or (metric.unit == "ms" and not figure.setting)


def _counted_to_none(metric: Value) -> bool:
    """Whether the figure counts what must not happen at all, such as lost rows."""
    target = metric.target
    return metric.unit in ("rows", "count") and target is not None and (target.op, target.value) == ("=", 0)


def margin_percent(metric: Value | None) -> float | None:
    """Distance to the target in percent of the target, negative beyond it; of an array, of its worst element.

    Three decimals, but never rounded onto the target. None without a numeric target other than 0, for a
    target that is an exact value, and where nothing was measured.
    """
    limit = _limit(metric.target) if metric else None
    if metric is None or limit is None:
        return None
    over = metric.target is not None and metric.target.op == "<="
    value = _worst(metric.value, over)
    if value is None:
        return None
    margin = (limit - value if over else value - limit) / limit * 100
    rounded = round(margin, 3)
    return rounded if rounded or not margin else margin


def _limit(target: Bound | None) -> float | None:
    """A lower or upper bound's figure; None for none, for 0 and for an exact value."""
    if target is None or target.op == "=" or isinstance(target.value, str | bool | None):
        return None
    return target.value if target.value > 0 else None


def _worst(value: Any, over: bool) -> float | None:
    """A number, or the worst of an array; None where that was not measured."""
    if isinstance(value, list):
        elements: list[float] = [element for element in value if element is not None]
        if not elements or len(elements) < len(value):
            return None
        return max(elements) if over else min(elements)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _value(name: str, group: Group) -> Any:
    """A figure's value; None where it is not given."""
    metric = group.get(name)
    return None if metric is None else metric.value


def _values(name: str, group: Group) -> list[float] | None:
    """An array of trials, infinite where a trial was not measured; None where there is no array."""
    value = _value(name, group)
    if not isinstance(value, list):
        return None
    return [math.inf if trial is None else trial for trial in value]


def _sample(name: str, figure: Figure, group: Group) -> Sample | None:
    """The trials behind a figure in short; None where there are none."""
    trials = _values(figure.trials or name, group)
    if not trials:
        return None
    middle = median(trials)
    return Sample(
        n=len(trials),
        not_measured=sum(math.isinf(trial) for trial in trials),
        median=middle if math.isfinite(middle) else None,
    )


def _shared_target(a: Metric | None, b: Metric | None) -> Target | None:
    """The target; None where each side has its own, another figure of its own evidence."""
    if a is None or b is None:
        known = a or b
        return known.target if known else None
    return a.target if a.target == b.target else None


def _status(metric: Metric) -> str:
    """A figure's status in words."""
    return metric.status or "none"


def probability(p: float) -> str:
    """A probability as it is printed: `p = 0.0079`, and never as 0."""
    return "p < 0.0001" if p < 0.0001 else f"p = {p:.4f}".rstrip("0")
