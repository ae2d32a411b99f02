"""Figures as people read them: `52 ms`, `3.6 MB`, `98 % below the limit`; one format on every page.

A figure is shortened to what a decision needs, but never across its limit: what is greater than, equal to or
less than the limit stays so in print. The exact value is beside it in the details, in the text report and in
the JSON.
"""

import re
from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal
from math import ceil, floor, isfinite

from haproof.core.figures import cut, grouped

NOT_MEASURED = "not measured"

NO_BREAK = "\u00a0"
"""Between a figure and its unit, which no line parts."""

_FIGURE_IN_WORDS = re.compile(r"(?<=[0-9]) (?=%|(?:ms|s|min|h|d|bytes?|[kMGTP]?B|KiB|MiB|GiB)\b)")
"""The space between a figure and its unit in a sentence."""

WHOLE_FROM = 10
"""From here on a duration is shown without decimals, below with two significant digits."""

SMALLEST = 0.001
"""A measured figure below this is shown as `< 0.001`."""

MOST_DECIMALS = 17
"""More than any binary fraction needs to be told from a limit."""

_BYTE_UNITS = ("kB", "MB", "GB", "TB", "PB")

_TINY = Decimal(str(SMALLEST))

_WIDE = Context(prec=60, rounding=ROUND_HALF_UP)
"""Enough digits for any number of the evidence with any of its decimals."""


def figure(value: object, unit: str | None, limit: object = None) -> str:
    """One measured value with its unit (`ms`, `rows`, `bytes`, `count` or None); texts as they are, cut.

    `limit` is what the value is held against: the printed figure lies on the same side of it.
    """
    if value is None:
        return NOT_MEASURED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, int | float):
        return cut(str(value))
    if unit == "bytes" and limit is None:
        return _bytes(value)
    return rounded(value, limit) + _named(unit, value)


def rounded(value: float, limit: object = None) -> str:
    """The number alone, with thousands separators.

    One above its limit is written as the reasons write it, to three decimals: whoever reads why a run is not
    ready finds that very figure again in the details.
    """
    if isinstance(value, int):
        return f"{value:,}"
    written, bound = Decimal(repr(value)), _bound(limit)
    if 0 < abs(written) < _TINY and _keeps(_TINY, written, bound):
        return f"< {SMALLEST}"
    if bound is not None and written > bound:
        return grouped(value, limit)
    for decimals in range(_decimals(written), MOST_DECIMALS):
        short = _to(written, decimals)
        if _keeps(short, written, bound):
            return _plain(short)
    return exact(value)


def exact(value: object) -> str:
    """A value to its last digit, with thousands separators: a limit, or the exact figure of a short one."""
    if isinstance(value, bool) or value is None or not isinstance(value, int | float):
        return figure(value, None)
    return f"{value:,}" if isinstance(value, int) else _plain(Decimal(repr(value)))


def bound(op: str, limit: object, unit: str | None) -> str:
    """What a figure is held against: `≤ 5,000 ms`, `= 0 rows`, `= yes`."""
    sign = {"<=": "≤", ">=": "≥"}.get(op, op)
    named = "" if isinstance(limit, bool) or not isinstance(limit, int | float) else _named(unit, limit)
    return f"{sign}{NO_BREAK}{exact(limit)}{named}"


def _named(unit: str | None, value: float) -> str:
    """A unit behind its number, in the singular behind 1; nothing for a count."""
    if unit in (None, "count"):
        return ""
    return f"{NO_BREAK}{unit.rstrip('s') if value == 1 and unit != 'ms' else unit}"


def unparted(words: str) -> str:
    """Words in which no line parts a figure from its unit: `1 h 20 min` only before the 20."""
    return _FIGURE_IN_WORDS.sub(NO_BREAK, words)


def signs(words: str) -> str:
    """Our own sentences with the signs of a page: ≤ and ≥. Never applied to text of the evidence."""
    return words.replace("<=", "≤").replace(">=", "≥")


def below_limit(value: float, limit: float) -> str:
    """`98 % below the limit`; the share is rounded against the system, so nothing looks better than it is."""
    if value == limit:
        return "at the limit"
    if not limit:
        return "above the limit"
    share = abs(Decimal(repr(limit)) - Decimal(repr(value))) / abs(Decimal(repr(limit))) * 100
    if value < limit:
        return f"{_share(share, floor)} below the limit"
    if share >= 1000:
        return f"{rounded(float(round(value / limit)))} times the limit"
    return f"{_share(share, ceil)} above the limit"


def _share(percent: Decimal, towards: Callable[[Decimal], int]) -> str:
    """Whole per cent; what is less than one is called so."""
    return f"less than 1{NO_BREAK}%" if percent < 1 else f"{towards(percent):,}{NO_BREAK}%"


def counted(number: int, one: str, many: str = "") -> str:
    """`1 trial`, `23 trials`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def joined(titles: Sequence[str], close: bool = False) -> str:
    """`Claim, criterion, and what was found`: titles of columns that share a cell, some of which have none;
    `Limit and margin` where the last two are `close`."""
    first, *named = [title for title in titles if title] or [""]
    others = [title[:1].lower() + title[1:] for title in named]
    if not others:
        return first
    return ", ".join([first, *others[:-1]]) + (" and " if close else ", and ") + others[-1]


def spelled(number: int) -> str:
    """`ten`: a small number as it is written in a sentence."""
    small = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    return small[number] if number < len(small) else f"{number:,}"


def _bytes(size: float) -> str:
    """`812 bytes`, `48 kB`, `3.6 MB`: decimal units, two significant digits below ten."""
    if size < 1000:
        return rounded(size) + _named("bytes", size)
    scaled, power = Decimal(repr(size)), -1
    while power + 1 < len(_BYTE_UNITS) and _to(scaled, _decimals(scaled)) >= 1000:
        scaled, power = scaled / 1000, power + 1
    return f"{_plain(_to(scaled, _decimals(scaled)))}{NO_BREAK}{_BYTE_UNITS[power]}"


def _decimals(value: Decimal) -> int:
    """How many decimals show two significant digits, and none from ten on."""
    if not value or abs(value) >= WHOLE_FROM:
        return 0
    return max(0, 1 - value.adjusted())


def _to(value: Decimal, decimals: int) -> Decimal:
    """Rounded as people round: half away from zero."""
    return value.quantize(Decimal(1).scaleb(-decimals), context=_WIDE)


def _bound(limit: object) -> Decimal | None:
    """A limit that a number can be compared with; None where there is none."""
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not isfinite(limit):
        return None
    return Decimal(repr(limit))


def _keeps(short: Decimal, value: Decimal, limit: Decimal | None) -> bool:
    """Whether the short form lies where the value does: above, at or below the limit."""
    return limit is None or (short > limit, short < limit) == (value > limit, value < limit)


def _plain(value: Decimal) -> str:
    """Decimal digits with separators, no exponent, no trailing zeros; minus zero is zero."""
    written = format(value + 0, ",f")
    written = written.rstrip("0").removesuffix(".") if "." in written else written
    return "0" if written == "-0" else written
