"""Evidence to plan from, and the plan for it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import cluster_report
from builders import NOON, EvidenceSet, full, write
from haproof.api import assess, read_evidence
from haproof.core.model import Options
from haproof.core.plan.model import Plan
from haproof.core.plan.planning import plan, wanted_level
from haproof.core.report import Report
from haproof.kinds import HOUSE
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.recovery.record import FAULTS as RECOVERY_FAULTS
from soaks import val18

DAY = 86_400
AT = "2026-03-20T10:00:00Z"
NODE = "haproof reference node"
TOO_OLD = "2025-12-23T11:59:59Z"


def named(report: dict[str, Any], system: str = NODE, at: str = AT) -> dict[str, Any]:
    environment = dict(report.get("environment") or {}) | {"system": {"name": system}}
    return report | {"environment": environment, "generated_at": at, "started_at": None}


def slices(system: str = NODE) -> EvidenceSet:
    reports = full()
    for report in reports.values():
        report["environment"] |= {"system": {"name": system}}
    return reports


def of_kind(kind_id: str, metrics: dict[str, Any], **changed: Any) -> dict[str, Any]:
    kind = HOUSE.kind(kind_id)
    assert kind is not None
    checks = [{"id": one.id, "description": one.title, "status": "PASS"} for one in kind.checks]
    total = len(checks)
    head = {"schema_version": "1", "slice": kind.id, "name": kind.name, "metrics": metrics, "checks": checks}
    return named(head | {"summary": {"total": total, "passed": total, "failed": 0}}, **changed)


def failed(report: dict[str, Any], *checks: str) -> dict[str, Any]:
    for entry in report["checks"]:
        entry["status"] = "FAIL" if entry["id"] in checks else "PASS"
    total = len(report["checks"])
    passed = total - len(checks)
    return report | {"summary": {"total": total, "passed": passed, "failed": len(checks)}}


def calibration(hours: float = 24, at: str = AT) -> dict[str, Any]:
    figures = {
        "source": "db:5432", "hours": hours, "standbys": 1, "distinct_values": 1_000, "null_samples": 0,
        "p50_ms": 2, "p95_ms": 8.5, "p99_ms": 9, "healthy_ms": 26.5, "degraded_ms": 265, "alert_ms": 1325,
        "in_recovery": False, "role_ok": True, "lab": False,
    }  # fmt: skip
    report = of_kind("CALIBRATION", figures, at=at)
    return report if hours >= 24 else failed(report, "CALIBRATION-02")


def cluster(repeats: int = 5, system: str = "Patroni", at: str = AT, **changed: Any) -> dict[str, Any]:
    trials = [cluster_report.trial(fault) for fault in FAULTS]
    for fault in ("host-kill", "cut-full", "manager-kill"):
        trials += [cluster_report.trial(fault) for _ in range(repeats - 1)]
    return named(cluster_report.tree(cluster_report.metrics(trials=trials, **changed)), system, at)


def recovery(of: str = "Patroni", system: str = NODE) -> dict[str, Any]:
    trial: dict[str, Any] = {
        "healthy_before": True, "leaders": 1, "holder_agreed": True, "loss_noticed_ms": None,
        "accepting_ms": 900, "promotion_ms": None, "sync_ready_ms": None, "acknowledged": 900,
        "acknowledged_before_fault": 300, "lost": 0, "unknown": 3, "unknown_present": 1, "duplicated": 0,
        "epoch_before": 4, "epoch_after": 5, "epochs_shown_twice": 0, "epoch_went_back": 0,
        "stale_accepted": 0, "cut_off_accepted": 0, "two_accepting_ms": 0,
        "acknowledged_between_leaders": 0, "audit_in_order": True, "nodes_rejoined": 2,
        "healthy_at_end": True,
    }  # fmt: skip
    trials = [trial | {"fault": fault} for fault in RECOVERY_FAULTS]
    figures = {"mode": "sync", "cluster": of, "lock_bound_ms": 1_000, "trials": trials}
    return of_kind("RECOVERY", figures, system=system)


def soak(**figures: Any) -> dict[str, Any]:
    return named(val18(**figures))


def everything() -> EvidenceSet:
    """All that GA asks for."""
    return slices() | {
        "CLUSTER": cluster(),
        "RECOVERY": recovery(),
        "VAL18": soak(),
        "CALIBRATION": calibration(),
    }


def report_of(folder: Path, reports: EvidenceSet, at: datetime = NOON, max_age: int | None = None) -> Report:
    write(folder, reports)
    return assess(read_evidence(str(folder)), at, Options(max_age_seconds=max_age))


def planned(
    folder: Path,
    reports: EvidenceSet,
    level: str | None = None,
    at: datetime = NOON,
    max_age: int | None = None,
) -> Plan:
    report = report_of(folder, reports, at, max_age)
    return plan(report, wanted_level(report, level))


def made(found: Plan) -> list[tuple[str, ...]]:
    """The kinds of each step, in order, without the last one, which puts all of it together."""
    return [step.kinds for step in found.steps if step.task != "put together"]
