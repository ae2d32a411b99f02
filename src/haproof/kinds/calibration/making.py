"""CALIBRATION: how its evidence is made, and how long one that is under way has still to go."""

from haproof.core.making import Blank, Making, Way
from haproof.core.targets import CALIBRATION_HOURS
from haproof.kinds.calibration.record import CalibrationRecord
from haproof.kinds.ways import DSN

SAMPLING = Way(
    id="calibration",
    title="Sample the production primary's write_lag",
    commands=("haproof calibrate --dsn DSN --hours 24 --evidence {part}",),
    going_on=("haproof calibrate --dsn DSN --hours 24 --evidence BEGUN",),
    begun="BEGUN",
    needs="the production primary with its standby, and a role with pg_monitor",
    place="elsewhere",
    blanks=(DSN, Blank("BEGUN", "the folder in which it was begun: the same command goes on")),
)


def seconds_left(record: CalibrationRecord) -> float | None:
    """How long it has still to be sampled; 0 where the hours are full and only values are too few."""
    hours = record.metrics.hours
    return None if hours is None else max(CALIBRATION_HOURS - hours, 0) * 3600


MADE = Making(
    way=SAMPLING,
    seconds=CALIBRATION_HOURS * 3600,
    source=f"CALIBRATION-02 asks for {CALIBRATION_HOURS} sampled hours; an idle primary takes longer",
    completes=("CALIBRATION-02", "CALIBRATION-03"),
    left=seconds_left,
)
