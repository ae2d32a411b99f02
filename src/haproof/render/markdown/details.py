"""What a reviewer opens: contradictions, figures, strength, requirements, risks, topology, digests."""

from haproof.core.figures import separated, shown
from haproof.core.model import Metric, Report
from haproof.core.recount import sources, summary
from haproof.core.strength import ASSUMPTION, TITLE, strength
from haproof.render.markdown.inline import code, folded, table, words

UNITS = {"ms": " ms", "rows": " rows", "bytes": " bytes", "count": "", None: ""}
"""Unit of the JSON artifact to what stands behind a figure."""


def contradictions(report: Report) -> str:
    """Checks reported PASS that their own figures contradict; not folded, since they need a person."""
    found = report.proof.contradictions
    if not found:
        return ""
    rows = ((entry.subject, words(entry.detail)) for entry in found)
    return "### Contradictions\n\n" + table(("Reported PASS, but", "the report's own figures say"), rows)


def figures(report: Report) -> str:
    """Every figure with its target and its status, by slice."""
    parts = []
    for result in report.slices:
        metrics: dict[str, Metric] | None = getattr(report.proof.metrics, result.source.slice.stem)
        if metrics:
            rows = (
                (code(name), words(_value(metric)), _target(metric), metric.status or "–")
                for name, metric in metrics.items()
            )
            heads = ("Figure", "Value", "Target", "Status")
            parts.append(f"**{result.id} {result.source.slice.name}**\n\n{table(heads, rows)}")
    return folded("Measured figures", *parts) if parts else ""


def _value(metric: Metric) -> str:
    limit = metric.target.value if metric.target else None
    text = shown(metric.value, limit)
    return f"{text}{UNITS[metric.unit]}" if metric.value is not None else text


def _target(metric: Metric) -> str:
    if metric.target is None:
        return "–"
    bound = metric.target.value
    number = isinstance(bound, int | float) and not isinstance(bound, bool)
    said = separated(bound) if number else shown(bound)  # type: ignore[arg-type]
    return words(f"{metric.target.op} {said}" + (UNITS[metric.unit] if number else ""))


def evidence_strength(report: Report) -> str:
    """What the trials of each claim bear."""
    entries = strength(report.slices)
    if not entries:
        return ""
    rows = ((entry.check, entry.claim, words(entry.sentence)) for entry in entries)
    said = f"All of it {ASSUMPTION}."
    return folded(TITLE, said, table(("Check", "Claim", "What it bears"), rows))


def requirements(report: Report) -> str:
    """Every requirement of the three levels."""
    readiness = report.proof.readiness
    levels = (readiness.design_partner, readiness.ga, readiness.public_production)
    rows = (
        (item.id, item.state, words(item.text), words(item.detail))
        for level in levels
        for item in level.requirements
    )
    return folded("Readiness requirements", table(("Id", "State", "Requirement", "Rests on"), rows))


def risks(report: Report) -> str:
    """Gaps and what this run adds."""
    found = report.proof.risks
    still = sum(risk.state == "OPEN" for risk in found)
    rows = (
        (risk.id, risk.state, words(risk.title), words(risk.detail), words(risk.closed_by))
        for risk in found
        if risk.title != TITLE
    )
    heads = ("Id", "State", "Risk", "Why it matters", "Closed by")
    return folded(f"Risks and open gaps ({still} open)", table(heads, rows))


def topology(report: Report) -> str:
    """What was tested, in the producers' words."""
    rows = ((row.label, "<br>".join(words(line) for line in row.lines)) for row in report.topology)
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
