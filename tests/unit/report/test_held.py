"""What each requirement of a level is found to be, to the last word: its state, what is said, which kinds
have to be made again, and until when it is met."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from msgspec import Struct
from msgspec.structs import replace

from builders import NOON
from every_evidence import ABSENT, GOOD, Shelf
from haproof.core.findings import Finding
from haproof.core.judged import Judged
from haproof.core.level import Held, Level, aged, judge_levels, met_until, not_current, reached
from haproof.core.model import Readiness
from haproof.kinds.levels import LEVELS
from requirements import REQUIREMENTS, held, judged, with_metrics, with_record, with_result

SLICES = ("VAL13", "VAL14", "VAL15", "VAL16", "VAL17")
BOTH = ("CLUSTER", "RECOVERY")
UNTIL = datetime(2026, 6, 18, 10, tzinfo=UTC)
"""Ninety days after the reports beyond the slices."""


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Shelf:
    return Shelf(tmp_path_factory.mktemp("shelf"))


# The five slices --------------------------------------------------------------------------------------------


def test_every_slice_passes(shelf: Shelf) -> None:
    assert held("DP-1", judged(shelf)) == Held("MET", "5 of 5 slices PASS", SLICES)
    failed = judged(shelf, VAL13="failed", VAL16="failed")
    assert held("DP-1", failed) == Held("NOT MET", "VAL13, VAL16 FAIL", SLICES, ("VAL13", "VAL16"))
    missing = judged(shelf, VAL14=ABSENT, VAL15=ABSENT)
    said = Held("NO EVIDENCE", "VAL14, VAL15 MISSING", SLICES, ("VAL14", "VAL15"))
    assert held("DP-1", missing) == said
    both = judged(shelf, VAL17="failed", VAL14=ABSENT)
    said = Held("NOT MET", "VAL17 FAIL; VAL14 MISSING", SLICES, ("VAL17", "VAL14"))
    assert held("DP-1", both) == said


@pytest.mark.parametrize(
    ("name", "kind", "checks"),
    [
        ("DP-2", "VAL13", ("VAL13-03",)),
        ("DP-3", "VAL13", ("VAL13-04",)),
        ("DP-4", "VAL15", ("VAL15-06",)),
        ("DP-5", "VAL17", ("VAL17-02", "VAL17-03", "VAL17-04")),
    ],
)
def test_checks_of_one_slice_pass(shelf: Shelf, name: str, kind: str, checks: tuple[str, ...]) -> None:
    requirement, kinds = REQUIREMENTS[name], (kind,)
    assert (requirement.based_on, requirement.checks) == ("checks", checks)
    good = judged(shelf)
    assert held(name, good) == Held("MET", f"{', '.join(checks)} PASS", kinds)
    missing = judged(shelf, None, **{kind: ABSENT})
    assert held(name, missing) == Held("NO EVIDENCE", f"{kind} MISSING", kinds, kinds)
    result = good.required(kind)
    for wrong in checks:
        results = tuple(
            replace(one, entry=replace(one.entry, status="FAIL" if one.check.id == wrong else "PASS"))
            for one in result.checks
        )
        failed = with_result(good, kind, checks=results)
        assert held(name, failed) == Held("NOT MET", f"{wrong} FAIL", kinds, kinds)
    nothing = with_result(good, kind, checks=())
    assert held(name, nothing) == Held("NOT MET", f"{', '.join(checks)} FAIL", kinds, kinds)


def test_the_slices_are_of_one_run(shelf: Shelf) -> None:
    words = "reports 1 h 20 min apart (limit 6 h)"
    assert held("DP-6", judged(shelf)) == Held("MET", words, SLICES)
    apart = judged(shelf, max_age=2_399)
    said = "the latest report is 40 min old (limit 39 min 59 s, by --max-age)"
    assert held("DP-6", apart) == Held("NOT MET", said, SLICES, SLICES)
    few = judged(shelf, max_age=2_399, VAL13=ABSENT)
    assert held("DP-6", few) == Held("NOT MET", said, SLICES, SLICES)
    nothing = judged(shelf, None, **dict.fromkeys(SLICES, ABSENT))
    assert held("DP-6", nothing) == Held("NO EVIDENCE", "no timestamps", SLICES, SLICES)
    assert [REQUIREMENTS[name].based_on for name in ("DP-1", "DP-6", "GA-1")] == ["kinds", "window", "else"]


def test_slices_age_only_where_the_reader_says_so(shelf: Shelf) -> None:
    latest = datetime(2026, 3, 23, 11, 20, tzinfo=UTC)
    for name in ("DP-1", "DP-2", "DP-6"):
        assert held(name, judged(shelf)).until is None
        assert held(name, judged(shelf, max_age=2_400)).until == latest + timedelta(seconds=2_400)
        beyond_the_calendar = judged(shelf, max_age=9_000 * 365 * 86_400)
        assert held(name, beyond_the_calendar).until is None
    assert held("DP-1", judged(shelf, max_age=2_400, VAL13="failed")).until is None
    assert held("DP-6", judged(shelf, max_age=2_399)).until is None
    assert held("DP-2", judged(shelf, max_age=2_400, VAL13=ABSENT)).until is None


# One kind beyond them ---------------------------------------------------------------------------------------


def test_the_soak(shelf: Shelf) -> None:
    kinds = ("VAL18",)

    def said(variant: str) -> Held:
        return held("GA-1", judged(shelf, VAL18=variant))

    told = "VAL18 PASS; 3 days old, valid until 2026-06-18T10:00:00Z"
    assert said(GOOD) == Held("MET", told, kinds, until=UNTIL)
    assert said(ABSENT) == Held("NO EVIDENCE", "not among the evidence of VAL13-VAL17", kinds, kinds)
    assert said("not run") == Held("NO EVIDENCE", "VAL18 MISSING: not run: no root here", kinds, kinds)
    assert said("failed") == Held("NOT MET", "VAL18-05 FAIL", kinds, kinds)
    assert said("29 days") == Held("NOT MET", "VAL18 PASS, but agreed on 29 days, not 30", kinds, kinds)
    old = "VAL18 is 90 days 1 s old (at most 90 days): run it again"
    assert said("too old") == Held("NOT MET", old, kinds, kinds)
    fresh = "VAL18 PASS; 90 days old, valid until 2026-03-23T12:00:00Z"
    assert said("just fresh") == Held("MET", fresh, kinds, until=NOON)


def test_a_soak_that_fails_may_fall_short_too(shelf: Shelf) -> None:
    short = with_metrics(judged(shelf, VAL18="failed"), "VAL18", goal_days=29)
    said = "VAL18-05 FAIL; agreed on 29 days, not 30"
    assert held("GA-1", short) == Held("NOT MET", said, ("VAL18",), ("VAL18",))


DISPUTED = Finding("/metrics/x", "x", 1, None, 2, "x", False, "x: 1 reported, 2 recounted")


def test_a_kind_that_fails_by_no_check_fails_all_the_same(shelf: Shelf) -> None:
    soak = with_result(judged(shelf), "VAL18", untied=(DISPUTED,))
    assert held("GA-1", soak) == Held("NOT MET", "VAL18 FAIL", ("VAL18",), ("VAL18",))
    cluster = with_result(judged(shelf), "CLUSTER", untied=(DISPUTED,))
    assert held("GA-2", cluster) == Held("NOT MET", "CLUSTER FAIL", BOTH, ("CLUSTER",))


def test_a_report_of_the_last_days_of_the_calendar_never_grows_too_old(shelf: Shelf) -> None:
    last = datetime(9999, 12, 31, tzinfo=UTC)
    at = last - timedelta(days=1)
    soak = replace(
        with_record(judged(shelf), "VAL18", generated_at=last - timedelta(days=2)), generated_at=at
    )
    result = soak.kind("VAL18")
    assert result is not None
    assert (met_until(result), not_current(result, at), aged(soak, result)) == (None, None, "")
    assert held("GA-1", soak) == Held("MET", "VAL18 PASS", ("VAL18",))


@pytest.mark.parametrize(
    ("ahead", "met"), [(timedelta(seconds=300), True), (timedelta(seconds=300, microseconds=1), False)]
)
def test_a_report_of_a_day_that_is_still_to_come_meets_nothing(
    shelf: Shelf, ahead: timedelta, met: bool
) -> None:
    for kind, requirement in (
        ("VAL18", "GA-1"),
        ("CLUSTER", "GA-2"),
        ("RECOVERY", "GA-2"),
        ("CALIBRATION", "GA-3"),
    ):
        found = held(requirement, with_record(judged(shelf), kind, generated_at=NOON + ahead))
        assert (found.state == "MET") is met
        assert ("still to come" in found.detail) is not met


def test_a_required_kind_has_no_age_of_its_own(shelf: Shelf) -> None:
    of = judged(shelf)
    later = NOON + timedelta(days=4_000)
    for result in of.slices:
        assert (met_until(result), not_current(result, later), aged(of, result)) == (None, None, "")
    missing = judged(shelf, VAL13=ABSENT).required("VAL13")
    assert (met_until(missing), not_current(missing, later)) == (None, None)


def test_of_several_ages_each_is_told_once_and_the_first_end(shelf: Shelf) -> None:
    of = judged(shelf, VAL18="just fresh")
    results = [of.kind(name) for name in ("CLUSTER", "VAL18", "RECOVERY", "VAL13")]
    known = [result for result in results if result is not None]
    assert aged(of, *known) == "3 days and 90 days old, valid until 2026-03-23T12:00:00Z"
    ahead = with_record(of, "VAL18", generated_at=NOON + timedelta(minutes=1))
    result = ahead.kind("VAL18")
    assert result is not None
    assert aged(ahead, result).startswith("0 s old, ")


# Levels -----------------------------------------------------------------------------------------------------


class Asked(Struct, frozen=True):
    state: Any

    def judge(self, _: Judged) -> Held:
        return Held(self.state, "said")


def levels(*states: tuple[str, ...]) -> list[Level]:
    """A level for each, with a requirement for each state."""
    first = REQUIREMENTS["DP-1"]
    return [
        replace(
            LEVELS[0],
            key=f"k{number}",
            name=f"LEVEL {number}",
            requirements=tuple(replace(first, judge=Asked(state).judge) for state in row),
        )
        for number, row in enumerate(states, 1)
    ]


@pytest.mark.parametrize(
    ("states", "ready", "highest"),
    [
        ([("MET", "MET"), ("MET",)], [True, True], "LEVEL 2"),
        ([("MET", "MET"), ("NOT MET", "MET")], [True, False], "LEVEL 1"),
        ([("MET", "NO EVIDENCE"), ("MET",)], [False, False], None),
        ([("NOT MET",), ("MET",), ("MET",)], [False, False, False], None),
        ([("MET",), ("NOT MET",), ("MET",)], [True, False, False], "LEVEL 1"),
    ],
)
def test_no_level_is_ready_without_the_one_below(
    shelf: Shelf, states: list[tuple[str, ...]], ready: list[bool], highest: str | None
) -> None:
    found = judge_levels(levels(*states), judged(shelf))
    assert [one.ready for one in found.values()] == ready
    assert [tuple(row.state for row in one.requirements) for one in found.values()] == states
    row = found["k1"].requirements[0]
    assert (row.id, row.text, row.detail) == ("DP-1", REQUIREMENTS["DP-1"].text, "said")
    assert reached(levels(*states), found) == highest
    assert reached(levels(*states), {}) is None
    assert reached(levels(("MET",), ("MET",)), {"k2": Readiness(ready=True, requirements=())}) == "LEVEL 2"


def test_a_level_that_requires_nothing_is_none(shelf: Shelf) -> None:
    with pytest.raises(ValueError, match=r"^a level must require something$"):
        judge_levels(levels(("MET",), ()), judged(shelf))
