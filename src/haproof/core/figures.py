"""How a figure is written: the shortest decimal form that does not lie about its target."""

from decimal import Decimal
from math import isfinite
from typing import Any

SHOWN_CHARACTERS = 200
"""Longest value from the evidence that is shown whole (proof contract)."""


def number(value: float, limit: object = None) -> str:
    """At most three decimals, no separators, never rounded across `limit` (5000.0004 stays 5000.0004)."""
    if isinstance(value, int):
        return str(value)
    rounded = round(value, 3)
    if isinstance(limit, int | float) and isfinite(limit) and (rounded <= limit) != (value <= limit):
        return _plain(value)
    return _plain(rounded)


def _plain(value: float) -> str:
    """Decimal digits without an exponent and without trailing zeros; minus zero is zero."""
    return format(Decimal(repr(value + 0.0)), "f").removesuffix(".0")


def separated(limit: float | None) -> str:
    """A target, limit or workload size, with thousands separators (5,000)."""
    if limit is None:
        return "an unknown limit"
    return f"{limit:,}" if isinstance(limit, int) else f"{limit:,.3f}".rstrip("0").removesuffix(".")


def grouped(value: float, limit: object = None) -> str:
    """The same with thousands separators, for a sentence that a person reads (6,210 or 5,000.0004)."""
    whole, dot, decimals = number(value, limit).partition(".")
    return f"{int(whole):,}{dot}{decimals}"


def shown(value: Any, limit: object = None) -> str:
    """Any figure of the evidence in words: `not measured` for null, long texts cut, arrays joined."""
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value, limit)
    if isinstance(value, list | tuple):
        return cut("[" + ", ".join(shown(item, limit) for item in value[:SHOWN_CHARACTERS]) + "]")
    if hasattr(value, "isoformat"):
        from haproof.core.instant import format_instant

        return format_instant(value)
    return cut(str(value))


def cut(text: str) -> str:
    """A value of the evidence at a length that a person can read."""
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]}… ({len(text)} characters)"


def median(values: list[float]) -> float:
    """The middle value, or the mean of the two middle ones. `values` must not be empty."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
