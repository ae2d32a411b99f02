"""How much the claims can bear: exact bounds, and the sentences that carry them."""

from fractions import Fraction
from math import comb, isclose
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import EvidenceSet, fail, full, judged, seed
from haproof.core.bounds import at_most, failure_bound, quantile_bound, trials_for
from haproof.core.strength import Strength, percent, single_runs, strength, summary
from haproof.render import render


def of(folder: Path, reports: EvidenceSet) -> dict[str, Strength]:
    return {entry.check: entry for entry in strength(judged(folder, reports).slices)}


def exact(k: int, n: int, share: Fraction) -> Fraction:
    return sum((comb(n, i) * share**i * (1 - share) ** (n - i) for i in range(k + 1)), Fraction(0))


@given(st.integers(0, 60), st.integers(1, 60), st.integers(1, 99))
def test_the_binomial_tail_is_the_exact_sum(k: int, n: int, hundredths: int) -> None:
    share = Fraction(hundredths, 100)
    assert isclose(at_most(k, n, float(share)), float(exact(k, n, share)), rel_tol=1e-9, abs_tol=1e-12)


@given(st.integers(1, 400), st.data())
def test_the_failure_bound_is_where_so_few_failures_become_unlikely(n: int, data: st.DataObject) -> None:
    failures = data.draw(st.integers(0, n - 1))
    bound = failure_bound(n, failures)
    assert failures / n < bound < 1
    assert at_most(failures, n, bound) == pytest.approx(0.05, abs=2e-3 * n**0.5 / 20 + 1e-4)
    assert failure_bound(n + 1, failures) < bound < failure_bound(n, failures + 1)


@pytest.mark.parametrize(
    ("n", "failures", "bound"),
    [(1, 0, 0.95), (3, 0, 0.6316), (10, 0, 0.2589), (30, 0, 0.0950), (10, 1, 0.3942), (20, 2, 0.2826)],
)
def test_failure_bounds_of_the_tables(n: int, failures: int, bound: float) -> None:
    assert failure_bound(n, failures) == pytest.approx(bound, abs=1e-4)


def test_trials_for_a_stronger_statement() -> None:
    assert (trials_for(0.05), trials_for(0.01)) == (59, 299)
    for share in (0.05, 0.01):
        assert failure_bound(trials_for(share), 0) < share <= failure_bound(trials_for(share) - 1, 0)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=120), st.sampled_from([0.5, 0.9, 0.95]))
def test_a_quantile_bound_is_the_smallest_order_statistic_that_carries_it(
    values: list[float], share: float
) -> None:
    bound, n, ordered = quantile_bound(values, share), len(values), sorted(values)
    exactly = Fraction(str(share))
    ranks = [k for k in range(1, n + 1) if exact(k - 1, n, exactly) >= Fraction(95, 100)]
    assert bound == (ordered[ranks[0] - 1] if ranks else None)


@pytest.mark.parametrize(("share", "fewest"), [(0.5, 5), (0.95, 59), (0.99, 299)])
def test_a_quantile_needs_enough_values(share: float, fewest: int) -> None:
    assert quantile_bound(range(fewest - 1), share) is None
    assert quantile_bound(range(fewest), share) == fewest - 1


def test_many_values_are_bounded_in_no_time() -> None:
    values = list(range(100_000))
    assert quantile_bound(values, 0.99) == 99_051
    assert failure_bound(100_000, 1_000) == pytest.approx(0.010535, abs=2e-6)


def test_an_upper_limit_is_never_rounded_down() -> None:
    assert [percent(share) for share in (0.95, 0.2589, 0.09503, 0.05, 0.0001)] == [
        "95 %",
        "25.9 %",
        "9.6 %",
        "5 %",
        "0.1 %",
    ]


