"""Whether what an artifact, or a line of a history, says of a figure can be true."""

from typing import Any, Protocol

from haproof.core.figures import shown
from haproof.core.findings import FLOAT_TOLERANCE


class Bound(Protocol):
    """What a figure is held against."""

    @property
    def op(self) -> str:
        """`<=`, `=` or `>=`."""

    @property
    def value(self) -> Any:
        """The limit."""


class Figure(Protocol):
    """A figure as an artifact or a line of a history has it."""

    @property
    def value(self) -> Any:
        """The figure, or an array of them."""

    @property
    def unit(self) -> str | None:
        """Its unit."""

    @property
    def target(self) -> Bound | None:
        """What it is held against."""

    @property
    def status(self) -> str | None:
        """PASS or FAIL."""


def figure_fault(metric: Figure) -> tuple[str, str] | None:
    """Why this is no figure, or PASS beyond its own target: the key at fault, and the fault."""
    values = metric.value if isinstance(metric.value, list) else [metric.value]
    if metric.unit is not None and not all(value is None or _counts_up(value) for value in values):
        return "value", f"expected numbers of 0 or more ({metric.unit})"
    target = metric.target
    if target is not None and metric.status is None:
        return "status", "null, although the figure has a target"
    if metric.status == "PASS":
        if not values or any(value is None for value in values):
            return "status", "PASS, but nothing was measured"
        if target and not all(_within(value, target) for value in values):
            return "status", f"PASS, but {shown(metric.value)} is not {target.op} its target"
    return None


def _counts_up(value: object) -> bool:
    """Whether a value is a number of 0 or more; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _within(value: Any, target: Bound) -> bool:
    """Whether a value passes against a target as the rules do (`core.findings`): null never does."""
    limit: Any = target.value
    if isinstance(value, str) and isinstance(limit, str):
        return target.op == "=" and value.lower() == limit.lower()
    if isinstance(value, bool) or isinstance(limit, bool) or not (_is_number(value) and _is_number(limit)):
        return target.op == "=" and value is not None and value is limit
    if target.op == "=":
        return bool(abs(value - limit) <= FLOAT_TOLERANCE * max(abs(value), abs(limit)))
    return bool(value <= limit if target.op == "<=" else value >= limit)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)
