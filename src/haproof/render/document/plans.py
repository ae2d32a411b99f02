"""Which sections a document has, and in which order: for a screen, for paper, for a comment."""

from msgspec.structs import replace

from haproof.core.figures import cut
from haproof.core.report import Report
from haproof.digest import sha256_hex
from haproof.evidence import PROOF_STEM
from haproof.render import proof_json
from haproof.render.document.blocks import Block, Code, Columns, Fact, Instant, Section
from haproof.render.document.sections import comment as on_comment
from haproof.render.document.sections import paper as on_paper
from haproof.render.document.sections.matrix import matrix, meanings
from haproof.render.document.sections.opening import TITLE, opening, system_name
from haproof.render.document.sections.readiness import findings, readiness, scope, tested
from haproof.render.document.sections.results import coverage, results, window
from haproof.render.document.sections.review import contradictions, files, strengths, verifying
from haproof.render.document.whole import Document, Part

MEASURED = "Measured results"


def page(report: Report) -> Document:
    """For whoever decides, leads, or reviews, in this order."""
    measured = Section(key="results", title=MEASURED, blocks=(*results(report), window(report)))
    beside = (
        (contradictions(report), strengths(report)),
        (findings(report), files(report), verifying(report)),
    )
    review = Section(key="review", title="Review", blocks=(matrix(report), Columns(beside)))
    decision = Columns(((readiness(report),), (scope(report),), (tested(report),)), "trio")
    parts = Part("Decision", (decision,)), Part("Results", (measured,)), Part("Review", (review,))
    return document(report, parts)


def paper(report: Report) -> Document:
    """For an auditor: nothing opens, so that what is folded on a screen has sections of its own."""
    blocks = (
        on_paper.conclusion(report),
        matrix(report, folded=False),
        contradictions(report),
        on_paper.not_proved(report),
        strengths(report),
        replace(tested(report), blocks=(*tested(report).blocks, coverage(report), window(report))),
        Section(key="results", title=MEASURED, short=MEASURED, blocks=results(report, folded=False)),
        on_paper.evidence(report),
        meanings(report),
    )
    return document(report, (Part("", blocks),), on_paper.cover(report))


def comment(report: Report) -> Document:
    """For a pull request: what everybody reads, then what a reviewer opens."""
    found = (contradictions(report),) if report.proof.contradictions else ()
    blocks = (
        on_comment.levels(report),
        coverage(report),
        matrix(report, folded=False),
        *found,
        *on_comment.details(report),
    )
    hint = Fact(label="Ids", answer=(Code("haproof explain ID"), " says what an id means"))
    whole = document(report, (Part("", blocks),))
    return replace(whole, imprint=(*whole.imprint, hint))


def document(report: Report, parts: tuple[Part, ...], cover: tuple[Block, ...] = ()) -> Document:
    """The report in these parts, bound to the JSON artifact by its digest."""
    proof, shown = report.proof, opening(report)
    digest = sha256_hex(proof_json.render(report))
    return Document(
        title=f"{shown.subject}: {shown.words} — {TITLE}",
        kind=f"{proof.report} — {proof.title}",
        description=f"{TITLE} of {system_name(report)}, judged {proof.generated_at}: {cut(proof.verdict)}",
        made=proof.generated_at,
        generator=f"{proof.generator.name} {proof.generator.version}",
        digest_label="SHA-256 of the JSON artifact",
        digest=digest,
        attachment=f"{PROOF_STEM}.json",
        keywords=("high availability", "readiness", "evidence", proof.report),
        opening=shown,
        parts=parts,
        imprint=(
            Fact(label="Evidence", answer=Code(proof.evidence_dir)),
            Fact(label="Generated", answer=Instant(proof.generated_at, proof.generated_at)),
            Fact(label="By", answer=f"{proof.generator.name} {proof.generator.version}"),
            Fact(
                label="Machine-readable report",
                answer=Code(f"{PROOF_STEM}.json"),
                below=(("SHA-256 ", Code(digest)),),
            ),
        ),
        cover=cover,
    )
