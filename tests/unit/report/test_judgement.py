"""Slices, window, matrix, levels, risks, metrics: what the contract says of whole evidence sets."""

from datetime import timedelta
from pathlib import Path

import pytest

from builders import NOON, EvidenceSet, fail, full, judged, seed
from haproof.core.model import Metric
from haproof.core.thresholds import derived


def without(*slices: str) -> EvidenceSet:
    return {slice_id: report for slice_id, report in seed().items() if slice_id not in slices}


def at(reports: EvidenceSet, slice_id: str, time: str) -> EvidenceSet:
    reports[slice_id]["generated_at"] = time
    return reports


def states(levels: object) -> list[str]:
    return [requirement.state for requirement in levels.requirements]  # type: ignore[attr-defined]


def test_the_seed_is_ready(tmp_path: Path) -> None:
    report = judged(tmp_path, seed())
    assert report.proof.verdict == "HA DESIGN PARTNER READY"
    assert states(report.proof.readiness["design_partner"]) == ["MET"] * 6
    assert not report.proof.readiness["ga"].ready
    assert not report.proof.readiness["public_production"].ready
    assert states(report.proof.readiness["ga"]) == ["NO EVIDENCE"] * 3
    assert report.proof.summary.passed == 10


def test_no_slice_at_all(tmp_path: Path) -> None:
    report = judged(tmp_path, {})
    assert [row.status for row in report.proof.slices] == ["MISSING"] * 5
    assert report.proof.evidence.window.detail == "no timestamps"
    assert not report.proof.evidence.window.coherent
    assert states(report.proof.readiness["design_partner"]) == ["NO EVIDENCE"] * 6
    assert report.proof.summary.failed == 10
    assert not report.says_no
    assert report.proof.evidence.files == ()
    assert report.proof.thresholds is None


def test_a_missing_slice_cannot_tell(tmp_path: Path) -> None:
    report = judged(tmp_path, without("VAL14"))
    assert report.proof.verdict == "NOT READY (VAL26-02, VAL26-10)"
    assert not report.says_no
    assert report.proof.metrics["replication_lag"] is None
    assert states(report.proof.readiness["design_partner"]) == [
        "NO EVIDENCE",
        "MET",
        "MET",
        "MET",
        "MET",
        "MET",
    ]
    assert "VAL14" in report.proof.checks[9].detail


def test_no_wins_over_cannot_tell(tmp_path: Path) -> None:
    reports = without("VAL14")
    fail(reports["VAL16"], "VAL16-09")
    report = judged(tmp_path, reports)
    assert report.says_no
    assert states(report.proof.readiness["design_partner"])[0] == "NOT MET"


@pytest.mark.parametrize(
    ("time", "coherent", "span"),
    [
        ("2026-03-23T16:00:00Z", True, 21_600),
        ("2026-03-23T18:00:00+02:00", True, 21_600),
        ("2026-03-23T16:00:01Z", False, 21_601),
        ("2026-03-23T16:00:00.000001Z", False, 21_600.000001),
    ],
)
def test_the_window_is_six_hours_inclusive(tmp_path: Path, time: str, coherent: bool, span: float) -> None:
    report = judged(tmp_path, at(seed(), "VAL17", time), NOON + timedelta(hours=6))
    window = report.proof.evidence.window
    assert (window.coherent, window.span_seconds) == (coherent, span)
    assert report.ready is coherent
    assert not report.says_no
    if not coherent:
        assert report.proof.verdict == "NOT READY (VAL26-10)"
        assert "> 6:00:00" in window.detail


def test_a_span_over_a_day_is_counted_in_hours(tmp_path: Path) -> None:
    reports = at(seed(), "VAL17", "2026-03-25T11:00:00.5Z")
    window = judged(tmp_path, reports, NOON + timedelta(days=3)).proof.evidence.window
    assert (window.coherent, window.span_seconds) == (False, 176_400.5)
    assert window.detail == "span 49:00:00.5 > 6:00:00"


def test_missing_slices_do_not_count_for_the_window(tmp_path: Path) -> None:
    reports = at(seed(), "VAL17", "2026-04-23T16:00:00Z")
    del reports["VAL17"]["name"]
    assert judged(tmp_path, reports).proof.evidence.window.coherent


def test_one_slice_has_span_zero(tmp_path: Path) -> None:
    window = judged(tmp_path, without("VAL13", "VAL14", "VAL15", "VAL16")).proof.evidence.window
    assert (window.coherent, window.span_seconds) == (True, 0)


