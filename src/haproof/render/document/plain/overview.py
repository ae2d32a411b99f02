"""What was tested and what was found: header, topology, coverage."""

from haproof.core.headline import Headline, headline
from haproof.core.model import SliceRow
from haproof.core.report import Report
from haproof.render.document.plain.lines import Labelled, Line, Lines, Prose, Title, Unbroken


def header(report: Report) -> Lines:
    """Title, time and path."""
    yield Line("VAL26 — HA Proof Report")
    yield Line(f"Generated:    {report.proof.generated_at}")
    yield Unbroken(f"Evidence dir: {report.proof.evidence_dir}")


def topology(report: Report) -> Lines:
    """The tested topology in the producers' words."""
    yield Title("Tested Topology")
    for row in report.topology:
        label = f"{row.label}:"
        for line in row.lines:
            yield Labelled(label, 10, line)
            label = ""
    yield from _standing(headline(report))


def _standing(known: Headline) -> Lines:
    """How old the evidence was, and how many trials it is based on; nothing where there is none."""
    if known.evidence_of is not None:
        yield Labelled("Age:", 10, f"{known.age} when judged (latest report {known.evidence_of})")
    if known.claims:
        trials = f"; {known.trials}" if known.trials else ""
        yield Prose(f"{'Trials:':<10}{known.basis}{trials}", 1, hang=10)


def coverage(report: Report) -> Lines:
    """One row a slice, then the files that were judged."""
    yield Title("Scenario Coverage")
    width = max(len(row.name) for row in report.proof.slices)
    for row in report.proof.slices:
        yield Line(f"{row.id} {row.name:<{width}}  {outcome(row)}", 1, hang=8 + width)
    if not report.proof.evidence.files:
        return
    yield Title("Evidence Files (SHA-256 of the bytes judged)")
    for file in report.proof.evidence.files:
        yield Line(file.path, 1)
        yield Line(f"{file.sha256}  {file.bytes} bytes", 2)
    if report.proof.options.recount:
        from haproof.core.recount import sources, summary

        yield Prose(f"Recounted: {summary(sources(report))}", 1)


def outcome(row: SliceRow) -> str:
    """PASS (10/10 checks), or MISSING with the reason; an unusual file is named."""
    if row.status == "MISSING":
        return f"MISSING ({row.detail})"
    named = f" [{row.detail}]" if row.detail else ""
    return f"{row.status} ({row.passed}/{row.total} checks){named}"
