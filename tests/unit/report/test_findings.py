"""The rules over figures, each alone: on its limit, just beyond it, and on a figure that is not there."""

from collections.abc import Callable
from typing import Annotated, Any

import pytest
from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.findings import FLOAT_TOLERANCE, Facts, Finding, Findings, observed
from haproof.core.record import Part


class Group(Part, frozen=True, kw_only=True):
    """A group of a report; every key may be left out."""

    one: Annotated[Any, figure(label="The one")] = UNSET
    two: Any = UNSET
    three: Any = UNSET


Rule = Callable[[Facts], Findings]


def facts(required: bool = False, **given: Any) -> Facts:
    return Facts("metrics", Group(**given), required)


def found(rule: Rule, value: Any, **given: Any) -> Finding:
    (finding,) = rule(facts(one=value, **given))
    return finding


HALF = FLOAT_TOLERANCE / 2


@pytest.mark.parametrize(
    ("rule", "target", "good", "bad"),
    [
        (lambda f: f.measured("one"), (None, None, "one measured"), [0, False, ""], []),
        (lambda f: f.at_most("one", 1000), ("<=", 1000, "one <= 1,000"), [999, 1000], [1000.001, 1001]),
        (lambda f: f.at_most("one", None), ("<=", None, "one <= an unknown limit"), [], [0]),
        (lambda f: f.at_least("one", 1000), (">=", 1000, "one >= 1,000"), [1000, 1001], [999, 999.999]),
        (lambda f: f.above("one", "the other", 7), (">=", 8, "one > the other"), [8, 9], [7, 6]),
        (lambda f: f.above("one", "the other", 0), (">=", 1, "one > the other"), [1], [0]),
        (lambda f: f.above("one", "the other", None), (">=", None, "one > the other"), [], [8]),
        (lambda f: f.none("one"), ("=", 0, "one = 0"), [0], [1, -1]),
        (lambda f: f.equals("one", True), ("=", True, "one = true"), [True], [False]),
        (lambda f: f.equals("one", 5, "two"), ("=", 5, "one = two"), [5], [4, 6]),
        (lambda f: f.equals("one", None), ("=", None, "one = not measured"), [], [0]),
        (lambda f: f.not_equal("one", "healthy"), (None, None, "one not healthy"), ["degraded"], ["healthy"]),
        (lambda f: f.not_empty("one"), (None, None, "one given and not empty"), [" ", "x"], [""]),
        (lambda f: f.later_than("one", "two", 5), (None, None, "one later than two"), [6], [5, 4]),
        (lambda f: f.later_than("one", "two", None), (None, None, "one later than two"), [], [5]),
        (lambda f: f.same_hex("one", "aB", "two"), ("=", "aB", "one = two"), ["ab", "AB"], ["a", "ac"]),
        (lambda f: f.same_hex("one", None, "two"), ("=", None, "one = two"), [], ["ab"]),
        (
            lambda f: f.each_at_most("one", 1000),
            ("<=", 1000, "every one <= 1,000"),
            [[1000], [1, 1000]],
            [[], [1001], [1, 1001], [1001, 1], [1, None]],
        ),
        (
            lambda f: f.each_measured("one"),
            (None, None, "every one measured"),
            [[0], [1, 2]],
            [[], [None], [1, None]],
        ),
        (
            lambda f: f.each_equals("one", "a", fewest=2),
            (None, None, "one: 2 or more, all a"),
            [["a", "a"], ["a", "a", "a"]],
            [["a"], ["a", "b"], ["a", None, "a"]],
        ),
        (
            lambda f: f.each("one", "any", lambda _: True, fewest=0),
            (None, None, "any"),
            [[], [1]],
            [[None]],
        ),
        (
            lambda f: f.contains("one", "a", "b"),
            (None, ("a", "b"), "one contains a and b"),
            [["b", "a"], ["a", "c", "b"]],
            [["a"], ["b"], []],
        ),
        (
            lambda f: f.one_by_one("one"),
            (None, None, "one: two or more, each one more than the one before"),
            [[1, 2], [4, 5, 6]],
            [[], [1], [1, 1], [1, 3], [2, 1], [1, 2, 2], [1, None], [None, 1], [1, 2, None]],
        ),
        (
            lambda f: f.increasing("one"),
            (None, None, "one: two or more, strictly increasing"),
            [[1, 2], [1, 5, 6]],
            [[], [1], [1, 1], [2, 1], [1, 2, 2], [1, 2, 1], [None, 1], [1, None]],
        ),
        (
            lambda f: f.close_to("one", 1.0, "the other"),
            ("=", 1.0, "one = the other"),
            [1, 1 + HALF, 1 - HALF],
            [1 + 3 * HALF, 1 - 3 * HALF, 0, -1],
        ),
        (lambda f: f.close_to("one", 0, "the other"), ("=", 0, "one = the other"), [0, 0.0], [HALF, 1]),
        (lambda f: f.close_to("one", None, "the other"), ("=", None, "one = the other"), [], [0, 1]),
    ],
)
def test_a_rule_on_both_sides_of_its_limit(
    rule: Rule, target: tuple[Any, Any, str], good: list[Any], bad: list[Any]
) -> None:
    for value in good + bad:
        finding = found(rule, value)
        assert (finding.op, finding.limit, finding.rule) == target
        assert finding.holds is (value in good), value
        assert (finding.value, finding.name, finding.pointer) == (value, "one", "/metrics/one")
    assert found(rule, None).holds is False


