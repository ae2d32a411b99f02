"""The step of a verification that counts: the figures that raw files yield, derived again."""

from haproof.attest.examine import Case
from haproof.attest.steps import Failed, NotChecked
from haproof.core.findings import Finding
from haproof.core.judge import judge_slice
from haproof.core.phrases import phrase
from haproof.core.recount import recounted, summary
from haproof.raw_files import recount


def recount_step(case: Case) -> tuple[None, str]:
    """Every figure that a raw file yields, against the one that its slice report states."""
    evidence = recount(case.evidence)
    results = [judge_slice(source) for source in evidence.sources]
    broken: list[Finding] = [
        finding
        for result in results
        for finding in (*result.untied, *(one for check in result.checks for one in check.disputed))
    ]
    if broken:
        raise Failed("; ".join(dict.fromkeys(phrase(finding) for finding in broken)))
    known = [source for source in evidence.sources if source.record is not None]
    if not any(True for source in known for _ in recounted(source)):
        raise NotChecked("no raw file yields a figure that a slice report states")
    return None, f"derived again: {summary(evidence.sources)}"