def test_evidence_from_the_future_is_not_coherent(tmp_path: Path) -> None:
    five_minutes = judged(tmp_path, at(seed(), "VAL17", "2026-03-23T12:05:00Z"))
    assert five_minutes.ready
    later = judged(tmp_path, at(seed(), "VAL17", "2026-03-23T12:05:00.000001Z"))
    assert not later.ready
    assert "later than the generation time" in later.proof.evidence.window.detail
    assert later.proof.readiness["design_partner"].requirements[5].state == "NOT MET"


def test_thresholds_by_the_formulas(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["metrics"] |= {"idle_p95_ms": 4, "light_p95_ms": 12.5}
    thresholds = judged(tmp_path, reports).proof.thresholds
    assert thresholds is not None
    assert (thresholds.observed_p95_ms, thresholds.healthy_ms) == (12.5, 38.5)
    assert (thresholds.degraded_ms, thresholds.alert_ms) == (385, 1925)


@pytest.mark.parametrize(
    ("p95", "healthy", "degraded", "alert"),
    [(0, 10, 100, 500), (2.9, 10, 100, 500), (3, 10, 100, 500), (3.5, 11.5, 115, 575)],
)
def test_thresholds_have_a_floor(p95: float, healthy: float, degraded: float, alert: float) -> None:
    found = derived(0, p95)
    assert found is not None
    assert (found.healthy_ms, found.degraded_ms, found.alert_ms) == (healthy, degraded, alert)


def test_thresholds_need_both_percentiles(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["metrics"]["light_p95_ms"] = None
    assert judged(tmp_path, reports).proof.thresholds is None


def test_a_contradicted_check_counts_as_failed(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 6000
    report = judged(tmp_path, reports)
    assert (report.proof.slices[0].passed, report.proof.slices[0].failed) == (9, 1)
    assert report.proof.verdict == "NOT READY (VAL26-01, VAL26-06, VAL26-10)"
    assert report.proof.checks[0].detail.startswith("9 of 10 checks passed (VAL13-03: ")


def test_claims_point_into_the_evidence(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["checks"].reverse()
    row = judged(tmp_path, reports).proof.checks[5]
    assert [(place.check, place.path, place.pointer) for place in row.evidence] == [
        ("VAL13-03", "val13/val13-report.json", "/checks/7"),
        ("VAL13-03", "val13/val13-report.json", "/metrics/sigterm_failover_ms"),
    ]


def test_metrics_carry_value_unit_target_status(tmp_path: Path) -> None:
    reports = full()
    metrics = judged(tmp_path, reports).proof.metrics
    assert metrics["failover"]
    assert metrics["replication_lag"]
    assert metrics["backup_restore"]
    assert metrics["quorum_loss"]

    def row(metric: Metric) -> tuple[object, ...]:
        target = metric.target
        return (metric.value, metric.unit, (target.op, target.value) if target else None, metric.status)

    assert row(metrics["failover"]["sigterm_failover_ms"]) == (342, "ms", ("<=", 5000), "PASS")
    assert row(metrics["failover"]["data_loss_rows"]) == (0, "rows", ("=", 0), "PASS")
    assert row(metrics["failover"]["hung_leader_failover_ms"]) == (1205, "ms", ("<=", 2000), "PASS")
    assert row(metrics["failover"]["poll_interval_ms"]) == (50, "ms", None, None)
    assert row(metrics["failover"]["sigterm_takeover_ms"]) == (9.5, "ms", None, None)
    assert row(metrics["replication_lag"]["idle_p95_ms"]) == (0, "ms", None, "PASS")
    assert row(metrics["replication_lag"]["light_rows"]) == (100, "rows", (">=", 100), "PASS")
    assert row(metrics["replication_lag"]["light_row_bytes"]) == (500, "bytes", (">=", 500), "PASS")
    assert row(metrics["replication_lag"]["healthy_ms"]) == (10, "ms", ("=", 10), "PASS")
    assert "light_samples_ms" not in metrics["replication_lag"]
    assert row(metrics["backup_restore"]["checksum_cli"]) == ("ab" * 32, None, ("=", "ab" * 32), "PASS")
    assert row(metrics["backup_restore"]["row_counts_match"]) == (True, None, ("=", True), "PASS")
    assert row(metrics["quorum_loss"]["detected_loss_count"]) == (2, "count", (">=", 2), "PASS")
    assert row(metrics["quorum_loss"]["quorum_loss_reason"]) == ("connection refused", None, None, "PASS")


def test_a_metric_passes_only_with_its_tied_check(tmp_path: Path) -> None:
    reports = seed()
    fail(reports["VAL15"], "VAL15-03")
    metrics = judged(tmp_path, reports).proof.metrics["backup_restore"]
    assert metrics
    assert metrics["backup_ms"].status == "FAIL"
    assert metrics["restore_ms"].status == "PASS"


def test_measured_gaps(tmp_path: Path) -> None:
    by_id = {risk.id: risk for risk in judged(tmp_path, full()).proof.risks}
    assert [risk for risk in by_id if risk.startswith("GAP")] == [f"GAP-{n}" for n in range(1, 9)]
    assert {key for key, risk in by_id.items() if risk.state == "MEASURED"} == {"GAP-5", "GAP-8"}
    assert "replay_p95_ms = 3.2 ms" in by_id["GAP-5"].detail


def test_what_a_run_adds_to_the_risks(tmp_path: Path) -> None:
    reports = full()
    del reports["VAL16"]
    reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [56, 400]
    reports["VAL14"]["environment"]["platform"] = "kubernetes"
    reports["VAL15"]["metrics"]["backup_ms"] = 30_001
    reports["VAL17"]["generated_at"] = "2026-03-25T00:00:00Z"
    added = [risk.title for risk in judged(tmp_path, reports).proof.risks if risk.id.startswith("RUN")]
    for words in (
        "VAL16 Split-Brain Chaos Validation has no evidence",
        "VAL15-03 is contradicted by its own figures",
        "The evidence window is not coherent",
        "The slices describe different environments",
        "A single figure is not the worst of its trials",
    ):
        assert words in added


def test_differing_environments_are_shown_with_their_slices(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["environment"]["database"] = "PostgreSQL elsewhere"
    del reports["VAL15"]["environment"]
    topology = judged(tmp_path, reports).proof.topology
    assert topology.database.endswith("VAL14: PostgreSQL elsewhere; VAL15: not recorded")
    assert topology.database.startswith("VAL13, VAL16, VAL17: PostgreSQL in Docker")


def test_environments_that_differ_beyond_what_is_shown_differ(tmp_path: Path) -> None:
    reports = seed()
    for slice_id, report in reports.items():
        report["environment"]["database"] = "x" * 300 + ("VAL14" if slice_id == "VAL14" else "other")
    proof = judged(tmp_path, reports).proof
    assert "They disagree on: Database." in str(proof.risks)
    assert "VAL14: " + "x" * 200 + "… (305 characters)" in proof.topology.database


def test_a_line_that_all_slices_have_is_given_once(tmp_path: Path) -> None:
    reports = seed()
    for slice_id, report in reports.items():
        report["environment"]["chaos"] = [f"done in {slice_id}", "NO iptables"]
    del reports["VAL15"]
    reports["VAL17"]["environment"]["chaos"] = ["NO iptables"]
    proof = judged(tmp_path, reports).proof
    assert proof.topology.chaos == (
        "VAL13: done in VAL13; VAL14: done in VAL14; VAL16: done in VAL16; "
        "VAL13, VAL14, VAL16, VAL17: NO iptables"
    )
    assert "different environments" not in str(proof.risks), "what is done in a slice is its own"


def test_nothing_recorded_is_never_docker(tmp_path: Path) -> None:
    reports = seed()
    for report in reports.values():
        del report["environment"]
    proof = judged(tmp_path, reports).proof
    assert proof.topology.platform == "not recorded"
    assert "Docker" not in str(proof.topology)


@pytest.mark.parametrize("chaos", ["", [], [""]])
def test_an_empty_line_of_the_environment_is_not_recorded(chaos: object, tmp_path: Path) -> None:
    reports = seed()
    for report in reports.values():
        report["environment"]["chaos"] = chaos
    assert judged(tmp_path, reports).proof.topology.chaos == "not recorded"


def test_section_titles_follow_the_platform_of_their_slice(tmp_path: Path) -> None:
    from haproof.render import render

    reports = seed()
    reports["VAL14"]["environment"]["platform"] = "kubernetes"
    del reports["VAL13"]["environment"]
    text = render(judged(tmp_path, reports), "text").decode()
    assert "Failover Timeline (VAL13, platform not recorded):" in text
    assert "Replication Lag Distribution (VAL14, kubernetes):" in text
