"""How a figure is written: the shortest decimal form that does not lie about its target."""

from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from operator import eq, ge, le
from typing import Any

SHOWN_CHARACTERS = 200
"""Longest value from the evidence that is shown whole (proof contract)."""


ARITHMETIC = 1e-9
"""Relative difference that floating-point arithmetic may make: no digit of it was ever written."""


def number(value: float, limit: object = None, op: str | None = "<=") -> str:
    """At most three decimals, no separators, never rounded across `limit` (5000.0004 stays 5000.0004): held
    against it by `op`, the figure in print passes exactly where the figure does."""
    if isinstance(value, int):
        return str(value)
    rounded = round(value, 3)
    if isinstance(limit, int | float) and isfinite(limit):
        holds = _HOLDS.get(op or "=", _HOLDS["="])
        if holds(rounded, limit) != holds(value, limit):
            return _plain(value)
    return _plain(rounded)


_HOLDS: dict[str, Callable[[float, float], bool]] = {"<=": le, ">=": ge, "=": eq}


def _plain(value: float) -> str:
    """Decimal digits without an exponent and without trailing zeros; minus zero is zero."""
    return format(Decimal(repr(value + 0.0)), "f").removesuffix(".0")


def separated(limit: float | None) -> str:
    """A target, limit or workload size, with thousands separators (5,000): to its last digit, but for what
    floating-point arithmetic added to it."""
    if limit is None:
        return "an unknown limit"
    if isinstance(limit, int):
        return f"{limit:,}"
    rounded = round(limit, 3)
    exact = abs(limit - rounded) > ARITHMETIC * abs(limit)
    return _grouped(_plain(limit if exact else rounded))


def _grouped(digits: str) -> str:
    """Decimal digits with thousands separators."""
    whole, dot, decimals = digits.removeprefix("-").partition(".")
    return f"{'-' * digits.startswith('-')}{int(whole):,}{dot}{decimals}"


def grouped(value: float, limit: object = None, op: str | None = "<=") -> str:
    """A number with thousands separators, for a sentence that a person reads (6,210 or 5,000.0004)."""
    return _grouped(number(value, limit, op))


LIMITS_S = 5
"""Every limit of a duration that is written in seconds is a multiple of so many."""


def longest(value_ms: float) -> str:
    """`52 ms`, `20.3 s`: the longest of several durations, to the nearest step; but never written as a limit
    that it missed, or as 0."""
    if 0 < value_ms < 0.5:
        return "< 1 ms"
    if value_ms < 999.5:
        return f"{value_ms:.0f} ms"
    tenths = round(value_ms / 100)
    missed = tenths % (LIMITS_S * 10) == 0 and value_ms > tenths * 100
    return f"{(tenths + missed) / 10:,.1f} s"


def shown(value: Any, limit: object = None, op: str | None = "<=") -> str:
    """Any figure of the evidence in words: `not measured` for null, long texts cut, arrays and objects
    joined.

    `limit` and `op` are what it is held against.
    """
    if value is None:
        return "not measured"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value, limit, op)
    if isinstance(value, list | tuple):
        return cut("[" + ", ".join(shown(item, limit, op) for item in value[:SHOWN_CHARACTERS]) + "]")
    if isinstance(value, dict):
        named = [f"{name}: {shown(item, limit, op)}" for name, item in value.items()]
        return cut(", ".join(named[:SHOWN_CHARACTERS]) or "none")
    if hasattr(value, "isoformat"):
        from haproof.core.instant import format_instant

        return format_instant(value)
    return cut(str(value))


def cut(text: str) -> str:
    """A value of the evidence at a length that a person can read."""
    if len(text) <= SHOWN_CHARACTERS:
        return text
    return f"{text[:SHOWN_CHARACTERS]}… ({len(text)} characters)"


WORDS = (
    "none",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
)


def in_words(count: int) -> str:
    """A small number as a sentence says it (`ten`), a larger one in digits."""
    return WORDS[count] if count < len(WORDS) else f"{count:,}"


def median(values: list[float]) -> float:
    """The middle value, or the mean of the two middle ones. `values` must not be empty."""
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
