"""The words of a comparison that text and Markdown share."""

import re
from typing import Any

from haproof.core.comparable import bound
from haproof.core.comparison import (
    Comparison,
    Conclusion,
    Difference,
    Direction,
    FigureChange,
    Sample,
    StateChange,
)
from haproof.core.figures import number, shown
from haproof.core.model import Target

GROUPS: tuple[tuple[Direction, str], ...] = (
    ("worse", "Worse"),
    ("cannot tell", "Unknown (failed on one side, no evidence on the other)"),
    ("better", "Better"),
    ("not shown", "Inconclusive (the values differ; the data is too thin to support a difference)"),
    ("changed", "Changed, neither better nor worse"),
)
"""Directions in the order in which a reader wants them, and how each is headed."""


DIRECTIONS: dict[Direction, str] = {
    "worse": "worse",
    "cannot tell": "unknown",
    "better": "better",
    "not shown": "inconclusive",
    "changed": "changed",
}
"""What people read for each direction; the JSON keeps the names of its version."""

OUTCOMES: dict[Conclusion, str] = {
    "no regression": "no regression",
    "regression": "regression",
    "cannot tell": "inconclusive",
    "not comparable": "not comparable",
}
"""The same for the outcome."""

KINDS = {
    "schema": "schema",
    "topology": "topology",
    "targets": "target",
    "evidence": "evidence",
    "version": "version",
    "host": "host",
}
"""What a difference that is no result is about."""

DIGEST_CHARACTERS = 12
"""How much of a digest is shown in a row."""

NOT_JUDGED = "Not judged by this version of haproof (as reported by the one that wrote it)"
"""How a list of what this version does not know is headed."""

_DIGEST = re.compile(r"[0-9A-Fa-f]{32,}\Z")


def result(comparison: Comparison) -> str:
    """The last line: `REGRESSION (7 worse, 1 better)`."""
    word = OUTCOMES[comparison.outcome].upper()
    if comparison.obstacles:
        names = ", ".join(f"{KINDS[stop.kind]} {stop.name}" for stop in comparison.obstacles)
        return f"{word} ({names})"
    if not comparison.changes:
        return f"{word} (nothing differs)"
    counts = [
        f"{count} {words}"
        for direction, words in DIRECTIONS.items()
        if (count := sum(change.direction == direction for change in comparison.changes))
    ]
    return f"{word} ({', '.join(counts)})"


def notes(comparison: Comparison) -> list[str]:
    """What a reader must know of the comparison itself."""
    said = []
    if comparison.same_evidence:
        said.append("Both sides judge the same evidence, byte for byte.")
    if comparison.unseen and not comparison.obstacles:
        said.append(f"No evidence on either side: {', '.join(comparison.unseen)}.")
    if any(condition.kind == "host" for condition in comparison.conditions):
        said.append("The machines differ: figures follow the machine, not only the system under test.")
    return said


def compared(comparison: Comparison) -> str:
    """How much was looked at, and how much of it is the same."""
    total = comparison.compared
    parts = [
        f"{total.checks - len(comparison.checks)} of {total.checks} VAL26 checks",
        f"{total.slice_checks - len(comparison.slice_checks)} of {total.slice_checks} slice checks",
        f"{total.figures - len(comparison.figures)} of {total.figures} metrics",
    ]
    return f"Unchanged: {', '.join(parts)}."


def not_judged(comparison: Comparison) -> tuple[tuple[str, str, str], ...]:
    """What this version does not know, and its state on either side as reported."""
    return tuple(
        (one.name, one.before or "not given", one.after or "not given") for one in comparison.not_judged
    )


def states(comparison: Comparison) -> tuple[StateChange, ...]:
    """Verdict, levels, requirements, slices and checks that changed."""
    verdict = (comparison.verdict,) if comparison.verdict else ()
    return (
        *verdict,
        *comparison.levels,
        *comparison.requirements,
        *comparison.slices,
        *comparison.checks,
        *comparison.slice_checks,
    )


def difference(entry: Difference) -> str:
    """`topology platform: docker → kubernetes`."""
    return f"{KINDS[entry.kind]} {entry.name}: {entry.before} → {entry.after}"


def values(change: FigureChange) -> tuple[str, str]:
    """Both values of a figure in words."""
    return (
        _value(change, change.before, change.trials_before, change.given != "after"),
        _value(change, change.after, change.trials_after, change.given != "before"),
    )


def _value(change: FigureChange, value: Any, sample: Sample | None, given: bool) -> str:
    """`58 ms (median 54 ms of 10 trials)`, `not measured`, `not given`."""
    if not given:
        return "not given"
    unit = f" {change.unit}" if change.unit in ("ms", "rows", "bytes") else ""
    if isinstance(value, list):
        measured = [element for element in value if element is not None]
        whole = bool(measured) and len(measured) == len(value)
        said = f"worst {_number(max(measured), change.target)}{unit}" if whole else "not measured"
    elif isinstance(value, str):
        said = f"{value[:DIGEST_CHARACTERS]}…" if _DIGEST.match(value) else shown(value)
    else:
        said = shown(value, _limit(change.target)) + (unit if value is not None else "")
    return f"{said} ({trials(sample, unit)})" if sample and sample.n > 1 else said


def trials(sample: Sample, unit: str) -> str:
    """`median 54 ms of 10 trials`."""
    middle = "not measured" if sample.median is None else f"{number(sample.median)}{unit}"
    lost = f", {sample.not_measured} not measured" if sample.not_measured else ""
    return f"median {middle} of {sample.n} trials{lost}"


def target(change: FigureChange) -> str:
    """`target <= 5,000 ms`; empty without one."""
    if change.target is None:
        return ""
    unit = f" {change.unit}" if change.unit in ("ms", "rows", "bytes") else ""
    return f"{bound(change.target)}{unit}" if not isinstance(change.target.value, str) else ""


def margin(change: FigureChange) -> str:
    """`98.8 % → 97.6 % (-1.2 points)`; empty where neither side has one, and for a least size of the evidence
    (`rows_acknowledged >= 1`), of which hundreds of times as much is no margin worth a line."""
    if change.target is not None and change.target.op == ">=":
        return ""
    sides = (change.margin_before_percent, change.margin_after_percent)
    if sides == (None, None):
        return ""
    words = " → ".join("none" if side is None else f"{percent(side)} %" for side in sides)
    drift = change.drift_points
    return words if drift is None else f"{words} ({percent(drift, sign='+')} points)"


def percent(value: float, sign: str = "") -> str:
    """Two decimals at most, and never rounded onto zero from below: that is where a target is missed."""
    rounded = round(value, 2) + 0.0
    digits = f"{rounded:{sign}.2f}" if rounded or not value else f"{value:{sign}.12f}"
    return digits.rstrip("0").removesuffix(".")


def _limit(bound_: Target | None) -> object:
    return bound_.value if bound_ else None


def _number(value: float, bound_: Target | None) -> str:
    return number(value, _limit(bound_))
