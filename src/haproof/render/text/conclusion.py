"""The matrix, the risks, the readiness levels and the verdict."""

from haproof.core import strength
from haproof.core.model import MatrixRow, Readiness, SliceResult
from haproof.core.report import Report
from haproof.core.window import in_words
from haproof.render.text.page import Page
from haproof.render.text.strength import bearing

OURS = ("GAP-", "RUN-STRENGTH", "RUN-SINGLE")
"""Risks that hold no text of the evidence."""


def matrix(page: Page, report: Report) -> None:
    """The ten checks, each with a line that says what it rests on."""
    page.title("10-Check Matrix")
    known = {check.id: check for check in report.house.matrix}
    for row in report.proof.checks:
        page.line(f"{row.id} {row.status} {known[row.id].subject}: {row.detail}", 1, hang=14)
        page.line(rests_on(row, report), 7)
    page.line(f"Overall: PASS={report.proof.summary.passed} FAIL={report.proof.summary.failed}", 1)


def rests_on(row: MatrixRow, report: Report) -> str:
    """The detail line under a row."""
    passes = report.house.passes.get(row.id)
    if passes is not None:
        return slice_line(next(result for result in report.slices if result.id == passes))
    if row.when == "Summary":
        return f"evidence window: {in_words(report.proof.evidence.window)}"
    if not row.evidence:
        return "no evidence"
    places = " ".join(f"#{place.pointer}" for place in row.evidence)
    return f"{row.evidence[0].path} {places}"


def slice_line(result: SliceResult) -> str:
    """`val13 10/10 checks`, and how many of them rest on figures rather than on the producer's word."""
    folder = result.source.kind.folder
    if not result.found:
        return f"{folder} no evidence"
    total = len(result.checks)
    line = f"{folder} {result.passed}/{total} checks"
    if getattr(result.source.record, "observations", None) is None:
        return line
    reported = total - result.rejudged
    return f"{line} ({result.rejudged} re-judged{f', {reported} as reported' if reported else ''})"


def risks(page: Page, report: Report) -> None:
    """What the report does not prove, and what this run adds."""
    page.title("Risks and Open Gaps")
    longest = max((len(risk.id) for risk in report.proof.risks if risk.id.startswith("RUN-")), default=0)
    for risk in report.proof.risks:
        width = longest + 1 if risk.id.startswith("RUN-") else 7
        head = f"{risk.id:<{width}}{risk.state:<10}"
        page.line(f"{head}{risk.title}", 1, hang=len(head))
        ours = page.prose if risk.id.startswith(OURS) else page.line
        if risk.title == strength.TITLE:
            bearing(page, report)
        else:
            ours(risk.detail, 5)
        ours(f"Closed by: {risk.closed_by}", 5)


def reasons(page: Page, report: Report) -> None:
    """Why it is not ready: each reason, where it comes from, and what to do next."""
    if not report.reasons:
        return
    page.title("Not ready because")
    for reason in report.reasons:
        page.line(f"{reason.sentence}.", 1)
        place = f"{reason.path}{f'#{reason.pointer}' if reason.pointer else ''}"
        page.labelled("From:", 6, f"{reason.id}, {place}" if reason.path else reason.id, 3)
        page.labelled("Next:", 6, f"{reason.next}.", 3)


def readiness(page: Page, report: Report) -> None:
    """The levels with their requirements."""
    page.title("Readiness Conclusion")
    below = ""
    for level, found in report.levels:
        _level(page, level.name, found, "NOT YET" if below else "NOT READY", below)
        if found.ready and not below:
            page.prose(f"Meaning: {level.meaning}.", 2)
        below = f"Requires {level.name}, plus:"


def _level(page: Page, name: str, level: Readiness, otherwise: str, plus: str = "") -> None:
    """One level: reached or not, and each requirement with its state."""
    page.line(f"{name} {'✓' if level.ready else f'✗ ({otherwise})'}", 1)
    if plus:
        page.line(plus, 2)
    for requirement in level.requirements:
        page.prose(f"{requirement.id:<6}{requirement.state:<12}{requirement.text}", 2, hang=18)
        page.line(requirement.detail, 11)


def verdict(page: Page, report: Report) -> None:
    """The last line, whole: a script takes it with `tail -n 1`, ten failing checks or none."""
    page.line("")
    page.unbroken(f"Verdict: {report.proof.verdict}")
