"""Evidence made for tests: the seed's own figures, and a full set with every optional key.

Both return plain dictionaries keyed by slice id, so that a test changes exactly the one thing it is about.
"""

import copy
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haproof.api import assess, read_evidence
from haproof.core.report import Report
from haproof.kinds import HOUSE

Json = dict[str, Any]
EvidenceSet = dict[str, Json]

NOON = datetime(2026, 3, 23, 12, 0, tzinfo=UTC)
"""The generation time of tests: forty minutes after the last report of `seed()`."""

_HEX = "ab" * 32

_METRICS: dict[str, Json] = {
    "VAL13": {
        "sigterm_failover_ms": 342,
        "sigkill_failover_ms": 389,
        "rapid_cycle_ms": [281, 305, 318],
        "data_loss_rows": 0,
        "rows_acknowledged": 50,
        "poll_interval_ms": 50,
    },
    "VAL14": {
        "idle_p95_ms": 0,
        "light_p95_ms": 0,
        "light_drain_ms": 87,
        "heavy_p99_ms": 1,
        "heavy_drain_ms": 412,
        "light_rows": 100,
        "light_row_bytes": 500,
        "heavy_rows": 500,
        "heavy_row_bytes": 2000,
    },
    "VAL15": {
        "backup_ms": 1247,
        "restore_ms": 2891,
        "checksum_cli": _HEX,
        "checksum_file": _HEX,
        "row_counts_match": True,
        "payload_match": True,
    },
    "VAL16": {
        "baseline_risk": "none",
        "divergence_risk": "detected",
        "ghost_risk": "possible",
        "recovered_risk": "none",
        "user_rows_before": 20,
        "user_rows_after": 20,
        "user_data_intact": True,
    },
    "VAL17": {
        "loss_detection_ms": 5230,
        "recovery_ms": 6120,
        "write_block_active": True,
        "can_accept_protected_writes": False,
        "detected_loss_count": 2,
    },
}

_OPTIONAL_METRICS: dict[str, Json] = {
    "VAL13": {
        "sigterm_trials_ms": [55, 342, 101.5],
        "sigkill_trials_ms": [56, 389, 58.25],
        "sigterm_takeover_ms": 9.5,
        "sigkill_takeover_ms": 11,
        "sigterm_takeover_trials_ms": [4, 9.5, 6],
        "sigkill_takeover_trials_ms": [6, 11, 8],
        "write_gap_ms": 120.5,
        "hung_leader_failover_ms": 1205,
        "lock_bound_ms": 1000,
        "stale_write_refused": True,
        "rows_refused": 12,
        "rows_unknown": 1,
        "sigterm_accepting_trials_ms": [71.5, 360, 120],
        "sigkill_accepting_trials_ms": [77, 402.25, 80],
        "unobserved_takeover_ms": 12.5,
        "rows_acknowledged_early": 0,
        "rows_refused_stored": 0,
        "rows_duplicated": 0,
        "rows_unexpected": 0,
        "non_holder_accepted": 0,
        "epochs_shown_twice": 0,
        "answers_invalid": 0,
    },
    "VAL14": {
        "idle_samples_ms": [],
        "light_samples_ms": [0, 0.12, 0.3],
        "heavy_samples_ms": [0.5, 0.7, 1],
        "idle_n": 30,
        "idle_null_samples": 30,
        "light_n": 3,
        "heavy_n": 3,
        "light_wal_bytes": 85000,
        "heavy_wal_bytes": 1280000,
        "flush_p95_ms": 0.5,
        "replay_p95_ms": 3.2,
        "visible_p95_ms": 7.3,
        "catch_up_ms": 850,
        "healthy_ms": 10,
        "degraded_ms": 100,
        "alert_ms": 500,
    },
    "VAL15": {"rows": 2000, "backup_bytes": 48123, "archive_rows_match": True},
    "VAL16": {
        "detection_ms": 212.5,
        "recovery_ms": 35,
        "epoch_before_recovery": 9,
        "epoch_after_recovery": 10,
    },
    "VAL17": {
        "quorum_loss_reason": "connection refused",
        "protected_write_refused": True,
        "loss_detection_trials_ms": [5230, 5100],
        "recovery_trials_ms": [6120, 6000.5],
        "writes_acknowledged_during_loss": 0,
        "rows_lost": 0,
        "loss_held_ms": 10250.5,
        "block_held": True,
    },
}