def test_a_difference_of_arithmetic_is_relative_to_the_larger_of_the_two() -> None:
    smaller, larger = EDGE
    assert FLOAT_TOLERANCE * smaller < larger - smaller <= FLOAT_TOLERANCE * larger
    assert found(lambda f: f.close_to("one", smaller, ""), larger).holds
    assert found(lambda f: f.close_to("one", larger, ""), smaller).holds


EDGE = (21.58, 21.58000002158)
"""Two figures whose difference lies between what the smaller one allows and what the larger one does."""


@pytest.mark.parametrize(
    ("one", "two", "holds"),
    [(5, 5, True), (6, 5, True), (4, 5, False), (5, None, False), (5, UNSET, False), (None, 5, False)],
)
def test_no_less_than_another_figure(one: Any, two: Any, holds: bool) -> None:
    finding = found(lambda f: f.no_less("one", "two"), one, two=two)
    assert (finding.holds, finding.op, finding.rule) == (holds, ">=", "one >= two")
    assert finding.limit == (None if two is UNSET else two)


@pytest.mark.parametrize(
    ("low", "one", "high", "holds"),
    [
        (1, 1, 3, True),
        (1, 3, 3, True),
        (1, 0, 3, False),
        (1, 4, 3, False),
        (None, 2, 3, False),
        (1, 2, None, False),
        (1, None, 3, False),
    ],
)
def test_between_two_other_figures(low: Any, one: Any, high: Any, holds: bool) -> None:
    finding = found(lambda f: f.between("one", "two", "three"), one, two=low, three=high)
    assert (finding.holds, finding.rule) == (holds, "two <= one <= three")
    assert (finding.op, finding.limit) == (None, None)


def test_several_counts_are_a_finding_each() -> None:
    findings = facts(one=0, two=1).none("one", "two", "three")
    assert [(finding.name, finding.holds) for finding in findings] == [("one", True), ("two", False)]


# Where a rule applies ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "applies", "value"),
    [
        (facts(one=0), True, 0),
        (facts(one=None), True, None),
        (facts(two=0), False, None),
        (facts(required=True, two=0), True, None),
        (facts(required=True, one=0), True, 0),
        (Facts("metrics", None), False, None),
        (Facts("metrics", None, required=True), True, None),
        (facts(required=True).optional, False, None),
        (facts(required=True, one=None).optional, True, None),
    ],
)
def test_a_rule_applies_where_its_key_is_given_or_asked_for(of: Facts, applies: bool, value: Any) -> None:
    assert (of.applies("one"), of.get("one")) == (applies, value)
    findings = of.measured("one")
    assert [(each.value, each.holds) for each in findings] == [(value, value is not None)] * applies


@pytest.mark.parametrize("given", [{"one": None}, {"two": None}, {"one": 1, "two": 2}])
def test_a_row_applies_once_one_of_its_keys_is_given(given: dict[str, Any]) -> None:
    row = observed(Group(**given), "one", "two")
    assert row.applies("one")
    assert row.applies("two")
    assert row.get("one") == given.get("one")
    (finding,) = row.measured("one")
    assert finding.pointer == "/observations/one"


def test_a_row_of_which_nothing_is_given_does_not_apply() -> None:
    for row in (
        observed(None, "one", "two"),
        observed(Group(three=1), "one", "two"),
        observed(Group(), "one"),
    ):
        assert not row.applies("one")
        assert not row.applies("three")
        assert row.get("three") is None


# What a finding knows of its figure -------------------------------------------------------------------------


def test_a_finding_knows_its_figure_by_its_group() -> None:
    known, bare = found(lambda f: f.measured("one"), 1), found(lambda f: f.measured("one"), 1).figure
    assert (known.group, bare.label) == (Group, "The one")
    assert known.sibling("two") is not None
    assert known.sibling("four") is None
    (unknown,) = Facts("metrics", None, required=True).measured("one")
    assert (unknown.group, unknown.sibling("one"), unknown.figure.label) == (None, None, "")


def test_a_finding_is_of_its_trial() -> None:
    of = Facts("metrics/trials/0", Group(one=1), subject="host-kill 1")
    for trial in (of, of.optional):
        (finding,) = trial.at_most("one", 2)
        assert (finding.subject, finding.pointer) == ("host-kill 1", "/metrics/trials/0/one")
        assert finding.told == ""
        assert finding.held == "host-kill 1: one 1 <= 2"


def test_a_finding_is_of_no_trial_unless_it_says_so() -> None:
    bare = Finding("/metrics/one", "one", 4, None, None, "one measured", True)
    assert (bare.subject, bare.told, bare.held) == ("", "", "one = 4")


@pytest.mark.parametrize(
    ("rule", "value", "said"),
    [
        (lambda f: f.measured("one"), 4, "one = 4"),
        (lambda f: f.equals("one", 4), 4, "one = 4"),
        (lambda f: f.at_most("one", 5000), 4999.9996, "one 5000 <= 5,000"),
        (lambda f: f.at_most("one", 5000), 5000.0004, "one 5000.0004 <= 5,000"),
        (lambda f: f.at_least("one", 5000), 4999.9996, "one 4999.9996 >= 5,000"),
    ],
)
def test_a_figure_is_told_beside_its_limit(rule: Rule, value: float, said: str) -> None:
    assert found(rule, value).held == said
