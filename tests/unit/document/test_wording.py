"""Figures for people: short, in one format, and never on the other side of their limit."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.render.document.wording import (
    NO_BREAK,
    below_limit,
    bound,
    exact,
    figure,
    rounded,
    signs,
    unparted,
)

NUMBERS = st.one_of(st.integers(0, 2**53 - 1), st.floats(0, 2**53 - 1, allow_nan=False))
LIMITS = st.sampled_from([0, 1, 10, 100, 2000, 5000, 5000.5, 30_000, 60_000])


def said(words: str) -> str:
    return words.replace("\xa0", " ")


def printed(words: str) -> Decimal:
    """The number that a reader takes from it."""
    return Decimal(words.replace(",", "").removeprefix("< "))


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (52.018, "ms", "52 ms"),
        (6210, "ms", "6,210 ms"),
        (7312.5, "ms", "7,313 ms"),
        (9.2875, "ms", "9.3 ms"),
        (0.504, "ms", "0.5 ms"),
        (0.0012, "ms", "0.0012 ms"),
        (1e-9, "ms", "< 0.001 ms"),
        (0, "ms", "0 ms"),
        (-0.0, "ms", "0 ms"),
        (9.96, "ms", "10 ms"),
        (1020, "rows", "1,020 rows"),
        (1, "rows", "1 row"),
        (0, "rows", "0 rows"),
        (3_618_420, "bytes", "3.6 MB"),
        (69_328, "bytes", "69 kB"),
        (999_999, "bytes", "1 MB"),
        (812, "bytes", "812 bytes"),
        (1, "bytes", "1 byte"),
        (2, "count", "2"),
        (True, None, "yes"),
        (False, None, "no"),
        (None, "ms", "not measured"),
        ("none", None, "none"),
    ],
)
def test_a_figure_as_people_read_it(value: object, unit: str | None, shown: str) -> None:
    assert said(figure(value, unit)) == shown


@pytest.mark.parametrize(
    ("value", "limit", "shown"),
    [
        (5000.0004, 5000, "5,000.0004"),
        (4999.9996, 5000, "4,999.9996"),
        (5000.4, 5000, "5,000.4"),
        (5000.0, 5000, "5,000"),
        (4999.4, 5000, "4,999"),
        (7312.5, 5000, "7,312.5"),
        (7312.56789, 5000, "7,312.568"),
        (2000.0000001, 2000.0000001, "2,000.0000001"),
        (1e-9, 0, "< 0.001"),
        (2**53 - 1, 5000, "9,007,199,254,740,991"),
    ],
)
def test_a_figure_beside_its_limit(value: float, limit: float, shown: str) -> None:
    assert rounded(value, limit) == shown


@given(NUMBERS, st.one_of(LIMITS, NUMBERS))
def test_no_figure_is_rounded_across_or_onto_its_limit(value: float, limit: float) -> None:
    shown = printed(rounded(value, limit))
    asked = Decimal(repr(limit))
    assert (shown > asked, shown < asked) == (value > limit, value < limit)
    assert printed(exact(limit)) == asked


@given(NUMBERS)
def test_the_short_form_is_close_and_the_exact_one_is_exact(value: float) -> None:
    assert printed(exact(value)) == Decimal(repr(value))
    if value == 0 or value >= 0.001:
        assert abs(printed(rounded(value)) - Decimal(repr(value))) <= Decimal(repr(value)) / 20


@given(NUMBERS, NUMBERS, LIMITS)
def test_a_greater_figure_is_never_shown_as_the_smaller_one(one: float, other: float, limit: float) -> None:
    low, high = sorted((one, other))
    assert printed(rounded(low, limit)) <= printed(rounded(high, limit)) or high < 0.001


@pytest.mark.parametrize(
    ("value", "limit", "words"),
    [
        (342, 5000, "93 % below the limit"),
        (4999.99, 5000, "less than 1 % below the limit"),
        (0, 5000, "100 % below the limit"),
        (5000, 5000, "at the limit"),
        (5000.0004, 5000, "less than 1 % above the limit"),
        (7312.5, 5000, "47 % above the limit"),
        (500_000, 5000, "100 times the limit"),
        (1, 0, "above the limit"),
    ],
)
def test_margin(value: float, limit: float, words: str) -> None:
    assert said(below_limit(value, limit)) == words


@given(NUMBERS, st.sampled_from([2000, 5000, 30_000]))
def test_no_margin_is_greater_than_it_is(value: float, limit: int) -> None:
    words = said(below_limit(value, limit))
    assert words.endswith("below the limit") is (value < limit)
    if value < limit and not words.startswith("less"):
        assert Decimal(words.split()[0]) <= (limit - Decimal(repr(value))) / limit * 100


@pytest.mark.parametrize(
    ("op", "limit", "unit", "shown"),
    [
        ("<=", 5000, "ms", "≤ 5,000 ms"),
        (">=", 1, "rows", "≥ 1 row"),
        ("=", 0, "rows", "= 0 rows"),
        ("=", True, None, "= yes"),
        (">=", 10, "count", "≥ 10"),
        ("=", "none", None, "= none"),
    ],
)
def test_limit(op: str, limit: object, unit: str | None, shown: str) -> None:
    assert said(bound(op, limit, unit)) == shown


def test_signs_of_a_page() -> None:
    assert signs("SIGTERM failover <= 5,000 ms, rows >= 1") == "SIGTERM failover ≤ 5,000 ms, rows ≥ 1"


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("1 h 20 min apart", "1~h 20~min apart"),
        ("6,210 ms in 1 of 3 trials (limit 5,000 ms)", "6,210~ms in 1 of 3 trials (limit 5,000~ms)"),
        ("6 h 1 s, 3 d, 99 % and 3.6 MB", "6~h 1~s, 3~d, 99~% and 3.6~MB"),
        ("VAL13 said 5 days and 2 minutes", "VAL13 said 5 days and 2 minutes"),
    ],
)
def test_no_line_parts_a_figure_from_its_unit(words: str, kept: str) -> None:
    assert unparted(words) == kept.replace("~", NO_BREAK)
