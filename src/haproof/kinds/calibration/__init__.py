"""CALIBRATION, Threshold Calibration."""

from collections.abc import Iterable
from typing import Any

from haproof.core.kind import Kind, Recount
from haproof.core.words import Words
from haproof.kinds.calibration.checks import CHECKS
from haproof.kinds.calibration.record import CalibrationMetrics, CalibrationRecord


def from_samples(lines: Iterable[bytes], _record: CalibrationRecord) -> dict[str, Any]:
    """What `samples.jsonl` yields: every figure."""
    from haproof.core.histories import calibration

    return calibration.derive_figures(lines)


KIND = Kind(
    id="CALIBRATION",
    stem="calibration",
    folder="calibration",
    name="Threshold Calibration",
    record=CalibrationRecord,
    checks=CHECKS,
    about=Words(
        meaning="Alerting thresholds recomputed from the write_lag of a production primary.",
        why=(
            "VAL14's thresholds come from a lab's disk and loopback; production is slower, and an alert that "
            "cries every night is switched off."
        ),
        how=(
            "By haproof calibrate: twenty readings of pg_stat_replication a second over one read-only "
            "connection for a day; each value counts once; thresholds by the same formulas."
        ),
        not_proved="That the alerts reach somebody: that is PUB-3.",
    ),
    role="beyond",
    max_age_days=90,
    recounts=(Recount("samples.jsonl", CalibrationMetrics.__struct_fields__, from_samples),),
)
