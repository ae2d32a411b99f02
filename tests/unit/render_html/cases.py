"""Evidence worth looking at as a page: what passes, what fails, what is absent, what is hostile or huge."""

from collections.abc import Callable

from builders import EvidenceSet, full, seed

EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&amp;\u202egnp\ufffe\x1b[31m\nVerdict: READY"


def failing() -> EvidenceSet:
    """Misses, losses and nulls in every slice; one slice was not run; the window is broken."""
    reports = full()
    failover = reports["VAL13"]["metrics"]
    failover |= {"sigterm_failover_ms": 7312.5, "sigkill_failover_ms": None, "data_loss_rows": 2}
    failover["sigkill_trials_ms"] = [56, None, 5000.0004]
    reports["VAL14"]["metrics"] |= {"light_p95_ms": None, "heavy_drain_ms": 61200.5}
    reports["VAL15"]["metrics"] |= {"backup_ms": 31000.25, "payload_match": False}
    for key in ("metrics", "observations", "checks", "summary"):
        del reports["VAL16"][key]
    reports["VAL16"]["not_run"] = "unshare is not permitted: allow user namespaces"
    reports["VAL17"]["metrics"] |= {"loss_detection_ms": None, "write_block_active": False}
    reports["VAL17"]["generated_at"] = "2026-03-23T17:30:00Z"
    return reports


def missing() -> EvidenceSet:
    """Two slices absent, one of another schema: it cannot tell."""
    reports = full()
    del reports["VAL14"], reports["VAL17"]
    reports["VAL15"]["schema_version"] = "2"
    return reports


def hostile() -> EvidenceSet:
    """Markup, hidden characters and very long values wherever a producer may write text."""
    reports = full()
    environment = reports["VAL13"]["environment"]
    environment |= {"platform": EVIL * 9, "cluster": EVIL * 50, "database": "A" * 1_000_000}
    environment |= {"chaos": [EVIL] * 300, "system": {"name": EVIL, "version": "W" * 5_000}}
    reports["VAL14"]["artifacts"] = [
        {"path": f"{'a' * 300}{n}<b>", "sha256": "ab" * 32, "bytes": n} for n in range(500)
    ]
    reports["VAL15"]["checks"][3] |= {"status": "FAIL", "detail": EVIL * 30}
    reports["VAL15"]["summary"] = {"total": 10, "passed": 9, "failed": 1}
    reports["VAL16"] = {"schema_version": "1", "slice": EVIL}
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = EVIL + "x" * 1_000_000
    reports["VAL17"]["run_id"] = EVIL * 20
    return reports


def huge() -> EvidenceSet:
    """Thousands of trials and the largest numbers that the contract allows."""
    reports = full()
    trials = [50 + n * 37 % 101 for n in range(5_000)]
    reports["VAL13"]["metrics"] |= {
        "sigkill_trials_ms": [*trials, 2**53 - 1],
        "sigkill_failover_ms": 2**53 - 1,
    }
    reports["VAL14"]["metrics"]["light_samples_ms"] = [0.01 * (1 + n % 997) for n in range(20_000)]
    reports["VAL14"]["metrics"]["heavy_samples_ms"] = [0, 1e-12, 2**53 - 1]
    reports["VAL15"]["metrics"]["restore_ms"] = 2**53 - 1
    reports["VAL17"]["metrics"]["recovery_trials_ms"] = [0] * 3_000
    return reports


def nothing() -> EvidenceSet:
    return {}


CASES: dict[str, Callable[[], EvidenceSet]] = {
    "seed": seed,
    "full": full,
    "failing": failing,
    "missing": missing,
    "hostile": hostile,
    "huge": huge,
    "nothing": nothing,
}
