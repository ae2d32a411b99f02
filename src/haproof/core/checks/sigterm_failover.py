"""VAL26-06: SIGTERM leader failover."""

from haproof.core.checks.matrix import Judged, MatrixCheck, rests_on
from haproof.core.model import Outcome


def judge(judged: Judged) -> Outcome:
    """A leader that is asked to go is replaced within 5,000 ms.

    Why: it is the failover that happens most often, at every upgrade and restart.
    How: VAL13-03, with its figures held against the limit again.
    Not proved: failover of PostgreSQL itself, or across a network.
    """
    return rests_on(judged, "VAL13-03")


CHECK = MatrixCheck(
    id="VAL26-06",
    when="Metric",
    subject="SIGTERM leader failover",
    description="SIGTERM leader failover <= 5,000 ms",
    criterion="VAL13-03 PASS: sigterm_failover_ms and every trial <= 5,000 ms",
    judge=judge,
)
