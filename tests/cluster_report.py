"""CLUSTER reports for tests: a synchronous cluster that passes every check, and what is changed in it."""

import json
from typing import Any

from haproof.core.parse import parse_report
from haproof.core.record import NotRunRecord
from haproof.kinds.cluster import KIND
from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import ClusterRecord

HELD = ("postmaster-hang", "dcs-loss", "disk-full", "disk-freeze", "cut-replication")
"""Faults after which this cluster stays and refuses, as its makers declare."""


def trial(fault: str | None, **changed: Any) -> dict[str, Any]:
    """A trial in which everything went well."""
    moved = fault is not None and fault not in HELD
    outcome = None if fault is None else "fails over" if moved else "stays and refuses"
    return {
        "fault": fault,
        "expected": outcome,
        "outcome": outcome,
        "hold_ms": None if fault is None else 45_000.0,
        "promotion_ms": 2_400.0 if moved else None,
        "write_gap_ms": 2_300.5,
        "connect_gap_ms": 2_350.0,
        "acknowledged": 4_000,
        "acknowledged_before_fault": 300,
        "acknowledged_local": 0,
        "refused": 0,
        "unknown": 4,
        "unknown_present": 1,
        "lost": 0,
        "lost_by_member": {},
        "duplicated": 0,
        "phantom": 0,
        "reads_back": 0,
        "overlap_ms": 0.0,
        "isolated_acknowledged": None,
        "demotion_ms": None,
        "old_primary": "pg1",
        "new_primary": "pg2" if moved else None,
        "timeline_before": 1,
        "timeline_after": 2 if moved else 1,
        "sync_effective": True,
        "rejoin": "automatic" if moved else None,
        "rejoin_ms": 9_000.0 if moved else None,
        "read_write_members_at_end": 1,
        "members_equal": True,
        "healthy_before": True,
        "anomalies": {},
        "load": 1.5,
    } | changed


def metrics(**changed: Any) -> dict[str, Any]:
    """The matrix: every fault once."""
    return {
        "mode": "sync",
        "members": 3,
        "writers": 4,
        "readers": 2,
        "connect_writers": 1,
        "local_writers": 3,
        "isolation_level": "serializable",
        "control": trial(None),
        "trials": [trial(fault) for fault in FAULTS],
        "not_tried": [],
    } | changed


def with_trial(fault: str, /, **changed: Any) -> dict[str, Any]:
    """The matrix with one fault's trial changed."""
    found = metrics()
    for one in found["trials"]:
        if one["fault"] == fault:
            one |= changed
    return found


def tree(content: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A whole report with these metrics; its checks are as they are judged, where they can be."""
    entries = [{"id": check.id, "description": check.title, "status": "PASS"} for check in KIND.checks]
    found = {
        "schema_version": "1",
        "slice": KIND.id,
        "name": KIND.name,
        "generated_at": "2026-11-28T12:00:00Z",
        "metrics": content,
        "checks": entries,
        "summary": {"total": len(entries), "passed": len(entries), "failed": 0},
    } | keys
    try:
        failed = broken(record(found))
    except Exception:  # noqa: BLE001 - a report that is none is what some tests want
        return found
    for entry in entries:
        if entry["id"] in failed:
            entry["status"] = "FAIL"
    passed = len(entries) - len(failed)
    return found | {"summary": {"total": len(entries), "passed": passed, "failed": len(failed)}}


def record(content: dict[str, Any]) -> ClusterRecord:
    """A report as a record."""
    found = parse_report(json.dumps(content).encode(), KIND)
    assert not isinstance(found, NotRunRecord)
    assert isinstance(found, ClusterRecord)
    return found


def broken(found: ClusterRecord) -> dict[str, list[str]]:
    """The checks that fail, with the rules that are broken."""
    judged = {check.id: check.judge(found) for check in KIND.checks}
    return {
        name: [f"{one.subject} {one.rule}".strip() for one in findings if not one.holds]
        for name, findings in judged.items()
        if not all(one.holds for one in findings)
    }


def broken_in(content: dict[str, Any]) -> set[str]:
    """The numbers of the checks that fail for these metrics."""
    return {name.rpartition("-")[2] for name in broken(record(tree(content)))}
