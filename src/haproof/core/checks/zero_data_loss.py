"""VAL26-07: Zero data loss across leader failover."""

from haproof.core.checks.matrix import Judged, MatrixCheck, rests_on
from haproof.core.model import Outcome


def judge(judged: Judged) -> Outcome:
    """No acknowledged row was lost across any leader failover.

    Why: an acknowledgement is a promise; a control plane that breaks it cannot be built upon.
    How: VAL13-04, with the number of lost and of acknowledged rows held against their limits again.
    Not proved: loss when PostgreSQL itself fails over to a standby.
    """
    return rests_on(judged, "VAL13-04")


CHECK = MatrixCheck(
    id="VAL26-07",
    when="Metric",
    subject="Zero data loss across leader failover",
    description="Zero data loss across leader failover",
    criterion="VAL13-04 PASS: data_loss_rows = 0 and rows_acknowledged >= 1",
    judge=judge,
)
