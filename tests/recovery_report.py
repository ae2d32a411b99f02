"""RECOVERY reports for tests: a synchronous cluster whose control plane comes back after every fault."""

from typing import Any

import msgspec

from haproof.core.parse import parse_report
from haproof.kinds.recovery import KIND
from haproof.kinds.recovery.record import FAULTS

TRIAL: dict[str, Any] = {
    "healthy_before": True, "leaders": 1, "holder_agreed": True, "loss_noticed_ms": 700, "accepting_ms": 900,
    "promotion_ms": 20_000, "sync_ready_ms": 21_000, "acknowledged": 900, "acknowledged_before_fault": 300,
    "lost": 0, "unknown": 3, "unknown_present": 1, "duplicated": 0, "epoch_before": 4, "epoch_after": 5,
    "epochs_shown_twice": 0, "epoch_went_back": 0, "stale_accepted": 0, "cut_off_accepted": None,
    "two_accepting_ms": 0, "acknowledged_between_leaders": 0, "audit_in_order": True, "nodes_rejoined": 2,
    "healthy_at_end": True,
}  # fmt: skip


def broken_by(trial: dict[str, Any]) -> set[str]:
    """The checks that a trial breaks, beside good ones of the other faults."""
    report = tree()
    others = [one for one in report["metrics"]["trials"] if one["fault"] != trial["fault"]]
    report["metrics"]["trials"] = [*others, trial]
    record = parse_report(msgspec.json.encode(report), KIND)
    return {check.id for check in KIND.checks if not all(one.holds for one in check.judge(record))}


def tree(changed: dict[str, dict[str, Any]] | None = None, **metrics: Any) -> dict[str, Any]:
    """A whole report with every fault once; `changed` is fault to other figures, `metrics` are further
    ones."""
    trials = []
    for fault in FAULTS:
        usual: dict[str, Any] = {"fault": fault}
        if fault in ("node-cut", "node-kill"):
            usual |= {"promotion_ms": None, "sync_ready_ms": None, "loss_noticed_ms": None}
        if fault == "node-cut":
            usual["cut_off_accepted"] = 0
        trials.append(TRIAL | usual | (changed or {}).get(fault, {}))
    figures = {"mode": "sync", "cluster": "Patroni", "lock_bound_ms": 1_000, "trials": trials}
    return {
        "schema_version": "1",
        "slice": "RECOVERY",
        "name": "x",
        "generated_at": "2026-03-20T10:00:00Z",
        "metrics": figures | metrics,
        "checks": [{"id": check.id, "description": check.title, "status": "PASS"} for check in KIND.checks],
        "summary": {"total": len(KIND.checks), "passed": len(KIND.checks), "failed": 0},
    }
