"""For the reviewer: the matrix, where each claim is shown, contradictions, files, verification, meanings."""

from typing import Any

from haproof.core.explain import explain
from haproof.core.model import Report
from haproof.core.recount import sources, summary
from haproof.render.document.claims import Claim, claims
from haproof.render.document.places import listed
from haproof.render.document.verify import OPENING, steps
from haproof.render.document.wording import counted, signs
from haproof.render.pdf.cells import Cell, code, lines, state, table, text

Data = dict[str, Any]


def review(report: Report) -> Data:
    """The data of the sections."""
    ten = claims(report)
    return {
        "matrix": _matrix(ten, not report.says_no),
        "tally": f"{report.proof.summary.passed} PASS, {report.proof.summary.failed} FAIL",
        "claims": [_places(claim, not report.says_no) for claim in ten if claim.places],
        "contradictions": _contradictions(report),
        "files": _files(report),
        "opening": OPENING,
        "verify": _verify(report),
        "meanings": [_meaning(claim.id) for claim in ten],
    }


def _matrix(ten: tuple[Claim, ...], unsure: bool) -> Data:
    rows: list[tuple[Cell, ...]] = [
        (
            lines(claim.id, {"note": claim.when}),
            state(claim.status, unsure),
            lines(text(claim.description), {"note": text(claim.criterion)}),
            {"lines": [{"plain": text(words)} for words in claim.found]},
        )
        for claim in ten
    ]
    heads = ("Check", "Status", "Claim and criterion", "What was found")
    return table("The ten checks of VAL26", heads, (0, 0, 2, 2), rows)


def _places(claim: Claim, unsure: bool) -> Data:
    """The figures that one claim is based on, each with its place in the evidence."""
    rows: list[tuple[Cell, ...]] = [
        (
            text(listed(place.checks)),
            lines(
                text(place.value),
                {"note": text(f"exactly {place.exact}")} if place.exact else None,
                None if place.holds else {"note": "fails"},
            ),
            text(place.limit),
            code(place.path),
            code(listed(place.pointers)),
        )
        for place in claim.places
    ]
    heads = ("Check", "Value", "Limit", "File", "JSON Pointer")
    return {
        "title": f"{claim.id} {text(claim.description)}",
        "state": state(claim.status, unsure),
        "table": table(f"Where {claim.id} is shown", heads, (1.1, 1.3, 1.6, 1.6, 1.8), rows),
    }


def _contradictions(report: Report) -> Data | None:
    rows: list[tuple[Cell, ...]] = [
        (entry.subject, text(signs(entry.rule)), text(entry.said(report.reasons)))
        for entry in report.proof.contradictions
    ]
    if not rows:
        return None
    heads = ("Check", "Rule", "What the figures or raw files say")
    return table("Contradictions", heads, (0, 2, 3), rows)


def _files(report: Report) -> Data | None:
    rows: list[tuple[Cell, ...]] = [
        (
            file.slice,
            lines(code(file.path), {"note": counted(file.bytes, "byte")}),
            code(file.sha256),
            code(file.generated_at) if file.generated_at else "–",
        )
        for file in report.proof.evidence.files
    ]
    if not rows:
        return None
    if report.proof.options.recount:
        rows.append(("–", "Figures recounted from raw files", text(summary(sources(report))), "–"))
    heads = ("Slice", "File", "SHA-256 of the bytes judged", "Recorded")
    return table("Evidence files, rejected ones included", heads, (0, 1.4, 2.2, 1.2), rows)


def _verify(report: Report) -> list[tuple[str, Cell]]:
    """The steps, and the artifact that is inside this document."""
    inside = (
        "Check that this document belongs to the machine-readable report, which is attached to it and whose "
        "SHA-256 is at the foot of every page."
    )
    listed = [
        (text(step.words), lines(*(code(command) for command in step.commands))) for step in steps(report)
    ]
    return [*listed, (inside, code('sha256sum "$EVIDENCE/val26/val26-proof-report.json"'))]


def _meaning(check_id: str) -> Data:
    words = explain(check_id)[0]
    return {
        "title": f"{words.id} {text(words.title)}",
        "meaning": text(words.meaning),
        "parts": [(label, text(said)) for label, said in words.parts()],
    }
