"""A slice's figures as rows: what was measured, what it is held against, how much room is left."""

from collections.abc import Mapping, Sequence
from typing import TypeGuard

from msgspec import Struct

from haproof.core import described
from haproof.core.figures import cut, median
from haproof.core.findings import Finding
from haproof.core.kind import Kind
from haproof.core.model import Metric, Target
from haproof.render.document.wording import NO_BREAK, NOT_MEASURED, below_limit, bound, exact, figure, rounded

POLL_INTERVAL = "poll_interval_ms"
"""The figure that says how often a producer looked."""

SHOWN_TRIALS = 100
"""Most trials that are listed one by one; the file holds them all."""

MOST_HEADLINES = 4
"""Figures that stand for a slice where only one line is shown."""

LONG = 20
"""Words longer than this (digests, reasons) may break across lines."""


class Figure(Struct, frozen=True, kw_only=True):
    """One figure of a slice. `value` is for people, `brief` the worst of an array alone; `exact` is what the
    evidence holds, to the last digit, or empty where `value` says the same; `trials` lists an array.

    `limit` and `margin` are empty where the figure is informational; `used` is the share of an upper limit
    that is used up (None without one), `kept` whether the limit is kept. A figure that keeps its limit and
    has the status FAIL is tied to a check that fails: `tied` says so.
    """

    name: str
    label: str
    value: str
    brief: str
    exact: str = ""
    trials: str = ""
    limit: str = ""
    margin: str = ""
    used: float | None = None
    kept: bool = True
    status: str | None = None
    tied: str = ""
    headline: bool = False


def figures(kind: Kind, metrics: Mapping[str, Metric]) -> tuple[Figure, ...]:
    """Every figure of one kind, in the order of the evidence."""
    known = described.metrics(kind.record)
    interval = poll_interval(metrics)
    return tuple(_figure(known[name], metric, interval) for name, metric in metrics.items())


def poll_interval(metrics: Mapping[str, Metric]) -> float | None:
    """How often the slice looked, in milliseconds: a polled figure cannot be finer than that."""
    metric = metrics.get(POLL_INTERVAL)
    value = metric.value if metric else None
    return value if _is_number(value) and value > 0 else None


def headlines(rows: Sequence[Figure]) -> tuple[Figure, ...]:
    """The figures that stand for a slice: each under an upper limit, or that must be zero or true."""
    return tuple(row for row in rows if row.headline)[:MOST_HEADLINES]


def _figure(known: described.Figure, metric: Metric, interval: float | None) -> Figure:
    value, target = metric.value, metric.target
    limit = target.value if target else None
    blurred = f" (±{rounded(interval)})" if interval and known.polled and value is not None else ""
    worst = _worst(metric)
    upper = limit if target is not None and target.op == "<=" and _is_number(limit) else None
    if isinstance(value, list):
        brief, middle = _array(value, metric.unit, limit, blurred)
        whole, trials, each = "", _listed(value), ", each"
    else:
        brief, middle = figure(value, metric.unit, limit) + blurred, ""
        whole, trials, each = _exact(value, metric.unit, limit), "", ""
    kept = metric.status != "FAIL" or _within(metric)
    return Figure(
        name=known.name,
        label=known.called,
        value=brief + middle,
        brief=brief,
        exact=whole,
        trials=trials,
        limit=f"{_bound(target, metric.unit)}{each}" if target else "",
        margin=below_limit(worst, upper) if worst is not None and upper is not None else "",
        used=worst / upper if worst is not None and upper else None,
        kept=kept,
        status=metric.status,
        tied="its check fails" if kept and metric.status == "FAIL" else "",
        headline=metric.status is not None and _stands_for(known.name, metric),
    )


def _bound(target: Target, named: str | None) -> str:
    """The limit; a digest's is that of the other one, whose value is in its own row."""
    if isinstance(target.value, str) and len(target.value) > LONG:
        return "= the other"
    return bound(target.op, target.value, named)


def _within(metric: Metric) -> bool:
    """Whether a figure, or each of its trials, keeps its limit."""
    target = metric.target
    given = metric.value if isinstance(metric.value, list) else [metric.value]
    if target is None or None in given or not given:
        return False
    if target.op == "=":
        return all(type(value) is type(target.value) and value == target.value for value in given)
    limit, numbers = target.value, [value for value in given if _is_number(value)]
    if not _is_number(limit) or len(numbers) != len(given):
        return False
    return all(value <= limit if target.op == "<=" else value >= limit for value in numbers)


