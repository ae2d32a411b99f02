"""What was tested and what was found: header, topology, coverage."""

from haproof.core.headline import Headline, headline
from haproof.core.model import SliceRow
from haproof.core.recount import sources, summary
from haproof.core.report import Report
from haproof.render.text.page import Page


def header(page: Page, report: Report) -> None:
    """Title, time and path."""
    page.line("VAL26 — HA Proof Report")
    page.line(f"Generated:    {report.proof.generated_at}")
    page.unbroken(f"Evidence dir: {report.proof.evidence_dir}")


def topology(page: Page, report: Report) -> None:
    """The tested topology in the producers' words."""
    page.title("Tested Topology")
    for row in report.topology:
        label = f"{row.label}:"
        for line in row.lines:
            page.labelled(label, 10, line)
            label = ""
    _standing(page, headline(report))


def _standing(page: Page, known: Headline) -> None:
    """How old the evidence was, and how many trials it is based on; nothing where there is none."""
    if known.evidence_of is not None:
        page.labelled("Age:", 10, f"{known.age} when judged (latest report {known.evidence_of})")
    if known.claims:
        trials = f"; {known.trials}" if known.trials else ""
        page.prose(f"{'Trials:':<10}{known.basis}{trials}", 1, hang=10)


def coverage(page: Page, report: Report) -> None:
    """One row a slice, then the files that were judged."""
    page.title("Scenario Coverage")
    width = max(len(row.name) for row in report.proof.slices)
    for row in report.proof.slices:
        page.line(f"{row.id} {row.name:<{width}}  {outcome(row)}", 1, hang=8 + width)
    if not report.proof.evidence.files:
        return
    page.title("Evidence Files (SHA-256 of the bytes judged)")
    for file in report.proof.evidence.files:
        page.line(file.path, 1)
        page.line(f"{file.sha256}  {file.bytes} bytes", 2)
    if report.proof.options.recount:
        page.prose(f"Recounted: {summary(sources(report))}", 1)


def outcome(row: SliceRow) -> str:
    """PASS (10/10 checks), or MISSING with the reason; an unusual file is named."""
    if row.status == "MISSING":
        return f"MISSING ({row.detail})"
    named = f" [{row.detail}]" if row.detail else ""
    return f"{row.status} ({row.passed}/{row.total} checks){named}"
