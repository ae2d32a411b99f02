"""The matrix, the risks, the readiness levels and the verdict."""

from haproof.core import risk_ids
from haproof.core.model import MatrixRow, Readiness, SliceResult
from haproof.core.report import Report
from haproof.core.window import in_words
from haproof.render.document.plain.lines import Labelled, Line, Lines, Prose, Title, Unbroken
from haproof.render.document.plain.strength import bearing

OURS = frozenset({risk_ids.STRENGTH, risk_ids.SINGLE})
"""Findings of a run that hold no text of the evidence."""


def matrix(report: Report) -> Lines:
    """Every check, each with a line that says what it is based on."""
    yield Title(f"{len(report.proof.checks)}-Check Matrix")
    known = {check.id: check for check in report.house.matrix}
    for row in report.proof.checks:
        yield Line(f"{row.id} {row.status} {known[row.id].subject}: {row.detail}", 1, hang=14)
        yield Line(rests_on(row, report), 7)
    yield Line(f"Overall: PASS={report.proof.summary.passed} FAIL={report.proof.summary.failed}", 1)


def rests_on(row: MatrixRow, report: Report) -> str:
    """The detail line under a row."""
    passes = report.house.passes.get(row.id)
    if passes is not None:
        return slice_line(next(result for result in report.slices if result.id == passes))
    if row.id in report.house.sums_up:
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


def risks(report: Report) -> Lines:
    """What the report does not prove, and what this run adds."""
    yield Title("Risks and Open Gaps")
    gaps = {gap.id for gap in report.house.gaps}
    longest = max((len(risk.id) for risk in report.proof.risks if risk.id not in gaps), default=0)
    for risk in report.proof.risks:
        width = 7 if risk.id in gaps else longest + 1
        head = f"{risk.id:<{width}}{risk.state:<10}"
        yield Line(f"{head}{risk.title}", 1, hang=len(head))
        block = Prose if risk.id in gaps | OURS else Line
        if risk.id == risk_ids.STRENGTH:
            yield from bearing(report)
        else:
            yield block(risk.detail, 5)
        yield block(f"Closed by: {risk.closed_by}", 5)


def reasons(report: Report) -> Lines:
    """Why it is not ready: each reason, where it comes from, and what to do next."""
    if not report.reasons:
        return
    yield Title("Not ready because")
    for reason in report.reasons:
        yield Line(f"{reason.sentence}.", 1)
        place = f"{reason.path}{f'#{reason.pointer}' if reason.pointer else ''}"
        yield Labelled("From:", 6, f"{reason.id}, {place}" if reason.path else reason.id, 3)
        yield Labelled("Next:", 6, f"{reason.next}.", 3)


def readiness(report: Report) -> Lines:
    """The levels with their requirements."""
    yield Title("Readiness Conclusion")
    below = ""
    for level, found in report.levels:
        yield from _level(level.name, found, "NOT YET" if below else "NOT READY", below)
        if found.ready and not below:
            yield Prose(f"Meaning: {level.meaning}.", 2)
        below = f"Requires {level.name}, plus:"


def _level(name: str, level: Readiness, otherwise: str, plus: str = "") -> Lines:
    """One level: reached or not, and each requirement with its state."""
    yield Line(f"{name} {'✓' if level.ready else f'✗ ({otherwise})'}", 1)
    if plus:
        yield Line(plus, 2)
    for requirement in level.requirements:
        yield Prose(f"{requirement.id:<6}{requirement.state:<12}{requirement.text}", 2, hang=18)
        yield Line(requirement.detail, 11)


def verdict(report: Report) -> Lines:
    """The last line, whole: a script takes it with `tail -n 1`, ten failing checks or none."""
    yield Line("")
    yield Unbroken(f"Verdict: {report.proof.verdict}")