def _stands_for(name: str, metric: Metric) -> bool:
    """Whether a figure says by itself what a slice found; of a figure and its trials, the figure does."""
    if metric.target is None or name.endswith("_trials_ms"):
        return False
    op, limit = metric.target.op, metric.target.value
    return op == "<=" or limit is True or (limit == 0 and limit is not False and op == "=")


def _exact(value: object, named: str | None, limit: object) -> str:
    """A value to the last digit, where its short form is not that already."""
    whole = cut(exact(value))
    return "" if figure(value, named, limit).partition(NO_BREAK)[0] == whole else whole


def _worst(metric: Metric) -> int | float | None:
    """The figure, or the largest of its trials; None where one was not measured."""
    value = metric.value
    if isinstance(value, list):
        measured = [element for element in value if element is not None]
        return max(measured) if measured and len(measured) == len(value) else None
    return value if _is_number(value) else None


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _array(value: Sequence[float | None], named: str | None, limit: object, blurred: str) -> tuple[str, str]:
    """`worst 56 ms (±50) of 10` and `, median 52 ms`; a trial that was not measured is the worst of all."""
    measured = [element for element in value if element is not None]
    if not value:
        return "no trials", ""
    if not measured:
        return f"{NOT_MEASURED} in any of {len(value):,}", ""
    worst = f"{figure(max(measured), named, limit)}{blurred}"
    if len(value) == 1:
        return f"{worst} in one trial", ""
    middle = f"median {figure(median(measured), named, limit)}"
    lost = len(value) - len(measured)
    if lost:
        return f"{lost:,} of {len(value):,} {NOT_MEASURED}", f"; of the others worst {worst}, {middle}"
    return f"worst {worst} of {len(value):,}", f", {middle}"


def _listed(value: Sequence[float | None]) -> str:
    """The trials one by one, to the last digit."""
    listed = ", ".join(NOT_MEASURED if each is None else exact(each) for each in value[:SHOWN_TRIALS])
    left = len(value) - SHOWN_TRIALS
    return f"{listed}, … ({len(value):,} in the file)" if left > 0 else listed


class Found(Struct, frozen=True, kw_only=True):
    """One figure held against one rule; `exact` to the last digit, and empty where `value` says the same."""

    name: str
    label: str
    value: str
    exact: str
    rule: str
    holds: bool

    @property
    def words(self) -> str:
        """`SIGTERM graceful failover: 342 ms (≤ 5,000 ms)`; what only must be so says it by itself."""
        plain = self.holds and self.value in ("yes", "no")
        return f"{self.label}: {self.value}" + ("" if plain or not self.rule else f" ({self.rule})")


def found(finding: Finding) -> Found:
    """A finding for people."""
    value, named = _plain(finding.value), _unit(finding)
    if not isinstance(value, list | tuple):
        said, whole = figure(value, named, finding.limit), _exact(value, named, finding.limit)
    elif named and all(each is None or _is_number(each) for each in value):
        said, whole = "".join(_array(value, named, finding.limit, "")), _listed(value)
    else:
        said, whole = cut(", ".join(figure(each, None) for each in value[:SHOWN_TRIALS])) or "none", ""
    return Found(
        name=finding.name,
        label=label_of(finding),
        value=said,
        exact=whole,
        rule=_rule(finding, named),
        holds=finding.holds,
    )


def label_of(finding: Finding) -> str:
    """What people call the figure of a finding, with the trial that it is of."""
    words = finding.figure.called if finding.figure.name else finding.name
    return f"{finding.subject}: {words}" if finding.subject else words


def _unit(finding: Finding) -> str | None:
    """The unit that a finding is shown with: what an observation counts, its name says."""
    unit = finding.figure.unit
    return unit if finding.pointer.startswith("/metrics/") or unit in ("ms", "bytes") else None


def _rule(finding: Finding, named: str | None) -> str:
    """What the figure was held against: its limit, or the rule in words behind the figure's name."""
    if finding.op is not None and finding.limit is not None and not isinstance(finding.limit, str):
        return bound(finding.op, finding.limit, named)
    words = finding.rule.removeprefix("every ").removeprefix(finding.name).lstrip(": ")
    other = words.removeprefix("= ")
    sibling = finding.sibling(other)
    called = sibling.label if sibling is not None else finding.figure.compared_with
    return f"= {called}" if called and words.startswith("= ") else words


def _plain(value: object) -> object:
    """An instant as the evidence writes it; anything else as it is."""
    if hasattr(value, "isoformat"):
        from haproof.core.figures import shown

        return shown(value)
    return value