_OBSERVATIONS: dict[str, Json] = {
    "VAL13": {
        "nodes_healthy": 2,
        "leaders": 1,
        "holder_agreed": True,
        "probe_rows_written": 20,
        "probe_rows_readable": 20,
        "pg_crash_noticed_ms": [41.5, 38],
        "leader_back_ms": [150, 900],
        "probe_rows_intact": True,
        "epochs": [1, 2, 3, 4],
        "events_match": True,
        "nodes_killed": 3,
        "nodes_rejoined": 3,
        "final_healthy": True,
        "unprovoked_changes": 0,
    },
    "VAL14": {
        "baseline_state": "streaming",
        "baseline_gap_bytes": 0,
        "quorum_with_standby": "healthy",
        "quorum_without_standby": "degraded",
        "quorum_after_return": "healthy",
        "primary_rows": 3000,
        "standby_rows": 3000,
        "primary_digest": "00ff",
        "standby_digest": "00FF",
    },
    "VAL15": {
        "archive_entries": 9,
        "metadata_status": "completed",
        "metadata_bytes": 48123,
        "file_bytes": 48123,
        "metadata_checksum": _HEX,
        "unconfirmed_restore_refused": True,
        "out_of_maintenance_restore_refused": True,
        "database_unchanged_by_refusals": True,
        "restore_beside_leader_refused": True,
        "inventory_counts": [0, 1, 2],
        "corrupt_restore_refused": True,
        "database_unchanged_by_corrupt": True,
        "audit_events": ["ha.backup.created", "ha.backup.restored"],
        "audit_follows_deeds": True,
    },
    "VAL16": {
        "repeated_risks": ["detected", "detected", "detected"],
        "detection_writes": 0,
        "dry_run_accepted": True,
        "dry_run_writes": 0,
        "ghost_cleared_risk": "none",
        "audit_events": ["ha.split_brain.detected", "ha.split_brain.recovered"],
        "audit_follows_deeds": True,
        "final_leaders": 1,
        "final_risk": "none",
        "final_write_accepted": True,
    },
    "VAL17": {
        "baseline_quorum": "healthy",
        "baseline_write_block": False,
        "last_lost_at": "2026-03-23T11:18:00.123456Z",
        "after_write_block": False,
        "after_can_accept": True,
        "after_write_accepted": True,
        "last_restored_at": "2026-03-23T11:18:09Z",
        "loss_counts": [0, 1, 2],
        "audit_events": ["ha.quorum.lost", "ha.quorum.restored"],
        "audit_follows_deeds": True,
    },
}

_ENVIRONMENT: Json = {
    "platform": "docker",
    "cluster": "Two-node HA (node1 + node2), single-region",
    "database": "PostgreSQL in Docker (single primary; VAL14 adds Docker standby)",
    "chaos": [
        "SIGTERM + SIGKILL for failover; SQL metadata injection for split-brain",
        "docker stop/start for quorum loss; NO iptables, NO real network partitions",
    ],
}

_TIMES = ("10:00", "10:20", "10:40", "11:00", "11:20")


def seed() -> EvidenceSet:
    """The five reports with the figures of the seed's own sample report."""
    reports = {}
    for kind, time in zip(HOUSE.window, _TIMES, strict=True):
        reports[kind.id] = {
            "schema_version": "1",
            "slice": kind.id,
            "name": kind.name,
            "generated_at": f"2026-03-23T{time}:00Z",
            "environment": copy.deepcopy(_ENVIRONMENT),
            "metrics": copy.deepcopy(_METRICS[kind.id]),
            "checks": [
                {"id": check.id, "description": check.title, "status": "PASS", "detail": None}
                for check in kind.checks
            ],
            "summary": {"total": 10, "passed": 10, "failed": 0},
        }
    return reports


def full() -> EvidenceSet:
    """The same with every optional metric and every observation."""
    reports = seed()
    for slice_id, report in reports.items():
        report["metrics"] |= copy.deepcopy(_OPTIONAL_METRICS[slice_id])
        report["observations"] = copy.deepcopy(_OBSERVATIONS[slice_id])
        report["run_id"] = "run-1"
        report["started_at"] = report["generated_at"]
    return reports


def fail(report: Json, check_id: str, detail: str = "did not hold") -> None:
    """Report one check as FAIL, with a summary that agrees."""
    for check in report["checks"]:
        if check["id"] == check_id:
            check |= {"status": "FAIL", "detail": detail}
    failed = sum(check["status"] == "FAIL" for check in report["checks"])
    report["summary"] = {"total": 10, "passed": 10 - failed, "failed": failed}


def write(folder: Path, reports: EvidenceSet) -> Path:
    """Write an evidence directory."""
    for slice_id, report in reports.items():
        place = folder / slice_id.lower()
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{slice_id.lower()}-report.json").write_text(json.dumps(report), encoding="utf-8")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def judged(folder: Path, reports: EvidenceSet, at: datetime = NOON) -> Report:
    """Write the reports, read them and judge them."""
    return assess(read_evidence(str(write(folder, reports))), at)
