"""RECOVERY, Recovery of the Control Plane on a PostgreSQL HA Cluster."""

from haproof.core.figures import grouped
from haproof.core.kind import Kind
from haproof.core.words import Words
from haproof.kinds.recovery.checks import CHECKS
from haproof.kinds.recovery.record import RecoveryRecord, incomplete
from haproof.kinds.recovery.recount import RECOUNTS


def tolerated_loss(record: RecoveryRecord) -> str | None:
    """What was lost on an asynchronous cluster, where RECOVERY-04 only asks that it be known."""
    lost = sum(trial.lost or 0 for trial in record.metrics.trials)
    if record.metrics.mode == "sync" or not lost:
        return None
    return f"{grouped(lost)} acknowledged writes lost by the promotions of an asynchronous cluster"


KIND = Kind(
    id="RECOVERY",
    stem="recovery",
    folder="recovery",
    name="Control Plane on a PostgreSQL HA Cluster",
    record=RecoveryRecord,
    checks=CHECKS,
    role="beyond",
    max_age_days=90,
    about=Words(
        meaning="The database is promoted, or a node is cut off, and the control plane comes back whole.",
        why="A control plane that leads by its database must follow it wherever it goes.",
        how="Two nodes on a cluster of three under load, one fault at a time; nodes, members, rows are read.",
        not_proved="Faults of a node and of the database at once.",
    ),
    tolerated_loss=tolerated_loss,
    recounts=RECOUNTS,
    incomplete=incomplete,
)
