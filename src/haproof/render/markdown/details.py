"""What a reviewer opens: contradictions, figures, strength, requirements, risks, topology, digests."""

from haproof.core.model import Metric, Report, Risk
from haproof.core.recount import sources, summary
from haproof.core.strength import ASSUMPTION, TITLE, strength
from haproof.render.document.figures import Figure
from haproof.render.document.figures import figures as shown_figures
from haproof.render.document.sections.opening import topology as tested
from haproof.render.document.wording import NO_BREAK
from haproof.render.markdown.inline import code, folded, ours, table, words


def contradictions(report: Report) -> str:
    """What its own figures or raw files contradict; not folded, since it needs a person."""
    found = report.proof.contradictions
    if not found:
        return ""
    rows = ((entry.subject, words(entry.said(report.reasons))) for entry in found)
    return "### Contradictions\n\n" + table(("Check", "What the figures or raw files say"), rows)


def figures(report: Report) -> str:
    """Every figure as people read it, with its limit, its margin and its status, by slice."""
    parts = []
    for result in report.slices:
        metrics: dict[str, Metric] | None = getattr(report.proof.metrics, result.source.slice.stem)
        if metrics:
            rows = (_figure(row) for row in shown_figures(metrics))
            heads = ("Figure", "Value", "Limit", "Margin", "Status")
            parts.append(f"**{result.id} {result.source.slice.name}**\n\n{table(heads, rows)}")
    return folded("Measured figures (exact values: text report and JSON)", *parts) if parts else ""


def _figure(row: Figure) -> tuple[str, ...]:
    """One row; a dash where a figure is informational."""
    cells = (
        words(text.replace(NO_BREAK, " ")) if text else "–" for text in (row.value, row.limit, row.margin)
    )
    return (f"{words(row.label)} {code(row.name)}", *cells, row.status or "–")


def evidence_strength(report: Report) -> str:
    """What the trials of each claim support."""
    entries = strength(report.slices)
    if not entries:
        return ""
    rows = ((entry.check, entry.claim, words(entry.sentence)) for entry in entries)
    said = f"All of it {ASSUMPTION}."
    return folded(TITLE, said, table(("Check", "Claim", "What it supports"), rows))


def requirements(report: Report) -> str:
    """Every requirement of the three levels."""
    readiness = report.proof.readiness
    levels = (readiness.design_partner, readiness.ga, readiness.public_production)
    rows = (
        (item.id, item.state, ours(item.text), words(item.detail))
        for level in levels
        for item in level.requirements
    )
    return folded("Readiness requirements", table(("Id", "State", "Requirement", "Based on"), rows))


def risks(report: Report) -> str:
    """Gaps and what this run adds."""
    found = report.proof.risks
    still = sum(risk.state == "OPEN" for risk in found)
    rows = (
        (risk.id, risk.state, words(risk.title), words(risk.detail), _closed(risk))
        for risk in found
        if risk.title != TITLE
    )
    heads = ("Id", "State", "Risk", "Why it matters", "Closed by")
    return folded(f"Risks and open gaps ({still} open)", table(heads, rows))


def _closed(risk: Risk) -> str:
    """What would close it; only a standing gap is told in our words alone."""
    return ours(risk.closed_by) if risk.id.startswith("GAP-") else words(risk.closed_by)


def topology(report: Report) -> str:
    """What was tested, in the producers' words."""
    rows = ((row.label, "<br>".join(words(line) for line in row.lines)) for row in tested(report))
    return folded("Tested topology", table(("", "As recorded"), rows))


def files(report: Report) -> str:
    """The files that were judged, and their digests."""
    found = report.proof.evidence.files
    if not found:
        return ""
    rows = ((code(file.path), str(file.bytes), code(file.sha256)) for file in found)
    recounted = [words(f"Recounted: {summary(sources(report))}")] if report.proof.options.recount else []
    heads = ("File", "Bytes", "SHA-256 of the bytes judged")
    return folded("Evidence files", *recounted, table(heads, rows))


SECTIONS = (
    ("contradictions", contradictions),
    ("risks and open gaps", risks),
    ("measured figures", figures),
    ("strength of the evidence", evidence_strength),
    ("readiness requirements", requirements),
    ("tested topology", topology),
    ("evidence files", files),
)
"""In the order of reading, which is also the order in which they are given room."""
