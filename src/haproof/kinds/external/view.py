"""EXTERNAL's view: what is attested, by whom, over what; those that do not count are remarks of the kind."""

from collections.abc import Iterator

from haproof.core.figures import cut
from haproof.core.model import SliceResult
from haproof.core.report import Report
from haproof.kinds.external.record import ExternalRecord, Statement
from haproof.render.document.blocks import Code, Column, Lead, Note, Row, Table
from haproof.render.document.plain.figures import Metrics
from haproof.render.document.plain.lines import Labelled, Line, Lines
from haproof.render.document.states import state
from haproof.render.views import View


def counted(result: SliceResult) -> list[Statement]:
    """The statements that count."""
    record = result.source.record
    found = record.metrics.statements if isinstance(record, ExternalRecord) else []
    return [one for one in found if one.state == "counts"]


def statements(report: Report, result: SliceResult) -> Iterator[Table]:
    """One row for each statement that counts; none where none does."""
    rows = tuple(_row(one) for one in counted(result))
    if rows:
        yield Table(
            key="external-statements",
            caption="Statements that count",
            columns=(
                Column("Requirement", 1.2),
                Column("Result", place="with"),
                Column("Attested by", 2),
                Column("What was looked at, and what was found", 3, "beside"),
            ),
            rows=rows,
        )


def _row(one: Statement) -> Row:
    when = f"on {one.performed_on}, valid until {one.valid_until}"
    return Row(
        (
            (Lead(one.requirement or ""), Note(Code(cut(one.path)))),
            state(one.result or ""),
            (Lead(cut(one.issuer or "")), Note((when, " · key ", Code(one.keyid or "")))),
            (cut(one.scope or ""), Note((cut(one.summary or ""), " · ", Code(cut(one.document or ""))))),
        )
    )


def lines(report: Report, result: SliceResult, metrics: Metrics) -> Lines:
    """The same in the text report."""
    for one in counted(result):
        yield Line(
            f"{one.requirement} {one.result}: {cut(one.issuer or '')} on {one.performed_on}, "
            f"valid until {one.valid_until}",
            1,
        )
        for label, words in (
            ("Scope:", one.scope),
            ("Summary:", one.summary),
            ("Document:", one.document),
            ("File:", one.path),
            ("Key:", one.keyid),
        ):
            yield Labelled(label, 10, cut(words or ""), 2)


VIEW = View(
    title="Statements by others",
    proves="What somebody from outside attests",
    tables=statements,
    lines=lines,
)
