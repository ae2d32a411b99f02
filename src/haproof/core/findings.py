"""Rules over figures: the small vocabulary in which every check of a slice is written.

A rule looks at one figure and says whether it holds. `Facts` are the figures of one report's `metrics` or
of one row of its `observations`; each method gives the findings of one rule, or none where the rule does
not apply because the report does not carry the figure.
"""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from msgspec import UNSET, Struct

from haproof.core.described import PLAIN, Figure, described
from haproof.core.figures import separated, shown

FLOAT_TOLERANCE = 1e-9
"""Relative difference up to which two derived thresholds are the same (evidence contract)."""


class Finding(Struct, frozen=True):
    """One figure held against one rule.

    `pointer` is the figure's JSON Pointer in the slice report; `op` and `limit` are the target as the
    JSON artifact gives it (`op` is None where the rule only asks that something was measured). `subject`
    names the trial that the figure is of, where a report has several of each. `told` is the sentence of a
    finding that no rule of a kind gives: a raw file says otherwise (`core.recount`). `group` is the
    part of the record that declares the figure.
    """

    pointer: str
    name: str
    value: Any
    op: str | None
    limit: Any
    rule: str
    holds: bool
    told: str = ""
    subject: str = ""
    group: type[Struct] | None = None

    @property
    def figure(self) -> Figure:
        """What is said of the figure where it is declared."""
        return self.sibling(self.name) or PLAIN

    def sibling(self, name: str) -> Figure | None:
        """What is said of another figure of the same group; None where that has none of this name."""
        return None if self.group is None else described(self.group).get(name)

    @property
    def held(self) -> str:
        """A figure that passes, beside its limit where it has one."""
        name = f"{self.subject}: {self.name}" if self.subject else self.name
        if self.op in (None, "="):
            return f"{name} = {shown(self.value)}"
        value = shown(self.value, self.limit, self.op)
        return f"{name} {value} {self.op} {separated(self.limit)}"


Findings = tuple[Finding, ...]


