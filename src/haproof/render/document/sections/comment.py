"""Sections that only a comment has: what everybody reads, and what a reviewer opens, in few bytes."""

from haproof.core.report import Report
from haproof.render.document.blocks import Block, Column, Fold, Row, Section, Table
from haproof.render.document.sections import paper
from haproof.render.document.sections.opening import NOT_PROVED
from haproof.render.document.sections.readiness import requirements, standing, tested
from haproof.render.document.sections.results import measured
from haproof.render.document.sections.review import files, strengths


def levels(report: Report) -> Section:
    """Each level, whether it is reached, and what stands in its way."""
    columns = Column("Level"), Column("State"), Column("Missing")
    rows = tuple(Row(row) for row in standing(report))
    caption = "What each level still needs"
    table = Table(key="levels", caption=caption, columns=columns, rows=rows, heads="names")
    return Section(key="readiness", title="Readiness", blocks=(table,))


def details(report: Report) -> tuple[Block, ...]:
    """What opens, the most wanted first: it is also the order in which they are given room."""
    still = sum(risk.state == "OPEN" for risk in report.proof.risks)
    return (
        Fold(title=f"{NOT_PROVED} ({still} open)", blocks=paper.not_proved(report).blocks),
        Fold(title="Measured figures (exact values: text report and JSON)", blocks=measured(report)),
        *(Fold(title=section.title, blocks=section.blocks) for section in (strengths(report),)),
        Fold(title="Readiness requirements", blocks=requirements(report)),
        *(Fold(title=section.title, blocks=section.blocks) for section in (tested(report),)),
        *(Fold(title=section.title, blocks=section.blocks) for section in (files(report, raw=False),)),
    )
