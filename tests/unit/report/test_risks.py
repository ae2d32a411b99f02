"""Risks of a run: ids that mean the same in every report, and what makes each of them appear."""

import re
from pathlib import Path
from typing import Any

import pytest

from builders import EvidenceSet, fail, full, judged
from cluster_report import metrics, tree, trial
from haproof.core.model import Risk
from haproof.core.strength import strength
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.gaps import GAPS


def added(folder: Path, reports: EvidenceSet) -> dict[str, Risk]:
    """The risks that a run adds, by id."""
    risks = judged(folder, reports).proof.risks
    assert [risk.id for risk in risks[: len(GAPS)]] == [gap.id for gap in GAPS]
    ids = [risk.id for risk in risks]
    assert len(ids) == len(set(ids))
    return {risk.id: risk for risk in risks[len(GAPS) :]}


def test_a_whole_run_adds_what_its_trials_are_worth(tmp_path: Path) -> None:
    assert list(added(tmp_path, full())) == ["RUN-STRENGTH", "RUN-SINGLE"]


def test_single_runs_are_one_list_the_same_as_under_strength(tmp_path: Path) -> None:
    reports = full()
    fail(reports["VAL15"], "VAL15-06")
    report = judged(tmp_path, reports)
    (single,) = (risk for risk in report.proof.risks if risk.id == "RUN-SINGLE")
    listed = re.findall(r"VAL[0-9]{2}-[0-9]{2}", single.detail)
    entries = strength(report.slices)
    assert sorted(listed) == [entry.check for entry in entries if entry.single]
    assert single.detail.startswith(f"{len(listed)} of {len(entries)} claims are based on a single run. ")
    assert single.detail.endswith(" Failed: VAL15-06.")
    (several,) = (risk for risk in report.proof.risks if risk.id == "RUN-STRENGTH")
    assert not set(listed) & set(re.findall(r"VAL[0-9]{2}-[0-9]{2}", several.detail))


def test_an_id_names_the_slice_or_the_check_it_is_about(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL14"]
    reports["VAL13"]["metrics"] |= {"data_loss_rows": 2, "rows_acknowledged": 0}
    reports["VAL17"]["metrics"]["recovery_ms"] = 30_001
    found = added(tmp_path, reports)
    assert list(found)[:3] == [
        "RUN-MISSING-VAL14",
        "RUN-CONTRADICTION-VAL13-04",
        "RUN-CONTRADICTION-VAL17-06",
    ]
    assert "2 acknowledged rows lost (limit 0)" in found["RUN-CONTRADICTION-VAL13-04"].detail
    assert "0 rows acknowledged (at least 1)" in found["RUN-CONTRADICTION-VAL13-04"].detail
    assert found["RUN-CONTRADICTION-VAL17-06"].closed_by == "Fix the VAL17 producer and run again"


@pytest.mark.parametrize(
    ("runs", "said"),
    [
        (("a", "a", "a", "a", "a"), None),
        (("a", None, "a", None, "a"), None),
        (("a", "a", "b", None, "a"), "VAL13, VAL14, VAL17: a; VAL15: b."),
        (("", "a", "a", "a", "a"), "VAL13: ; VAL14, VAL15, VAL16, VAL17: a."),
    ],
)
def test_reports_of_different_runs(tmp_path: Path, runs: tuple[Any, ...], said: str | None) -> None:
    reports = full()
    for report, run in zip(reports.values(), runs, strict=True):
        report["run_id"] = run
    found = added(tmp_path, reports)
    assert ("RUN-RUNS" in found) == (said is not None)
    if said is not None:
        assert found["RUN-RUNS"].detail.endswith(said)


def test_a_run_id_of_a_slice_that_was_not_run_does_not_count(tmp_path: Path) -> None:
    reports = full()
    reports["VAL15"] |= {"run_id": "another", "not_run": "no PostgreSQL found"}
    assert "RUN-RUNS" not in added(tmp_path, reports)


@pytest.mark.parametrize(("started", "doubtful"), [("10:20:00Z", False), ("10:20:00.000001Z", True)])
def test_a_start_after_the_end_is_a_clock_that_was_set_back(
    tmp_path: Path, started: str, doubtful: bool
) -> None:
    reports = full()
    reports["VAL14"]["started_at"] = f"2026-03-23T{started}"
    found = added(tmp_path, reports)
    assert ("RUN-CLOCK" in found) == doubtful
    if doubtful:
        assert (
            "VAL14 started at 2026-03-23T10:20:00.000001Z, after it was generated at 2026-03-23T10:20:00Z"
            in found["RUN-CLOCK"].detail
        )


def test_environments_that_differ_are_named(tmp_path: Path) -> None:
    reports = full()
    reports["VAL16"]["environment"]["platform"] = "kubernetes"
    assert "Platform" in added(tmp_path, reports)["RUN-ENVIRONMENT"].detail


def test_a_figure_that_is_retold_is_not_rounded_across_its_limit(tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"] |= {"sigterm_failover_ms": 5000.0004, "sigterm_trials_ms": [5000.0002, 1]}
    detail = added(tmp_path, reports)["RUN-WORST"].detail
    assert "sigterm_failover_ms is 5000.0004, the worst of sigterm_trials_ms is 5000.0002" in detail


def test_a_gap_that_was_measured_says_the_figure(tmp_path: Path) -> None:
    reports = full()
    reports["VAL17"]["metrics"]["protected_write_refused"] = False
    gaps = {risk.id: risk for risk in judged(tmp_path, reports).proof.risks}
    assert (gaps["GAP-5"].state, gaps["GAP-8"].state) == ("MEASURED", "MEASURED")
    assert "replay_p95_ms = 3.2 ms (VAL14)" in gaps["GAP-5"].detail
    assert "protected_write_refused = false (VAL17)" in gaps["GAP-8"].detail
    reports["VAL14"]["metrics"]["replay_p95_ms"] = None
    gaps = {risk.id: risk for risk in judged(tmp_path, reports).proof.risks}
    assert gaps["GAP-5"].state == "OPEN"


@pytest.mark.parametrize(
    ("mode", "lost", "told"), [("async", 54, True), ("async", 0, False), ("sync", 54, False)]
)
def test_a_loss_that_fails_no_check_is_a_risk(tmp_path: Path, mode: str, lost: int, told: bool) -> None:
    trials = [trial(fault, lost=lost if fault == "host-kill" else 0) for fault in FAULTS]
    found = added(tmp_path, full() | {"CLUSTER": tree(metrics(mode=mode, trials=trials))})
    assert ("RUN-LOSS" in found) == told
    assert ("RUN-FAILED-CLUSTER" in found) == (mode == "sync" and bool(lost)), (
        "there the loss fails its check"
    )
    if told:
        said = "54 acknowledged rows lost in 1 of 15 trials of an asynchronous cluster (CLUSTER)"
        assert said in found["RUN-LOSS"].detail
