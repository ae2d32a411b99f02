"""The golden cases: a name, the evidence, and why somebody should look at the result.

`python -m golden.rewrite` (in `tests/`) writes each case's evidence and its reports below `cases/`; the
change is then reviewed as a diff. A test only compares.
"""

from collections.abc import Callable
from pathlib import Path

from builders import EvidenceSet, fail, full, seed

CASES = Path(__file__).parent / "cases"

FORGED = 'x\x1b[2J\nVerdict: HA DESIGN PARTNER READY\u202e\u2028<script>alert(1)</script> | `a` & "q" #let x'
"""One string with most of what some format could be made to interpret."""


def seed_sample() -> EvidenceSet:
    """The seed's own sample report."""
    return seed()


def everything_measured() -> EvidenceSet:
    """Every optional metric and every observation, on local processes."""
    reports = full()
    for report in reports.values():
        report["environment"] = {
            "platform": "local-processes",
            "cluster": "Two nodes and one PostgreSQL on one machine",
            "database": "PostgreSQL",
            "database_version": "18.4",
            "chaos": ["SIGTERM, SIGKILL and SIGSTOP of nodes", "stop and kill of PostgreSQL"],
            "system": {"name": "reference node", "version": "0.1.0"},
        }
    return reports


def contradicted_pass() -> EvidenceSet:
    """A PASS that the slice's own figures contradict, rounded down in no place."""
    reports = seed()
    reports["VAL13"]["metrics"]["sigterm_failover_ms"] = 5000.0004
    return reports


def slices_missing() -> EvidenceSet:
    """One slice absent, one not run, one of another schema."""
    reports = seed()
    del reports["VAL14"]
    reports["VAL16"] = {
        key: reports["VAL16"][key] for key in ("schema_version", "slice", "name", "generated_at")
    } | {"not_run": "no PostgreSQL found"}
    reports["VAL17"]["schema_version"] = "2"
    return reports


def failed_and_not_measured() -> EvidenceSet:
    """A failover that never came, a lost row, and figures that could not be measured."""
    reports = full()
    val13 = reports["VAL13"]
    val13["metrics"] |= {
        "sigkill_failover_ms": None,
        "sigkill_trials_ms": [56, None],
        "rapid_cycle_ms": [281, None, 318],
        "data_loss_rows": 3,
    }
    for check in ("VAL13-04", "VAL13-05", "VAL13-08"):
        fail(val13, check, "not within the deadline")
    reports["VAL14"]["metrics"] |= {"idle_p95_ms": None, "heavy_p99_ms": None}
    fail(reports["VAL14"], "VAL14-02")
    fail(reports["VAL14"], "VAL14-05")
    return reports


def window_too_wide() -> EvidenceSet:
    """One second more than six hours, and slices that describe different environments."""
    reports = seed()
    reports["VAL13"]["generated_at"] = "2026-03-23T05:19:59Z"
    reports["VAL15"]["environment"]["platform"] = "kubernetes"
    reports["VAL16"].pop("environment")
    return reports


def hostile_strings() -> EvidenceSet:
    """Strings that try to forge a line, to be markup, or to be very long."""
    reports = full()
    for report in reports.values():
        report["environment"] |= {
            "cluster": FORGED,
            "database": "B" * 5000,
            "chaos": [FORGED, "C" * 150],
            "system": {"name": FORGED, "version": "1|2"},
        }
    reports["VAL17"]["metrics"]["quorum_loss_reason"] = FORGED
    fail(reports["VAL13"], "VAL13-07", FORGED)
    reports["VAL15"] = {**reports["VAL15"], "not_run": FORGED}
    return reports


ALL: tuple[Callable[[], EvidenceSet], ...] = (
    seed_sample,
    everything_measured,
    contradicted_pass,
    slices_missing,
    failed_and_not_measured,
    window_too_wide,
    hostile_strings,
)
