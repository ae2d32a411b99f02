"""VAL26-01 … VAL26-05: a slice's report is there and all its checks pass."""

from haproof.core.checks.matrix import Judged, MatrixCheck, no_evidence, pointers, why_failed
from haproof.core.model import Outcome
from haproof.core.phrases import phrases


def slice_passes(check_id: str, slice_id: str, words: str) -> MatrixCheck:
    """The check for one slice."""

    def judge(judged: Judged) -> Outcome:
        """The slice's report was found and all ten checks pass.

        Why: each slice carries claims that the others cannot; one that is missing or failed leaves a hole.
        How: ten checks reported PASS, none contradicted by the report's own figures; after a recount, no
        figure that its raw files contradict.
        Not proved: more than the slice itself proves; see its plan.
        """
        owner = judged.slice(slice_id)
        if not owner.found:
            return Outcome(status="FAIL", says_no=False, detail=no_evidence(owner))
        failed = [result for result in owner.checks if not result.passed]
        total = len(owner.checks)
        detail = f"all {total} checks passed"
        if failed or owner.untied:
            why = [*map(why_failed, failed), *phrases(owner.untied)]
            detail = f"{total - len(failed)} of {total} checks passed ({'; '.join(why)})"
        return Outcome(
            status="FAIL" if failed or owner.untied else "PASS",
            says_no=bool(failed or owner.untied),
            detail=detail,
            evidence=tuple(place for result in owner.checks for place in pointers(owner, result)[:1]),
        )

    return MatrixCheck(
        id=check_id,
        when="Setup",
        subject=f"{slice_id} {words} report",
        description=f"{slice_id} {words} report found and all checks pass",
        criterion=f"{slice_id} is PASS: ten checks reported PASS, none contradicted by its own figures",
        judge=judge,
        passes=slice_id,
    )
