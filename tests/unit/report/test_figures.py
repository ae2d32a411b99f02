"""Figures are short, and never rounded across their target."""

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.figures import cut, grouped, median, number, separated, shown


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        (342, 5000, "342"),
        (1247, None, "1247"),
        (342.0, 5000, "342"),
        (0.1234, None, "0.123"),
        (-0.0, None, "0"),
        (5000.0004, 5000, "5000.0004"),
        (4999.9996, 5000, "5000"),
        (5000.4, 5000, "5000.4"),
        (1e-7, None, "0"),
        (1e-7, 0, "0.0000001"),
        (2**53 - 1, None, "9007199254740991"),
        (123456789.5, None, "123456789.5"),
    ],
)
def test_number(value: float, limit: float | None, text: str) -> None:
    assert number(value, limit) == text


@given(st.floats(0, 2**53 - 1), st.integers(0, 100_000))
def test_a_figure_stays_on_its_side_of_the_target(value: float, limit: int) -> None:
    assert (float(number(value, limit)) <= limit) == (value <= limit)
    assert "e" not in number(value, limit)


HOLDS = {"<=": operator.le, ">=": operator.ge, "=": operator.eq}


@given(st.sampled_from(sorted(HOLDS)), st.integers(0, 100_000), st.floats(-0.01, 0.01))
def test_what_holds_holds_in_print_by_every_operator(op: str, limit: int, distance: float) -> None:
    value = limit + distance
    printed = float(number(value, limit, op))
    assert HOLDS[op](printed, limit) == HOLDS[op](value, limit)
    assert float(grouped(value, limit, op).replace(",", "")) == printed


def test_targets_carry_separators() -> None:
    assert separated(5000) == "5,000"
    assert separated(2000.5) == "2,000.5"
    assert separated(2000.0) == "2,000"
    assert separated(2000.0004) == "2,000.0004"
    assert separated(37.300000000000004) == "37.3"


def test_words() -> None:
    assert shown(None) == "not measured"
    assert shown(True) == "true"
    assert shown([1, None, 2.5]) == "[1, not measured, 2.5]"
    assert shown({"G0": 2, "G1a": None}) == "G0: 2, G1a: not measured"
    assert shown({}) == "none"


def test_long_values_are_cut_and_say_so() -> None:
    assert cut("x" * 200) == "x" * 200
    assert cut("x" * 201) == "x" * 200 + "… (201 characters)"


def test_median() -> None:
    assert median([3, 1, 2]) == 2
    assert median([4, 1, 2, 3]) == 2.5
