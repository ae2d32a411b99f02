"""Every rule of the evidence contract, one row each: the change that breaks it, and the check it breaks."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from builders import full, judged, seed
from haproof.render import render
from haproof.schema import schema

PROOF = jsonschema.Draft202012Validator(schema("proof"))

METRIC_RULES: list[tuple[str, dict[str, Any]]] = [
    ("VAL13-03", {"sigterm_failover_ms": 5001}),
    ("VAL13-03", {"sigterm_failover_ms": 5000.0004}),
    ("VAL13-03", {"sigterm_failover_ms": None}),
    ("VAL13-03", {"sigterm_trials_ms": [1, 5000.5]}),
    ("VAL13-03", {"sigterm_trials_ms": [1, None]}),
    ("VAL13-03", {"sigterm_trials_ms": []}),
    ("VAL13-03", {"sigterm_trials_ms": None}),
    ("VAL13-04", {"data_loss_rows": 1}),
    ("VAL13-04", {"data_loss_rows": None}),
    ("VAL13-04", {"rows_acknowledged": 0}),
    ("VAL13-04", {"rows_acknowledged": None}),
    ("VAL13-05", {"sigkill_failover_ms": 5001}),
    ("VAL13-05", {"sigkill_trials_ms": [6000]}),
    ("VAL13-08", {"rapid_cycle_ms": [1, 2, 5001]}),
    ("VAL13-08", {"rapid_cycle_ms": [1, None, 2]}),
    ("VAL13-08", {"rapid_cycle_ms": None}),
    ("VAL13-09", {"stale_write_refused": False}),
    ("VAL13-09", {"stale_write_refused": None}),
    ("VAL13-09", {"hung_leader_failover_ms": 2000.5, "lock_bound_ms": 1000}),
    ("VAL13-09", {"hung_leader_failover_ms": None, "lock_bound_ms": 1000}),
    ("VAL13-09", {"hung_leader_failover_ms": 1, "lock_bound_ms": None}),
    ("VAL13-09", {"hung_leader_failover_ms": 1}),
    ("VAL14-02", {"idle_p95_ms": None}),
    ("VAL14-02", {"idle_n": 9}),
    ("VAL14-02", {"idle_n": None}),
    ("VAL14-03", {"light_p95_ms": None}),
    ("VAL14-03", {"light_rows": 99}),
    ("VAL14-03", {"light_row_bytes": 499}),
    ("VAL14-04", {"light_drain_ms": 2000.1}),
    ("VAL14-05", {"heavy_p99_ms": None}),
    ("VAL14-05", {"heavy_rows": 499}),
    ("VAL14-05", {"heavy_row_bytes": 1999}),
    ("VAL14-06", {"heavy_drain_ms": 5001}),
    ("VAL14-08", {"catch_up_ms": 10_001}),
    ("VAL14-08", {"catch_up_ms": None}),
    ("VAL14-09", {"idle_p95_ms": None}),
    ("VAL14-09", {"light_p95_ms": None}),
    ("VAL14-09", {"healthy_ms": 11}),
    ("VAL14-09", {"degraded_ms": 100.001}),
    ("VAL14-09", {"alert_ms": None}),
    ("VAL15-03", {"backup_ms": 30_001}),
    ("VAL15-05", {"restore_ms": 60_001}),
    ("VAL15-06", {"row_counts_match": False}),
    ("VAL15-06", {"payload_match": None}),
    ("VAL15-07", {"checksum_cli": "cd" * 32}),
    ("VAL15-07", {"checksum_cli": None, "checksum_file": None}),
    ("VAL16-01", {"baseline_risk": "possible"}),
    ("VAL16-02", {"divergence_risk": "possible"}),
    ("VAL16-02", {"divergence_risk": None}),
    ("VAL16-03", {"ghost_risk": "detected"}),
    ("VAL16-06", {"recovered_risk": "possible"}),
    ("VAL16-07", {"user_data_intact": False}),
    ("VAL16-07", {"user_rows_before": 0, "user_rows_after": 0}),
    ("VAL16-07", {"user_rows_after": 19}),
    ("VAL16-07", {"user_rows_before": None, "user_rows_after": None}),
    ("VAL17-02", {"loss_detection_ms": 30_001}),
    ("VAL17-02", {"loss_detection_trials_ms": [1, 30_001]}),
    ("VAL17-03", {"write_block_active": False}),
    ("VAL17-04", {"can_accept_protected_writes": True}),
    ("VAL17-04", {"can_accept_protected_writes": None}),
    ("VAL17-04", {"protected_write_refused": False}),
    ("VAL17-04", {"protected_write_refused": None}),
    ("VAL17-06", {"recovery_ms": 30_001}),
    ("VAL17-06", {"recovery_trials_ms": []}),
    ("VAL17-08", {"detected_loss_count": 0}),
    ("VAL17-09", {"detected_loss_count": 1}),
]


@pytest.mark.parametrize(("check_id", "change"), METRIC_RULES)
def test_a_broken_metric_contradicts_its_check(tmp_path: Path, check_id: str, change: dict[str, Any]) -> None:
    reports = seed()
    reports[check_id[:5]]["metrics"] |= change
    report = judged(tmp_path, reports)
    found = {entry.check: entry for entry in report.proof.contradictions}
    assert check_id in found
    broken = found[check_id]
    assert broken.slice == check_id[:5]
    assert broken.metric in change or broken.metric in reports[broken.slice]["metrics"]
    assert next(row for row in report.proof.slices if row.id == broken.slice).status == "FAIL"
    assert not report.ready
    assert report.says_no
    PROOF.validate(json.loads(render(report, "json")))


OBSERVATION_RULES: list[tuple[str, dict[str, Any]]] = [
    ("VAL13-01", {"nodes_healthy": 1}),
    ("VAL13-01", {"leaders": 2}),
    ("VAL13-01", {"holder_agreed": False}),
    ("VAL13-02", {"probe_rows_written": 0, "probe_rows_readable": 0}),
    ("VAL13-02", {"probe_rows_readable": 19}),
    ("VAL13-06", {"pg_crash_noticed_ms": [41, None]}),
    ("VAL13-06", {"pg_crash_noticed_ms": []}),
    ("VAL13-07", {"leader_back_ms": [None]}),
    ("VAL13-07", {"probe_rows_intact": False}),
    ("VAL13-09", {"epochs": [1, 3]}),
    ("VAL13-09", {"epochs": [1]}),
    ("VAL13-09", {"epochs": [2, 2]}),
    ("VAL13-10", {"nodes_killed": 0, "nodes_rejoined": 0}),
    ("VAL13-10", {"nodes_rejoined": 2}),
    ("VAL13-10", {"final_healthy": False}),
    ("VAL14-01", {"baseline_state": "catchup"}),
    ("VAL14-01", {"baseline_gap_bytes": 1}),
    ("VAL14-07", {"quorum_with_standby": "degraded"}),
    ("VAL14-07", {"quorum_without_standby": "healthy"}),
    ("VAL14-07", {"quorum_without_standby": None}),
    ("VAL14-07", {"quorum_after_return": "degraded"}),
    ("VAL14-10", {"standby_rows": 2999}),
    ("VAL14-10", {"primary_rows": 0, "standby_rows": 0}),
    ("VAL14-10", {"standby_digest": "00fe"}),
    ("VAL14-10", {"primary_digest": None, "standby_digest": None}),
    ("VAL15-01", {"archive_entries": 0}),
    ("VAL15-02", {"metadata_status": "failed"}),
    ("VAL15-02", {"metadata_bytes": 1}),
    ("VAL15-02", {"metadata_checksum": "cd" * 32}),
    ("VAL15-02", {"metadata_bytes": None, "file_bytes": None}),
    ("VAL15-04", {"unconfirmed_restore_refused": False}),
    ("VAL15-04", {"out_of_maintenance_restore_refused": None}),
    ("VAL15-04", {"database_unchanged_by_refusals": False}),
    ("VAL15-08", {"inventory_counts": [1, 1]}),
    ("VAL15-08", {"inventory_counts": [1]}),
    ("VAL15-09", {"corrupt_restore_refused": False}),
    ("VAL15-09", {"database_unchanged_by_corrupt": False}),
    ("VAL15-10", {"audit_events": ["ha.backup.created"]}),
    ("VAL16-04", {"repeated_risks": ["detected"]}),
    ("VAL16-04", {"repeated_risks": ["detected", "none"]}),
    ("VAL16-04", {"detection_writes": 1}),
    ("VAL16-05", {"dry_run_accepted": False}),
    ("VAL16-05", {"dry_run_writes": 2}),
    ("VAL16-08", {"ghost_cleared_risk": "possible"}),
    ("VAL16-09", {"audit_events": []}),
    ("VAL16-10", {"final_leaders": 2}),
    ("VAL16-10", {"final_risk": "possible"}),
    ("VAL16-10", {"final_write_accepted": False}),
    ("VAL17-01", {"baseline_quorum": "degraded"}),
    ("VAL17-01", {"baseline_write_block": True}),
    ("VAL17-05", {"last_lost_at": None}),
    ("VAL17-07", {"after_write_block": True}),
    ("VAL17-07", {"after_can_accept": False}),
    ("VAL17-07", {"after_write_accepted": None}),
    ("VAL17-08", {"last_restored_at": "2026-03-23T11:18:00.123456Z"}),
    ("VAL17-08", {"last_restored_at": None}),
    ("VAL17-09", {"loss_counts": [0, 1, 3]}),
    ("VAL17-09", {"loss_counts": [2]}),
    ("VAL17-10", {"audit_events": ["ha.quorum.restored"]}),
]


@pytest.mark.parametrize(("check_id", "change"), OBSERVATION_RULES)
def test_a_broken_observation_contradicts_its_check(
    tmp_path: Path, check_id: str, change: dict[str, Any]
) -> None:
    reports = full()
    reports[check_id[:5]]["observations"] |= change
    report = judged(tmp_path, reports)
    assert check_id in [entry.check for entry in report.proof.contradictions]
    written = json.loads(render(report, "json"))
    PROOF.validate(written)
    assert check_id in [entry["check"] for entry in written["contradictions"]]


def test_an_instant_that_contradicts_is_written_as_text(tmp_path: Path) -> None:
    reports = full()
    reports["VAL17"]["observations"]["last_restored_at"] = "2026-03-23T12:18:00.1+01:00"
    written = json.loads(render(judged(tmp_path, reports), "json"))
    (entry,) = written["contradictions"]
    assert (entry["check"], entry["metric"], entry["value"]) == (
        "VAL17-08",
        "last_restored_at",
        "2026-03-23T11:18:00.100000Z",
    )


@pytest.mark.parametrize(
    ("check_id", "only"),
    [
        ("VAL13-01", {"leaders": 1}),
        ("VAL13-02", {"probe_rows_written": 20}),
        ("VAL13-10", {"final_healthy": True}),
        ("VAL14-01", {"baseline_state": "streaming"}),
        ("VAL14-10", {"primary_rows": 3}),
        ("VAL15-02", {"metadata_status": "completed"}),
        ("VAL16-10", {"final_leaders": 1}),
        ("VAL17-05", {"last_lost_at": "2026-03-23T11:18:00Z"}),
        ("VAL17-08", {"last_restored_at": "2026-03-23T11:18:00Z"}),
    ],
)
def test_an_absent_partner_counts_as_null(tmp_path: Path, check_id: str, only: dict[str, Any]) -> None:
    reports = seed()
    reports[check_id[:5]]["observations"] = only
    assert check_id in [entry.check for entry in judged(tmp_path, reports).proof.contradictions]


def test_full_evidence_is_re_judged_in_every_check(tmp_path: Path) -> None:
    report = judged(tmp_path, full())
    assert report.proof.contradictions == ()
    assert report.ready
    assert [result.rejudged for result in report.slices] == [10, 10, 10, 10, 10]


def test_a_reported_failure_stays_one_though_its_figures_hold(tmp_path: Path) -> None:
    from builders import fail

    reports = full()
    fail(reports["VAL15"], "VAL15-06", "one row differs")
    report = judged(tmp_path, reports)
    assert report.proof.contradictions == ()
    assert report.proof.verdict == "NOT READY (VAL26-03, VAL26-08, VAL26-10)"
    assert "one row differs" in report.proof.checks[2].detail


def test_an_empty_reason_breaks_its_check_without_observations(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = ""
    assert [entry.check for entry in judged(tmp_path, reports).proof.contradictions] == ["VAL17-05"]


def test_a_reason_alone_asks_for_nothing_else(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = "connection refused"
    assert judged(tmp_path, reports).ready


@pytest.mark.parametrize("bound", [1000, None])
def test_a_lock_bound_alone_is_a_setting_that_no_rule_looks_at(tmp_path: Path, bound: int | None) -> None:
    evidence = seed()
    evidence["VAL13"]["metrics"]["lock_bound_ms"] = bound
    report = judged(tmp_path, evidence)
    assert report.ready
    metric = (report.proof.metrics.failover or {})["lock_bound_ms"]
    assert (metric.target, metric.status) == (None, None)


def test_every_broken_metric_of_a_check_is_in_its_one_entry(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"] |= {"data_loss_rows": 3, "rows_acknowledged": 0}
    entries = judged(tmp_path, reports).proof.contradictions
    assert [entry.check for entry in entries] == ["VAL13-04"]
    assert "data_loss_rows is 3" in entries[0].detail
    assert "rows_acknowledged is 0" in entries[0].detail


def test_checksums_compare_without_case(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL15"]["metrics"]["checksum_cli"] = "AB" * 32
    assert judged(tmp_path, reports).ready


def test_thresholds_are_compared_to_the_last_digits(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["metrics"] |= {"idle_p95_ms": 4.1, "healthy_ms": (4.1 * 3 + 1) * (1 + 5e-10)}
    assert judged(tmp_path, reports).ready
