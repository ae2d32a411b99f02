"""RECOVERY for real: two nodes of the reference control plane on synchronous Patroni, every fault once."""

from pathlib import Path

import msgspec
import pytest

from cluster.sandboxed import needs_sandbox
from haproof.core.parse import parse_report
from haproof.kinds.recovery import KIND
from haproof.kinds.recovery.record import FAULTS, RecoveryRecord
from haproof.lab.binaries import find_binaries
from haproof.lab.progress import Silent
from haproof.lab.target import REFERENCE
from haproof.lab.trials.order import Order
from haproof.lab.trials.sandboxed import run

pytestmark = [pytest.mark.cluster, needs_sandbox, pytest.mark.timeout(600)]


def test_the_reference_node_recovers_on_synchronous_patroni(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    evidence, work = tmp_path / "recovery", tmp_path / "work"
    evidence.mkdir()
    work.mkdir(mode=0o711)
    binaries = str(find_binaries().folder)
    order = Order(
        "patroni",
        "sync",
        3,
        list(FAULTS),
        {},
        1,
        45.0,
        str(evidence),
        str(work),
        binaries,
        nodes=str(REFERENCE),
    )
    seen = run(order, Silent(), "haproof.lab.recovery.inside")
    assert "broke_off" not in seen
    report = {
        "schema_version": "1",
        "slice": KIND.id,
        "name": KIND.name,
        "generated_at": "2026-03-20T10:00:00Z",
        "metrics": seen["metrics"],
        "checks": [{"id": check.id, "description": check.title, "status": "PASS"} for check in KIND.checks],
        "summary": {"total": len(KIND.checks), "passed": len(KIND.checks), "failed": 0},
    }
    record = parse_report(msgspec.json.encode(report), KIND)
    assert isinstance(record, RecoveryRecord)
    broken = [one for check in KIND.checks for one in check.judge(record) if not one.holds]
    assert broken == []
    with open(evidence / "writes.jsonl", "rb") as lines:
        assert KIND.recounts[0].derive(lines, record) == {"trials": record.metrics.trials}
