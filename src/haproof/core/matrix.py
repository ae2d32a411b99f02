"""What a check of the report's matrix is, and the one way in which it rests on checks of the kinds."""

from collections.abc import Callable, Sequence
from typing import Literal

from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.judged import Judged
from haproof.core.model import CheckResult, SliceResult
from haproof.core.outcome import Outcome, Pointer
from haproof.core.phrases import sentence
from haproof.core.words import Words


class MatrixCheck(Struct, frozen=True, eq=False, kw_only=True):
    """One row of the matrix.

    `subject` is what the row names; `judge` is pure. `passes` is the id of the kind where the check asks
    whether that kind passes, else None; `sums_up`: it rests on every check before it. `see` are the kinds,
    checks and terms that its criterion names.
    """

    id: str
    when: Literal["Setup", "Metric", "Summary"]
    subject: str
    description: str
    criterion: str
    judge: Callable[[Judged], Outcome]
    about: Words
    passes: str | None = None
    sums_up: bool = False
    see: tuple[str, ...] = ()


def rests_on(judged: Judged, *check_ids: str) -> Outcome:
    """PASS if every named check of one kind was reported PASS and is not contradicted."""
    owner = judged.owner(check_ids[0])
    if not owner.found:
        return Outcome(status="FAIL", says_no=False, detail=no_evidence(owner))
    results = [result for check_id in check_ids if (result := owner.check(check_id))]
    failed = [result for result in results if not result.passed]
    details = [why_failed(result) for result in failed] or [held(results)]
    return Outcome(
        status="FAIL" if failed else "PASS",
        says_no=bool(failed),
        detail="; ".join(details),
        evidence=tuple(pointer for result in results for pointer in pointers(owner, result)),
    )


def no_evidence(owner: SliceResult) -> str:
    """Why nothing can be said."""
    return f"no evidence ({owner.source.path}: {owner.source.fault})"


def why_failed(result: CheckResult) -> str:
    """The reason a check did not pass: figures and limits in words, or else as the producer reports it."""
    if result.broken:
        word = ", although the report says PASS" if result.contradicted else ""
        return f"{result.check.id}: {sentence(result.broken)}{word}"
    detail = f": {cut(result.entry.detail)}" if result.entry.detail else ""
    return f"{result.check.id}: reported FAIL{detail}"


def held(results: Sequence[CheckResult]) -> str:
    """The measured values that passed, each beside its limit."""
    said = [
        finding.held
        for result in results
        for finding in result.findings
        if not isinstance(finding.value, list)
    ]
    return "; ".join(said) or "as reported: " + ", ".join(result.check.id for result in results)


def pointers(owner: SliceResult, result: CheckResult) -> tuple[Pointer, ...]:
    """Where a claim rests: the producer's check, and each figure that was held against a rule."""
    places = [result.pointer, *dict.fromkeys(finding.pointer for finding in result.findings)]
    return tuple(Pointer(owner.id, result.check.id, owner.source.path, place) for place in places)
