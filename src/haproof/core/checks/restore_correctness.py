"""VAL26-08: Backup restore correctness."""

from haproof.core.checks.matrix import Judged, MatrixCheck, rests_on
from haproof.core.model import Outcome


def judge(judged: Judged) -> Outcome:
    """What was restored equals what was backed up.

    Why: a backup that was never restored is a hope.
    How: VAL15-06: row counts and payload against the state before the backup.
    Not proved: point-in-time recovery, or restores at production size.
    """
    return rests_on(judged, "VAL15-06")


CHECK = MatrixCheck(
    id="VAL26-08",
    when="Metric",
    subject="Backup restore correctness",
    description="Backup restore correctness verified",
    criterion="VAL15-06 PASS: row_counts_match and payload_match are true",
    judge=judge,
)
