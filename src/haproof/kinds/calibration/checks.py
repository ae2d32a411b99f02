"""The checks of CALIBRATION: each rule over its figures, and what it means."""

from haproof.core.findings import Facts, Findings
from haproof.core.kind import Rules, check
from haproof.core.targets import CALIBRATION_HOURS, CALIBRATION_VALUES
from haproof.core.thresholds import derived
from haproof.kinds.calibration.record import CalibrationRecord


def _facts(record: CalibrationRecord) -> Facts:
    return Facts("metrics", record.metrics)


@check(
    "CALIBRATION-01",
    "measured on a production primary with a standby, by a role that sees all of it",
    meaning="Measured on a production primary that has a standby, by a role that sees its lag in full.",
    why=(
        "A lab's lag is not production's; a standby knows no lag of its own, and to a role without rights "
        "every lag is NULL, which looks like an idle standby."
    ),
    how="Asked of the server: pg_is_in_recovery(), pg_read_all_stats, a lab's marks, connected standbys.",
    not_proved="That the server is the one that production uses: its owner says so.",
)
def production(record: CalibrationRecord) -> Findings:
    facts = _facts(record)
    return (
        facts.equals("lab", False)
        + facts.equals("in_recovery", False)
        + facts.equals("role_ok", True)
        + facts.at_least("standbys", 1)
    )


@check(
    "CALIBRATION-02",
    "sampled for at least 24 hours",
    meaning="The lag was sampled for at least 24 hours.",
    why="Backups, batch jobs and the busiest hour come once a day.",
    how="The time that readings cover; gaps between sessions do not count.",
    not_proved="Weekends and month ends.",
)
def long_enough(record: CalibrationRecord) -> Findings:
    return _facts(record).at_least("hours", CALIBRATION_HOURS)


@check(
    "CALIBRATION-03",
    "at least 1,000 values of write_lag",
    meaning="The percentiles are over at least 1,000 values of write_lag.",
    why="The view repeats its last value for seconds: a day's readings of an idle server are a few values.",
    how="A value counts once, when it has changed.",
    not_proved="That the values are independent of each other.",
)
def enough_values(record: CalibrationRecord) -> Findings:
    return _facts(record).at_least("distinct_values", CALIBRATION_VALUES)


@check(
    "CALIBRATION-04",
    "thresholds derived from the measured p95",
    meaning="Percentiles are in order, and the thresholds are those that the formulas give for the p95.",
    why="Thresholds that somebody typed do not move when the system does.",
    how="Computed again: healthy = max(p95 × 3 + 1, 10), degraded and alert from it.",
    not_proved="That the formulas suit every system.",
)
def thresholds(record: CalibrationRecord) -> Findings:
    facts, metrics = _facts(record), record.metrics
    computed = derived(metrics.p95_ms)
    found = facts.measured("p50_ms") + facts.no_less("p95_ms", "p50_ms") + facts.no_less("p99_ms", "p95_ms")
    for name in ("healthy_ms", "degraded_ms", "alert_ms"):
        found += facts.close_to(name, getattr(computed, name, None), f"the formula's {name} for p95_ms")
    return found


RULES = Rules(
    record=CalibrationRecord,
    checks=(production, long_enough, enough_values, thresholds),
)
