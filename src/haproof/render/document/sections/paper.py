"""Sections that only paper has: its first page, and what opens elsewhere."""

from haproof.core.report import Report
from haproof.render.document.blocks import (
    Block,
    Brief,
    Note,
    Paragraph,
    Reasons,
    Section,
    Strong,
    Words,
)
from haproof.render.document.sections.matrix import shown
from haproof.render.document.sections.opening import NOT_PROVED, opening, system_name
from haproof.render.document.sections.readiness import (
    found,
    gaps,
    requirements,
    risks,
    span,
    standing,
)
from haproof.render.document.sections.results import counts
from haproof.render.document.sections.review import files, verifying
from haproof.render.document.states import state
from haproof.render.document.verify import INSIDE


def cover(report: Report) -> tuple[Section, ...]:
    """What stands under the opening: how far each level is, what was covered, what is not proved."""
    rows = {row.id: row for row in report.proof.slices}
    covered: list[tuple[Words, ...]] = []
    for result in report.slices:
        row = rows[result.id]
        said = counts(row, result).partition(",")[0] if row.total is not None else "–"
        covered.append((f"{row.id} {row.name}", state(row.status), said, Note(row.detail or "")))
    return (
        Section(key="cover-levels", title="Readiness levels", blocks=(Brief(standing(report)),)),
        Section(key="cover-coverage", title="Scenario coverage", blocks=(Brief(tuple(covered)),)),
        Section(key="cover-scope", title=NOT_PROVED, blocks=(Paragraph(_scope(report)),)),
    )


def _scope(report: Report) -> Words:
    """The known gaps by their titles."""
    titles = {name: [gap.title for gap in gaps(report) if gap.state == name] for name in ("OPEN", "MEASURED")}
    said = f"{'; '.join(titles['OPEN'])}."
    if titles["MEASURED"]:
        measured = "; ".join(titles["MEASURED"])
        said += f" Not covered by {span(report)} either, but measured in this run: {measured}."
    return (said, Note("Its section says why each matters and what would close it."))


def conclusion(report: Report) -> Section:
    """The verdict with all its reasons, and the requirements of every level."""
    given = opening(report)
    said = Paragraph(
        (f"The verdict on {system_name(report)} is ", Strong(report.proof.verdict), f". {given.lead}")
    )
    why = (Reasons(given.reasons),) if given.reasons else ()
    blocks = (said, *why, *requirements(report))
    return Section(key="conclusion", title="Conclusion", short="Conclusion", blocks=blocks)


def not_proved(report: Report) -> Section:
    """The known gaps and the findings of this run."""
    said = (
        f"Known gaps are not covered by {span(report)}, whatever they say; findings are what this run adds."
    )
    blocks: list[Block] = [Paragraph(said), risks("gaps", "Known gaps", "Gap", gaps(report))]
    if found(report):
        blocks.append(risks("findings", "Findings of this run", "Finding", found(report)))
    return Section(key="scope", title=NOT_PROVED, short=NOT_PROVED, blocks=tuple(blocks))


def evidence(report: Report) -> Section:
    """The files, where each claim is shown in them, and how anybody can check."""
    blocks = files(report), shown(report), verifying(report, INSIDE)
    return Section(key="evidence", title="Evidence", short="Evidence", blocks=blocks)
