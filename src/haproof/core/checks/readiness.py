"""VAL26-10: everything above passes, and the evidence is of one coherent run."""

from haproof.core.checks.matrix import Judged, MatrixCheck
from haproof.core.model import Outcome
from haproof.core.window import in_words


def judge(judged: Judged) -> Outcome:
    """HA design partner readiness: all nine checks above pass and the evidence is coherent.

    Why: single results from different days, or with one of them failed, do not make a claim.
    How: the nine outcomes, and the window of the embedded timestamps.
    Not proved: GA and public production need evidence that VAL13-VAL17 cannot give.
    """
    failed = [(check_id, outcome) for check_id, outcome in judged.before if outcome.status == "FAIL"]
    said = [f"{', '.join(check_id for check_id, _ in failed)} FAIL"] if failed else []
    missing = [result.id for result in judged.slices if not result.found]
    if missing:
        said.append(f"no evidence of {', '.join(missing)}")
    if not judged.window.coherent:
        said.append(f"evidence not coherent: {in_words(judged.window)}")
    return Outcome(
        status="FAIL" if said else "PASS",
        says_no=any(outcome.says_no for _, outcome in failed),
        detail="; ".join(said) or f"VAL26-01..09 PASS, evidence coherent: {in_words(judged.window)}",
        evidence=tuple(place for _, outcome in judged.before for place in outcome.evidence[:1]),
    )


CHECK = MatrixCheck(
    id="VAL26-10",
    when="Summary",
    subject="HA design partner readiness",
    description="HA design partner readiness — all above pass and evidence coherent",
    criterion="VAL26-01..09 all PASS + 6-hour window",
    judge=judge,
)
