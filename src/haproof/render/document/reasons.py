"""Why a report is not ready, for people: the judgement's sentences, each with its place in the document."""

from collections.abc import Sequence

from msgspec import Struct

from haproof.core.model import Reason, Report

WORDS = {
    "contradiction": "CONTRADICTION",
    "loss": "DATA LOSS",
    "failed": "FAIL",
    "missing": "MISSING",
    "incoherent": "NOT coherent",
}
"""What a severity is called."""


class ReasonView(Struct, frozen=True, kw_only=True):
    """One reason. `anchor` is the id of its evidence in the document; `next` is empty where the following
    reason asks for the same.
    """

    word: str
    sentence: str
    anchor: str
    next: str


def reasons(report: Report) -> tuple[ReasonView, ...]:
    """Worst first; none where the report is ready."""
    given = report.proof.reasons
    followers: list[Reason | None] = [*given[1:], None][: len(given)]
    found = {result.id for result in report.slices if result.found}
    return tuple(
        ReasonView(
            word=WORDS[reason.severity],
            sentence=reason.sentence,
            anchor=_anchor(reason, found),
            next="" if after is not None and after.next == reason.next else reason.next,
        )
        for reason, after in zip(given, followers, strict=True)
    )


def _anchor(reason: Reason, found: Sequence[str] | set[str]) -> str:
    """The check that shows it, else the slice, else the window."""
    if reason.slice is None:
        return "window"
    if reason.check is not None and reason.slice in found:
        return f"check-{reason.check}"
    return reason.slice.lower()
