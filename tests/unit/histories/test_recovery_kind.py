"""RECOVERY's checks: each fails on the figure that it judges, and on nothing else."""

from typing import Any

import msgspec
import pytest

from haproof.core.parse import parse_report
from haproof.kinds.recovery import KIND
from haproof.kinds.recovery.record import RecoveryRecord, incomplete
from recovery_report import tree


def record(
    changed: dict[str, dict[str, Any]] | None = None, mode: str = "sync", bound: float | None = 1_000
) -> RecoveryRecord:
    """Every fault once; `changed` is fault to other figures."""
    report = tree(changed, mode=mode, lock_bound_ms=bound)
    found = parse_report(msgspec.json.encode(report), KIND)
    assert isinstance(found, RecoveryRecord)
    return found


def failed(judged: RecoveryRecord) -> list[str]:
    return [check.id[-2:] for check in KIND.checks if not all(one.holds for one in check.judge(judged))]


def test_a_good_run_passes() -> None:
    assert failed(record()) == []
    assert failed(record({"host-kill": {"lost": 4, "sync_ready_ms": None}}, "async")) == []


@pytest.mark.parametrize(
    ("fault", "figures", "check"),
    [
        ("cut-full", {"healthy_before": False}, "01"),
        ("cut-full", {"leaders": 2}, "01"),
        ("cut-full", {"holder_agreed": False}, "01"),
        ("cut-full", {"acknowledged_before_fault": 0}, "01"),
        ("host-kill", {"accepting_ms": 26_001}, "02"),
        ("host-kill", {"accepting_ms": None}, "02"),
        ("host-kill", {"accepting_ms": 25_001, "sync_ready_ms": None}, "02"),
        ("manager-term", {"accepting_ms": 10_001, "promotion_ms": None, "sync_ready_ms": None}, "02"),
        ("node-cut", {"accepting_ms": 2_001}, "03"),
        ("node-cut", {"cut_off_accepted": 1}, "03"),
        ("node-cut", {"cut_off_accepted": None}, "03"),
        ("node-kill", {"accepting_ms": 5_001}, "03"),
        ("host-kill", {"lost": 1}, "04"),
        ("host-kill", {"lost": None}, "04"),
        ("node-kill", {"epochs_shown_twice": 1}, "05"),
        ("node-kill", {"epoch_went_back": 1}, "05"),
        ("node-kill", {"stale_accepted": 1}, "06"),
        ("node-kill", {"two_accepting_ms": 0.001}, "06"),
        ("node-kill", {"duplicated": 1}, "07"),
        ("node-kill", {"acknowledged_between_leaders": 1}, "08"),
        ("node-kill", {"audit_in_order": False}, "09"),
        ("node-kill", {"audit_in_order": None}, "09"),
        ("node-kill", {"healthy_at_end": False}, "10"),
        ("node-kill", {"nodes_rejoined": 1}, "10"),
    ],
)
def test_each_check_fails_on_its_own_figure(fault: str, figures: dict[str, Any], check: str) -> None:
    assert failed(record({fault: figures})) == [check]


@pytest.mark.parametrize(
    ("fault", "figures"),
    [
        ("host-kill", {"accepting_ms": 26_000}),
        ("manager-term", {"accepting_ms": 10_000, "promotion_ms": None, "sync_ready_ms": None}),
        ("node-cut", {"accepting_ms": 2_000}),
        ("node-kill", {"accepting_ms": 5_000}),
        ("node-kill", {"cut_off_accepted": None}),
    ],
)
def test_a_limit_is_kept_at_the_limit(fault: str, figures: dict[str, Any]) -> None:
    assert failed(record({fault: figures})) == []


def test_a_bound_that_is_not_known_judges_no_cut_off_node() -> None:
    assert failed(record(bound=None)) == ["03"]


def test_asynchronous_a_loss_that_was_not_measured_fails() -> None:
    assert failed(record({"host-kill": {"lost": None}}, "async")) == ["04"]


def test_there_is_no_verdict_where_a_fault_was_not_tried() -> None:
    whole = record()
    assert incomplete(whole) is None
    metrics = msgspec.structs.replace(whole.metrics, trials=whole.metrics.trials[:3])
    assert incomplete(msgspec.structs.replace(whole, metrics=metrics)) == "node-cut, node-kill not tried"
