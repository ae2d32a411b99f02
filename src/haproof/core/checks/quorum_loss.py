"""VAL26-09: Quorum loss detected and writes blocked."""

from haproof.core.checks.matrix import Judged, MatrixCheck, rests_on
from haproof.core.model import Outcome


def judge(judged: Judged) -> Outcome:
    """A lost quorum is noticed within 30,000 ms, and protected writes are blocked during the loss.

    Why: a control plane that goes on accepting writes without its database promises what nobody keeps.
    How: VAL17-02, -03 and -04, with their figures held against the limits again.
    Not proved: detection of a network partition.
    """
    return rests_on(judged, "VAL17-02", "VAL17-03", "VAL17-04")


CHECK = MatrixCheck(
    id="VAL26-09",
    when="Metric",
    subject="Quorum loss detected and writes blocked",
    description="Quorum loss detected + writes blocked <= 30,000 ms",
    criterion="VAL17-02, -03 and -04 PASS: detected within 30,000 ms, write block on, no protected write",
    judge=judge,
)
