"""Whether what an artifact, or a line of a history, says of a figure can be true."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

from haproof.core.figures import cut, shown
from haproof.core.findings import FLOAT_TOLERANCE
from haproof.core.parse import OVERFLOWS
from haproof.core.record import LARGEST


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


class Raw(Protocol):
    """A kind beyond the required ones, with its figures as the evidence has them."""

    @property
    def metrics(self) -> Mapping[str, Any] | None:
        """The figures by name."""


def figure_fault(metric: Figure) -> tuple[str, str] | None:
    """Why this is no figure, or PASS beyond its own target: the key at fault, and the fault."""
    values = metric.value if isinstance(metric.value, list) else [metric.value]
    if metric.unit is not None and not all(value is None or _counts_up(value) for value in values):
        return "value", f"expected numbers of 0 or more ({metric.unit})"
    if too_large(metric.value):
        return "value", TOO_LARGE
    target = metric.target
    if target is not None and overflows(target.value):
        return "target.value", "a number that overflows to Infinity"
    if target is not None and metric.status is None:
        return "status", "null, although the figure has a target"
    if metric.status == "PASS":
        if not values or any(value is None for value in values):
            return "status", "PASS, but nothing was measured"
        if target and not all(_within(value, target) for value in values):
            return "status", f"PASS, but {shown(metric.value)} is not {target.op} its target"
    return None


TOO_LARGE = f"expected numbers of at most {LARGEST}"


def raw_faults(beyond: Iterable[Raw]) -> Iterator[tuple[str, str]]:
    """Figures of kinds beyond the required ones that are none: path and fault."""
    for n, row in enumerate(beyond):
        for name, value in (row.metrics or {}).items():
            if too_large(value):
                yield f"$.beyond[{n}].metrics.{cut(name)}", TOO_LARGE


def too_large(value: object) -> bool:
    """Whether a figure, or one of an array of them, is a number beyond what evidence may hold."""
    values = value if isinstance(value, list) else [value]
    return any(isinstance(one, int | float) and abs(one) > LARGEST for one in values)


def overflows(limit: object) -> bool:
    """Whether a limit can only be infinite to a reader that knows doubles. (It may be beyond the largest
    figure: one that follows from a figure can be its double.)"""
    return isinstance(limit, int | float) and abs(limit) >= OVERFLOWS


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