class Facts:
    """The figures of one group of a report, asked by name.

    `required` is for observations: once one key of a row is given, an absent partner counts as null; where
    the whole group is absent, so does each of its figures. `subject` names one of several groups alike, such
    as a trial.
    """

    def __init__(self, place: str, group: Struct | None, required: bool = False, subject: str = "") -> None:
        self._place = place
        self._group = group
        self._required = required
        self._subject = subject

    def get(self, name: str) -> Any:
        """The figure as given; None where it is null, absent, or the whole group is absent."""
        value = getattr(self._group, name, None)
        return None if value is UNSET else value

    def applies(self, name: str) -> bool:
        """Whether a rule on `name` applies: the key is given, or its absence counts as null."""
        if self._group is None:
            return self._required
        return self._required or getattr(self._group, name) is not UNSET

    @property
    def optional(self) -> "Facts":
        """The same figures for a rule that applies only where its own key is given (null included)."""
        return Facts(self._place, self._group, subject=self._subject)

    def rule(
        self, name: str, text: str, holds: Callable[[Any], bool], op: str | None = None, limit: object = None
    ) -> Findings:
        """One finding on one figure; a null value never holds."""
        if not self.applies(name):
            return ()
        value = self.get(name)
        ok = value is not None and holds(value)
        return (
            Finding(
                pointer=f"/{self._place}/{name}",
                name=name,
                value=value,
                op=op,
                limit=limit,
                rule=text,
                holds=ok,
                subject=self._subject,
                group=None if self._group is None else type(self._group),
            ),
        )

    def measured(self, name: str) -> Findings:
        """The figure is there."""
        return self.rule(name, f"{name} measured", lambda value: True)

    def at_most(self, name: str, limit: float | None) -> Findings:
        """The figure is at most `limit`; without a limit the rule fails."""
        text = f"{name} <= {separated(limit)}"
        return self.rule(name, text, lambda value: limit is not None and value <= limit, "<=", limit)

    def at_least(self, name: str, limit: float) -> Findings:
        """The figure is at least `limit`."""
        return self.rule(name, f"{name} >= {separated(limit)}", lambda value: value >= limit, ">=", limit)

    def no_less(self, name: str, other: str) -> Findings:
        """The figure is at least another one of the same group; an unknown one fails the rule."""
        limit = self.get(other)
        return self.rule(
            name, f"{name} >= {other}", lambda value: limit is not None and value >= limit, ">=", limit
        )

    def above(self, name: str, other: str, figure: int | None) -> Findings:
        """The count is more than another one, `figure`, that `other` names; an unknown one fails the rule."""
        limit = None if figure is None else figure + 1
        return self.rule(
            name, f"{name} > {other}", lambda value: limit is not None and value >= limit, ">=", limit
        )

    def between(self, name: str, least: str, most: str) -> Findings:
        """The figure lies between two others of the group, or is one of them."""
        low, high = self.get(least), self.get(most)
        known = low is not None and high is not None
        return self.rule(name, f"{least} <= {name} <= {most}", lambda value: known and low <= value <= high)

    def none(self, *names: str) -> Findings:
        """Each of these counts is 0."""
        return tuple(finding for name in names for finding in self.equals(name, 0))

    def equals(self, name: str, expected: object, meaning: str = "") -> Findings:
        """The figure is the expected one, which it never is where that is unknown; `meaning` says where the
        expected one comes from."""
        text = f"{name} = {meaning or shown(expected)}"
        return self.rule(name, text, lambda value: value == expected, "=", expected)

    def close_to(self, name: str, expected: float | None, meaning: str) -> Findings:
        """The figure is the expected one, but for the last digits of floating-point arithmetic."""

        def holds(value: float) -> bool:
            scale = max(abs(value), abs(expected or 0))
            return expected is not None and abs(value - expected) <= FLOAT_TOLERANCE * scale

        return self.rule(name, f"{name} = {meaning}", holds, "=", expected)

    def same_hex(self, name: str, expected: str | None, meaning: str) -> Findings:
        """Two digests are the same, upper or lower case."""

        def holds(value: str) -> bool:
            return expected is not None and value.lower() == expected.lower()

        return self.rule(name, f"{name} = {meaning}", holds, "=", expected)

    def not_equal(self, name: str, unwanted: object) -> Findings:
        """The figure is there and is something else."""
        return self.rule(name, f"{name} not {shown(unwanted)}", lambda value: value != unwanted)

    def not_empty(self, name: str) -> Findings:
        """The text is there and says something."""
        return self.rule(name, f"{name} given and not empty", lambda value: value != "")

    def later_than(self, name: str, earlier: str, earlier_value: Any) -> Findings:
        """The instant is there and lies after the other."""
        return self.rule(
            name,
            f"{name} later than {earlier}",
            lambda value: earlier_value is not None and value > earlier_value,
        )

    def each(
        self,
        name: str,
        text: str,
        holds: Callable[[Any], bool],
        op: str | None = None,
        limit: object = None,
        fewest: int = 1,
    ) -> Findings:
        """Every element holds; an array with fewer than `fewest` elements, or with a null, never does."""
        return self.rule(
            name,
            text,
            lambda values: len(values) >= fewest and all(v is not None and holds(v) for v in values),
            op,
            limit,
        )

    def each_at_most(self, name: str, limit: float) -> Findings:
        """Every trial is at most `limit`."""
        text = f"every {name} <= {separated(limit)}"
        return self.each(name, text, lambda value: value <= limit, "<=", limit)

    def each_measured(self, name: str) -> Findings:
        """Every element is there."""
        return self.each(name, f"every {name} measured", lambda value: True)

    def each_equals(self, name: str, expected: str, fewest: int) -> Findings:
        """Every element is the expected one."""
        text = f"{name}: {fewest} or more, all {expected}"
        return self.each(name, text, lambda value: value == expected, fewest=fewest)

    def contains(self, name: str, *expected: str) -> Findings:
        """The array holds each of the expected texts."""
        text = f"{name} contains {' and '.join(expected)}"
        return self.rule(name, text, lambda values: all(item in values for item in expected), None, expected)

    def rising(self, name: str, text: str, step: Callable[[int, int], bool]) -> Findings:
        """Two or more elements, each a `step` after the one before."""

        def holds(values: Sequence[int | None]) -> bool:
            pairs = itertools.pairwise(values)
            return len(values) >= 2 and all(a is not None and b is not None and step(a, b) for a, b in pairs)

        return self.rule(name, f"{name}: {text}", holds)

    def one_by_one(self, name: str) -> Findings:
        """Two or more elements, each one more than the one before."""
        return self.rising(name, "two or more, each one more than the one before", lambda a, b: b == a + 1)

    def increasing(self, name: str) -> Findings:
        """Two or more elements, strictly increasing."""
        return self.rising(name, "two or more, strictly increasing", lambda a, b: b > a)


def observed(observations: Struct | None, *names: str) -> Facts:
    """The row of observations with these keys: it applies once one of them is given."""
    given = observations is not None and any(getattr(observations, name) is not UNSET for name in names)
    return Facts("observations", observations if given else None, required=given)
