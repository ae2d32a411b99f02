"""Every rule of the evidence contract, one row each: the change that breaks it, and the check it breaks."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from builders import full, judged, seed
from haproof.core.model import Metric, Target
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.schema import schema

PROOF = jsonschema.Draft202012Validator(schema("proof", HOUSE))

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
    ("VAL13-02", {"answers_invalid": 1}),
    ("VAL13-02", {"answers_invalid": None}),
    ("VAL13-03", {"sigterm_accepting_trials_ms": [1, 5000.0004]}),
    ("VAL13-03", {"sigterm_accepting_trials_ms": [1, None]}),
    ("VAL13-03", {"sigterm_accepting_trials_ms": []}),
    ("VAL13-04", {"rows_acknowledged_early": 1}),
    ("VAL13-04", {"rows_refused_stored": 1}),
    ("VAL13-04", {"rows_duplicated": 1}),
    ("VAL13-04", {"rows_unexpected": 1}),
    ("VAL13-04", {"rows_unexpected": None}),
    ("VAL13-05", {"sigkill_accepting_trials_ms": [5001]}),
    ("VAL13-05", {"sigkill_accepting_trials_ms": None}),
    ("VAL13-05", {"unobserved_takeover_ms": 5000.5}),
    ("VAL13-05", {"unobserved_takeover_ms": None}),
    ("VAL13-09", {"non_holder_accepted": 1}),
    ("VAL13-09", {"non_holder_accepted": None}),
    ("VAL13-09", {"epochs_shown_twice": 1}),
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
    ("VAL15-01", {"backup_bytes": 0}),
    ("VAL15-01", {"backup_bytes": None}),
    ("VAL15-01", {"rows": 0}),
    ("VAL15-01", {"archive_rows_match": False}),
    ("VAL15-01", {"archive_rows_match": None}),
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
    ("VAL16-06", {"epoch_before_recovery": 9, "epoch_after_recovery": 9}),
    ("VAL16-06", {"epoch_before_recovery": 9, "epoch_after_recovery": 8}),
    ("VAL16-06", {"epoch_before_recovery": 9, "epoch_after_recovery": None}),
    ("VAL16-06", {"epoch_before_recovery": None, "epoch_after_recovery": 9}),
    ("VAL16-06", {"epoch_before_recovery": 9}),
    ("VAL16-06", {"epoch_after_recovery": 9}),
    ("VAL16-07", {"user_data_intact": False}),
    ("VAL16-07", {"user_rows_before": 0, "user_rows_after": 0}),
    ("VAL16-07", {"user_rows_after": 19}),
    ("VAL16-07", {"user_rows_before": None, "user_rows_after": None}),
    ("VAL17-02", {"loss_detection_ms": 30_001}),
    ("VAL17-02", {"loss_detection_trials_ms": [1, 30_001]}),
    ("VAL17-03", {"write_block_active": False}),
    ("VAL17-03", {"block_held": False}),
    ("VAL17-03", {"block_held": None}),
    ("VAL17-04", {"writes_acknowledged_during_loss": 1}),
    ("VAL17-04", {"writes_acknowledged_during_loss": None}),
    ("VAL17-04", {"can_accept_protected_writes": True}),
    ("VAL17-04", {"can_accept_protected_writes": None}),
    ("VAL17-04", {"protected_write_refused": False}),
    ("VAL17-04", {"protected_write_refused": None}),
    ("VAL17-06", {"recovery_ms": 30_001}),
    ("VAL17-06", {"recovery_trials_ms": []}),
    ("VAL17-07", {"rows_lost": 1}),
    ("VAL17-07", {"rows_lost": None}),
    ("VAL17-08", {"detected_loss_count": 0}),
    ("VAL17-09", {"detected_loss_count": 1}),
]


PARTNERS = {"epoch_before_recovery": None, "epoch_after_recovery": None}
"""Optional keys of which one asks for the other."""


@pytest.mark.parametrize(("check_id", "change"), METRIC_RULES)
def test_a_broken_metric_contradicts_its_check(tmp_path: Path, check_id: str, change: dict[str, Any]) -> None:
    reports = seed()
    reports[check_id[:5]]["metrics"] |= change
    report = judged(tmp_path, reports)
    found = {entry.check: entry for entry in report.proof.contradictions}
    assert check_id in found
    broken = found[check_id]
    assert broken.slice == check_id[:5]
    assert broken.metric in change or broken.metric in reports[broken.slice]["metrics"] | PARTNERS
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
    ("VAL13-09", {"events_match": False}),
    ("VAL13-09", {"events_match": None}),
    ("VAL13-10", {"unprovoked_changes": 1}),
    ("VAL13-10", {"unprovoked_changes": None}),
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
    ("VAL15-02", {"metadata_bytes": 0, "file_bytes": 0}),
    ("VAL15-04", {"unconfirmed_restore_refused": False}),
    ("VAL15-04", {"out_of_maintenance_restore_refused": None}),
    ("VAL15-04", {"database_unchanged_by_refusals": False}),
    ("VAL15-04", {"restore_beside_leader_refused": False}),
    ("VAL15-04", {"restore_beside_leader_refused": None}),
    ("VAL15-08", {"inventory_counts": [1, 1]}),
    ("VAL15-08", {"inventory_counts": [1]}),
    ("VAL15-08", {"inventory_counts": [3, 2, 1]}),
    ("VAL15-08", {"inventory_counts": [1, 2, 1]}),
    ("VAL15-09", {"corrupt_restore_refused": False}),
    ("VAL15-09", {"database_unchanged_by_corrupt": False}),
    ("VAL15-10", {"audit_events": ["ha.backup.created"]}),
    ("VAL15-10", {"audit_follows_deeds": False}),
    ("VAL15-10", {"audit_follows_deeds": None}),
    ("VAL16-04", {"repeated_risks": ["detected"]}),
    ("VAL16-04", {"repeated_risks": ["detected", "none"]}),
    ("VAL16-04", {"detection_writes": 1}),
    ("VAL16-05", {"dry_run_accepted": False}),
    ("VAL16-05", {"dry_run_writes": 2}),
    ("VAL16-08", {"ghost_cleared_risk": "possible"}),
    ("VAL16-09", {"audit_events": []}),
    ("VAL16-09", {"audit_follows_deeds": False}),
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
    ("VAL17-09", {"loss_counts": [2, 1]}),
    ("VAL17-10", {"audit_events": ["ha.quorum.restored"]}),
    ("VAL17-10", {"audit_follows_deeds": False}),
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
    ("slice_id", "change"),
    [
        ("VAL13", {"epochs": [7, 8]}),
        ("VAL15", {"inventory_counts": [0, 5]}),
        ("VAL15", {"metadata_checksum": "AB" * 32}),
        ("VAL16", {"repeated_risks": ["detected", "detected"]}),
        ("VAL17", {"loss_counts": [4, 5]}),
    ],
)
def test_the_shortest_array_and_either_case_of_a_digest_are_enough(
    tmp_path: Path, slice_id: str, change: dict[str, Any]
) -> None:
    reports = full()
    reports[slice_id]["observations"] |= change
    assert judged(tmp_path, reports).ready


@pytest.mark.parametrize(
    ("slice_id", "change"),
    [
        ("VAL13", {"sigterm_accepting_trials_ms": [5000], "unobserved_takeover_ms": 5000}),
        ("VAL15", {"rows": 1, "backup_bytes": 1}),
        ("VAL16", {"epoch_before_recovery": 0, "epoch_after_recovery": 1}),
    ],
)
def test_a_figure_exactly_on_its_limit_is_good(tmp_path: Path, slice_id: str, change: dict[str, Any]) -> None:
    reports = full()
    reports[slice_id]["metrics"] |= change
    assert judged(tmp_path, reports).ready


def test_the_epoch_after_a_recovery_is_held_against_the_one_before(tmp_path: Path) -> None:
    metrics = judged(tmp_path, full()).proof.metrics["split_brain"] or {}
    after = metrics["epoch_after_recovery"]
    assert (after.unit, after.target, after.status) == ("count", Target(">=", 10), "PASS")
    assert (metrics["epoch_before_recovery"].target, metrics["epoch_before_recovery"].status) == (
        None,
        "PASS",
    )


def test_units_follow_from_names_and_types(tmp_path: Path) -> None:
    units = {
        name: metric.unit
        for group in to_builtin_groups(judged(tmp_path, full()))
        for name, metric in group.items()
    }
    assert {name for name, unit in units.items() if unit == "rows"} == {
        *("data_loss_rows", "rows_acknowledged", "rows_refused", "rows_unknown", "rows_acknowledged_early"),
        *("rows_refused_stored", "rows_duplicated", "rows_unexpected", "light_rows", "heavy_rows", "rows"),
        *("user_rows_before", "user_rows_after", "rows_lost"),
    }
    assert {name for name, unit in units.items() if unit == "count"} == {
        *("non_holder_accepted", "epochs_shown_twice", "answers_invalid", "idle_n", "idle_null_samples"),
        *("light_n", "heavy_n", "epoch_before_recovery", "epoch_after_recovery", "detected_loss_count"),
        "writes_acknowledged_during_loss",
    }
    assert units["archive_rows_match"] is units["block_held"] is units["checksum_cli"] is None
    assert units["loss_held_ms"] == units["unobserved_takeover_ms"] == "ms"


def to_builtin_groups(report: Report) -> list[dict[str, Metric]]:
    return [group for group in report.proof.metrics.values() if group is not None]


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


@pytest.mark.parametrize("reason", ["connection refused", "", None])
def test_a_reason_alone_is_under_no_rule(tmp_path: Path, reason: str | None) -> None:
    reports = seed()
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = reason
    report = judged(tmp_path, reports)
    assert report.ready
    assert (report.proof.metrics["quorum_loss"] or {})["quorum_loss_reason"].status is None


@pytest.mark.parametrize("reason", ["", None])
def test_a_time_of_the_loss_asks_for_the_reason(tmp_path: Path, reason: str | None) -> None:
    reports = full()
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = reason
    assert [entry.check for entry in judged(tmp_path, reports).proof.contradictions] == ["VAL17-05"]


@pytest.mark.parametrize("bound", [1000, None])
def test_a_lock_bound_alone_is_a_setting_that_no_rule_looks_at(tmp_path: Path, bound: int | None) -> None:
    evidence = seed()
    evidence["VAL13"]["metrics"]["lock_bound_ms"] = bound
    report = judged(tmp_path, evidence)
    assert report.ready
    metric = (report.proof.metrics["failover"] or {})["lock_bound_ms"]
    assert (metric.target, metric.status) == (None, None)


def test_every_broken_metric_of_a_check_is_in_its_one_entry(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL13"]["metrics"] |= {"data_loss_rows": 3, "rows_acknowledged": 0}
    entries = judged(tmp_path, reports).proof.contradictions
    assert [entry.check for entry in entries] == ["VAL13-04"]
    assert entries[0].detail == "3 acknowledged rows lost (limit 0); 0 rows acknowledged (at least 1)"


def test_checksums_compare_without_case(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL15"]["metrics"]["checksum_cli"] = "AB" * 32
    assert judged(tmp_path, reports).ready


def test_thresholds_are_compared_to_the_last_digits(tmp_path: Path) -> None:
    reports = seed()
    reports["VAL14"]["metrics"] |= {"idle_p95_ms": 4.1, "healthy_ms": (4.1 * 3 + 1) * (1 + 5e-10)}
    assert judged(tmp_path, reports).ready