def test_clean_trials(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigterm_trials_ms"] = [50 + i for i in range(9)] + [342]
    entry = of(tmp_path, reports)["VAL13-03"]
    assert (entry.trials, entry.clean, entry.more) == (10, 10, ((0.05, 49), (0.01, 289)))
    assert entry.fails_below == pytest.approx(0.2589, abs=1e-4)
    assert entry.quantiles == ((0.5, 58.0),)
    assert entry.sentence == (
        "10 of 10 trials passed: fails in fewer than 25.9 % of cases, median at most 58 ms; "
        "49 more passing trials would bound the failure rate below 5 %, 289 below 1 %"
    )


def test_a_single_run_is_called_a_single_run(tmp_path: Path) -> None:
    report = judged(tmp_path, seed())
    entries = {entry.check: entry for entry in strength(report.slices)}
    for check in ("VAL13-03", "VAL13-05", "VAL15-03", "VAL15-05", "VAL15-06", "VAL16-02", "VAL17-02"):
        assert entries[check].single
        assert entries[check].sentence == (
            "one trial: no useful bound; 58 more passing trials would bound the failure rate below 5 %, "
            "298 below 1 %"
        )
        assert entries[check].fails_below == pytest.approx(0.95)
    assert entries["VAL13-04"].trials == 5


def test_a_trial_that_failed_or_never_came_is_not_clean(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [50] * 8 + [5000.0004, None]
    entry = of(tmp_path, reports)["VAL13-05"]
    assert (entry.trials, entry.clean, entry.quantiles, entry.more) == (10, 8, (), ())
    assert entry.sentence.startswith("2 of 10 trials failed: claim not supported; fails in fewer than")
    assert entry.fails_below == pytest.approx(0.5069, abs=1e-4)


@pytest.mark.parametrize("change", ["reported", "single", "rows"])
def test_clean_trials_under_a_check_that_fails_carry_nothing(tmp_path: Path, change: str) -> None:
    reports, check = full(), "VAL13-03"
    if change == "reported":
        fail(reports["VAL13"], check)
    elif change == "single":
        reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 5001
    else:
        check = "VAL13-04"
        reports["VAL13"]["metrics"]["data_loss_rows"] = 1
    entry = of(tmp_path, reports)[check]
    assert (entry.clean, entry.fails_below, entry.quantiles, entry.more) == (None, None, (), ())
    assert f"but {check} failed: nothing is bounded" in entry.sentence


@pytest.mark.parametrize("value", [None, 5001])
def test_a_single_run_that_did_not_hold(tmp_path: Path, value: Any) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = value
    report = judged(tmp_path, reports)
    assert of(tmp_path, reports)["VAL13-03"].sentence == "one trial, and it failed: claim not supported"
    assert single_runs(strength(report.slices)).endswith(" Failed: VAL13-03.")


def test_no_trial_clean_bounds_nothing(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigterm_trials_ms"] = [None, 6000]
    entry = of(tmp_path, reports)["VAL13-03"]
    assert (entry.clean, entry.fails_below) == (0, None)
    assert entry.sentence == "2 of 2 trials failed: claim not supported"


def test_percentiles_of_lag(tmp_path: Path) -> None:
    reports = full()
    reports["VAL14"]["metrics"] |= {
        "light_samples_ms": [i / 9 for i in range(100)],
        "heavy_samples_ms": [1] * 100,
    }
    entries = of(tmp_path, reports)
    assert entries["VAL14-03"].quantiles == ((0.95, 98 / 9),)
    assert entries["VAL14-03"].sentence == "100 distinct values: p95 at most 10.889 ms"
    assert entries["VAL14-05"].sentence == "100 distinct values, too few to bound the p99 (199 more needed)"


def test_a_missing_slice_is_not_spoken_of(tmp_path: Path) -> None:
    reports = seed()
    del reports["VAL13"]
    assert not [check for check in of(tmp_path, reports) if check.startswith("VAL13")]
    nothing = judged(tmp_path / "none", {})
    assert strength(nothing.slices) == ()
    assert "Strength of the evidence" not in [risk.title for risk in nothing.proof.risks]


def test_it_stands_in_text_and_json(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    risk = next(risk for risk in report.proof.risks if risk.title == "Strength of the evidence")
    assert risk.detail == summary(strength(report.slices))
    assert "if trials are independent and alike" in risk.detail
    assert "Strength of the evidence" in render(report, "text").decode()
    assert "No acknowledged row lost (VAL13-04): 9 of 9 failovers passed" in render(report, "json").decode()


def test_a_trial_passes_only_if_a_write_was_accepted_in_time_too(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigkill_accepting_trials_ms"] = [77, 5001, None]
    entry = of(tmp_path, reports)["VAL13-05"]
    assert (entry.trials, entry.clean) == (3, 1)


@pytest.mark.parametrize("accepting", [[], [77], [77, 80, 90, 100], None])
def test_accepting_trials_that_are_not_the_same_trials_are_judged_by_their_rule_alone(
    tmp_path: Path, accepting: list[float] | None
) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigkill_accepting_trials_ms"] = accepting
    entry = of(tmp_path, reports)["VAL13-05"]
    assert (entry.trials, entry.clean) == (3, 3 if accepting else None)
