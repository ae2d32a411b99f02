"""CALIBRATION, Threshold Calibration."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="CALIBRATION",
    stem="calibration",
    folder="calibration",
    name="Threshold Calibration",
    rules="haproof.kinds.calibration.checks",
    recount="haproof.kinds.calibration.recount",
    view="haproof.kinds.calibration.view",
    making="haproof.kinds.calibration.making",
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
)
