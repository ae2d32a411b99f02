"""For the reviewer: the matrix, where each claim rests, contradictions, files, verification, meanings."""

from typing import Any

from haproof.core.checks import MATRIX
from haproof.core.explain import explain
from haproof.core.figures import separated
from haproof.core.model import MatrixRow, Report
from haproof.render.pdf.cells import Cell, code, lines, state, table, text
from haproof.render.places import listed, places

Data = dict[str, Any]


def review(report: Report) -> Data:
    """The data of the sections."""
    return {
        "matrix": _matrix(report),
        "tally": f"{report.proof.summary.passed} PASS, {report.proof.summary.failed} FAIL",
        "claims": [claim for row in report.proof.checks if (claim := _claim(report, row))],
        "contradictions": _contradictions(report),
        "files": _files(report),
        "verify": _verify(report),
        "meanings": [_meaning(check.id) for check in MATRIX],
    }


def _matrix(report: Report) -> Data:
    rows: list[tuple[Cell, ...]] = [
        (
            lines(row.id, {"note": row.when}),
            state(row.status),
            lines(text(row.description), {"note": text(row.criterion)}),
            text(row.detail),
        )
        for row in report.proof.checks
    ]
    heads = ("Check", "Status", "Claim and criterion", "What was found")
    return table("The ten checks of VAL26", heads, (0, 0, 2, 2), rows)


def _claim(report: Report, row: MatrixRow) -> Data | None:
    """The figures that one claim rests on, each with its place in the evidence."""
    if not row.evidence:
        return None
    rows: list[tuple[Cell, ...]] = [
        (
            text(listed(place.checks)),
            text(place.value) if place.holds else lines(text(place.value), {"note": "broken"}),
            text(place.limit),
            code(place.path),
            code(listed(place.pointers)),
        )
        for place in places(report, row)
    ]
    heads = ("Check", "Value", "Limit", "File", "JSON Pointer")
    return {
        "title": f"{row.id} {text(row.description)}",
        "state": state(row.status),
        "table": table(f"Where {row.id} rests", heads, (1.1, 1.3, 1.6, 1.6, 1.8), rows),
    }


def _contradictions(report: Report) -> Data | None:
    rows: list[tuple[Cell, ...]] = [
        (entry.subject, text(entry.rule), text(entry.detail)) for entry in report.proof.contradictions
    ]
    if not rows:
        return None
    heads = ("Reported PASS", "Rule", "What the report's own figures say")
    return table("Contradictions", heads, (0, 2, 3), rows)


def _files(report: Report) -> Data | None:
    rows: list[tuple[Cell, ...]] = [
        (
            file.slice,
            lines(code(file.path), {"note": f"{separated(file.bytes)} bytes"}),
            code(file.sha256),
            code(file.generated_at) if file.generated_at else "–",
        )
        for file in report.proof.evidence.files
    ]
    if not rows:
        return None
    heads = ("Slice", "File", "SHA-256 of the bytes judged", "Recorded")
    return table("Evidence files, rejected ones included", heads, (0, 1.4, 2.2, 1.2), rows)


def _verify(report: Report) -> list[tuple[str, Cell]]:
    again = f"haproof report --generated-at {report.proof.generated_at} --write pdf EVIDENCE_DIR"
    version = report.proof.generator.version
    same = f"The judgement. haproof {version} on any machine writes the same bytes, this document included."
    return [
        (
            "The artifact. Its SHA-256 stands at the foot of every page; it is attached to this document.",
            code("sha256sum val26-proof-report.json"),
        ),
        (
            "The evidence. Compare the digests of the files listed above.",
            code("sha256sum val1?/val1?-report.json"),
        ),
        (same, code(again)),
        (
            "The signature, where val26/val26-attestation.dsse.json stands beside the report.",
            code("haproof verify EVIDENCE_DIR --key signer.pub"),
        ),
    ]


def _meaning(check_id: str) -> Data:
    words = explain(check_id)[0]
    return {
        "title": f"{words.id} {text(words.title)}",
        "meaning": text(words.meaning),
        "parts": [(label, text(said)) for label, said in words.parts()],
    }
