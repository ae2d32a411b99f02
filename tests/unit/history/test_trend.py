"""What a course shows: a change only where chance does not, and refused where there are too few runs."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from haproof.core.history import History
from haproof.core.trend import FEWEST_RUNS, Trends, trends
from haproof.render.history.wording import changes
from history_lines import Tree, as_history, course, tree


def noisy(middle: float, count: int, seed: int) -> list[float]:
    """Values around a middle, 10 % to either side."""
    chance = random.Random(seed)
    return [round(middle * chance.uniform(0.9, 1.1), 3) for _ in range(count)]


def of(trees: list[Tree]) -> tuple[History, Trends]:
    made = as_history(trees)
    return made, trends(made)


def test_a_figure_that_doubled_is_said_with_its_run_and_its_date() -> None:
    made, found = of(course([*noisy(52, 14, 1), *noisy(104, 8, 2)]))
    (change,) = found.changes
    assert (change.name, change.since, change.lasts) == ("sigterm_failover_ms", 14, True)
    (said,) = changes(made, found)
    assert said.startswith("SIGTERM failover (VAL13) doubled since run 15 (2026-11-13): median 10")
    assert " ms in 8 runs, 5" in said
    assert said.endswith(" ms in the 14 before (p < 0.0001).")


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (26, "halved since"),
        (156, "tripled since"),
        (75, "rose by 4"),
        (38, "fell by 2"),
        (400, "rose to 7."),
        (None, "is not measured in most runs since"),
    ],
)
def test_how_much_is_said_in_words(after: float | None, words: str) -> None:
    later: list[float | None] = [None] * 10 if after is None else [*noisy(after, 10, 2)]
    made, found = of(course([*noisy(52, 20, 1), *later], "write_gap_ms"))
    (said,) = changes(made, found)
    assert words in said


def test_a_change_that_came_with_a_version_says_so() -> None:
    trees = course([*noisy(52, 14, 1), *noisy(104, 8, 2)])
    for one in trees[:14]:
        one["topology"]["system"] = "node 1.0"
    for one in trees[14:]:
        one["topology"]["system"] = "node 1.1"
    made, found = of(trees)
    assert changes(made, found)[0].endswith("; the first run of system version 1.1.")


def test_what_went_back_is_not_said_to_last() -> None:
    _, found = of(course([*noisy(52, 20, 1), *noisy(104, 20, 2), *noisy(52, 2, 3)]))
    (change,) = found.changes
    assert (change.since, change.lasts) == (20, True)
    made, found = of(course([*noisy(52, 20, 1), *noisy(104, 20, 2), *noisy(52, 3, 3)]))
    (change,) = found.changes
    assert (change.since, change.lasts) == (20, False)
    assert "doubled at run 21 (2026-11-19)" in changes(made, found)[0]
    assert changes(made, found)[0].endswith("; the latest runs are nearer to what was before.")
    made, found = of(course([*noisy(52, 20, 1), *noisy(104, 20, 2), *noisy(52, 20, 3)]))
    (change,) = found.changes
    assert (change.since, change.lasts) == (40, True)
    assert "halved since run 41" in changes(made, found)[0]


def test_one_outlier_is_no_change() -> None:
    values = noisy(52, 40, 1)
    values[20] = 4800
    assert of(course(values))[1].changes == ()


def test_few_runs_show_nothing_and_that_is_said() -> None:
    made, found = of(course([*noisy(52, 4, 1), *noisy(1040, 4, 2)]))
    assert found.refused
    (said,) = changes(made, found)
    assert said.startswith(
        "Changes over time: 8 comparable runs are too few to tell one from chance (at least "
    )
    made, found = of(course([52]))
    assert changes(made, found)[0].startswith("Changes over time: 1 comparable run is too few")


def test_as_many_runs_as_are_needed_can_show_a_change() -> None:
    needed = of(course(noisy(52, 2, 1)))[1].needed
    half = needed // 2
    enough = of(course([*noisy(52, half, 1), *noisy(500, needed - half, 2)]))[1]
    assert not enough.refused
    assert [change.since for change in enough.changes] == [half]
    too_few = of(course([*noisy(52, half, 1), *noisy(500, needed - half - 1, 2)]))[1]
    assert too_few.refused
    assert too_few.changes == ()


def test_a_like_course_shows_nothing_and_that_is_said() -> None:
    made, found = of(course(noisy(52, 40, 1)))
    (said,) = changes(made, found)
    assert said.startswith("Changes over time: none shown in the latest 40 comparable runs (rank test, ")


def test_of_many_histories_in_which_nothing_changes_few_show_a_change() -> None:
    names = ("hung_leader_failover_ms", "unobserved_takeover_ms", "write_gap_ms", "sigterm_takeover_ms")
    made = as_history([tree(n) for n in range(40)])
    chosen = [series for series in made.series if series.name in names]
    assert len(chosen) == len(names)
    false = 0
    for seed in range(200):
        chance = random.Random(seed)
        noise = [
            replace(series, values=[chance.lognormvariate(4, 0.6) for _ in made.runs]) for series in chosen
        ]
        false += bool(trends(replace(made, series=tuple(noise))).changes)
    assert false <= 10


def test_a_difference_below_the_tolerance_or_the_poll_is_no_change() -> None:
    assert of(course([*noisy(1000, 20, 1), *(value * 1.001 for value in [1100] * 20)]))[1].changes != ()
    assert of(course([1000.0] * 20 + [1090.0] * 20))[1].changes == ()
    trees = course([52.0] * 20 + [95.0] * 20)
    for one in trees:
        one["metrics"]["failover"]["poll_interval_ms"]["value"] = 50
    assert of(trees)[1].changes == ()


def test_nothing_is_compared_across_an_obstacle_or_other_conditions() -> None:
    trees = course([*noisy(52, 20, 1), *noisy(104, 20, 2)])
    for one in trees[20:]:
        one["topology"]["platform"] = "kubernetes"
    _, found = of(trees)
    assert (found.changes, found.comparable) == ((), 20)
    trees = course([*noisy(52, 20, 1), *noisy(104, 20, 2)])
    for one in trees[20:]:
        one["metrics"]["failover"]["poll_interval_ms"]["value"] = 5
    assert of(trees)[1].changes == ()


def test_the_latest_hundred_runs_are_looked_at() -> None:
    _, found = of(course([*noisy(52, 20, 1), *noisy(104, 90, 2)]))
    assert [change.since for change in found.changes] == [20]
    _, found = of(course([*noisy(52, 20, 1), *noisy(104, 97, 2)]))
    assert (found.changes, found.comparable) == ((), 100)


@settings(deadline=None, max_examples=50)
@given(
    before=st.lists(st.integers(1, 10_000), min_size=5, max_size=25),
    after=st.lists(st.integers(1, 10_000), min_size=5, max_size=25),
    factor=st.sampled_from([0.25, 2.0, 8.0]),
)
def test_another_unit_is_no_other_change(before: list[int], after: list[int], factor: float) -> None:
    """Ranks do not depend on the unit; neither does a tolerance in percent."""
    values = [float(value) for value in (*before, *after)]
    name = "write_gap_ms"
    one = of(course(values, name))[1].changes
    other = of(course([value * factor for value in values], name))[1].changes
    assert [(c.since, c.p_value, c.lasts) for c in one] == [(c.since, c.p_value, c.lasts) for c in other]
    for change in one:
        assert FEWEST_RUNS <= change.since <= len(values) - FEWEST_RUNS
