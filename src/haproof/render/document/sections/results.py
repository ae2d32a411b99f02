"""What was measured: for each kind of evidence one line that stands for it, then charts, figures, checks."""

from collections.abc import Iterator

from haproof.core.figures import cut
from haproof.core.model import Beyond, CheckResult, SliceResult, SliceRow
from haproof.core.platform import platform_words
from haproof.core.report import Report
from haproof.core.topology import recorded_platform
from haproof.render.document.blocks import (
    Absent,
    Anchored,
    Aside,
    Block,
    Broken,
    Code,
    Column,
    Drawing,
    Fold,
    Gauge,
    Headline,
    Instant,
    Lead,
    Listed,
    Note,
    Paragraph,
    Result,
    Row,
    Section,
    Strong,
    Table,
    Words,
)
from haproof.render.document.evidence_window import evidence_window
from haproof.render.document.explained import explained
from haproof.render.document.figures import Figure, Found, figures, found, headlines, poll_interval
from haproof.render.document.sections.opening import window_words
from haproof.render.document.states import state
from haproof.render.document.wording import counted, rounded, signs
from haproof.render.views import View, view_of

FIGURES = (
    Column("Figure", 3),
    Column("Measured", 2.6),
    Column("Limit", 1.6, "beside"),
    Column("Margin", place="note"),
    Column("Status"),
)

CHECKS = (
    Column("Check"),
    Column("Status", place="with"),
    Column("Criterion", 2),
    Column("What was found", 3, "beside"),
)

FOLDED = "Why, how, not proved"

MOST_HOLDING = 6
"""Figures of one check that hold and are listed at once; of a matrix of trials there are dozens."""


def results(report: Report, folded: bool = True) -> tuple[Block, ...]:
    """Everything that was measured, in the order of the report; each check explained where that is folded."""
    rows = rows_of(report)
    return tuple(_result(report, rows[result.id], result, folded) for result in report.results)


def rows_of(report: Report) -> dict[str, SliceRow | Beyond]:
    """The rows of the artifact by the ids of their kinds."""
    rows: list[SliceRow | Beyond] = [*report.proof.slices, *report.proof.beyond]
    return {row.id: row for row in rows}


def _result(report: Report, row: SliceRow | Beyond, result: SliceResult, folded: bool) -> Block:
    """One kind of evidence: its line, and behind it everything else; open unless it passes."""
    view = view_of(result.source.kind)
    shown = figures(result.source.kind, report.metrics(result) or {})
    inside: tuple[Block, ...] = () if row.status != "MISSING" else (Absent(row.detail or ""),)
    if result.found:
        inside = (
            *inside,
            *_inside(report, view, row, result, shown, folded),
            *_checks(report, result, folded),
        )
    blamed = any(reason.slice == row.id for reason in report.proof.reasons)
    return Result(
        key=row.id.lower(),
        title=row.name,
        beside=row.id if result.source.kind.ending else f"{row.id}, {_place(report, view, row.id)}",
        short=view.title or row.name,
        state=state(row.status),
        line=_line(row, result) if row.total is not None else "",
        headlines=tuple(_headline(entry) for entry in headlines(shown)),
        blocks=inside,
        opened=not result.found or row.status != "PASS" or blamed,
    )


def _place(report: Report, view: View, kind: str) -> str:
    """Where it was run, as far as it is recorded."""
    words = platform_words(recorded_platform(report.results, kind))
    return words.replication if view.replicates else words.cluster


def counts(row: SliceRow | Beyond, result: SliceResult) -> str:
    """`10 of 10 checks pass, 10 judged again from figures`."""
    total = counted(row.total or 0, "check")
    return f"{row.passed} of {total} pass, {result.rejudged} judged again from figures"


def _line(row: SliceRow | Beyond, result: SliceResult) -> Words:
    """Checks and time."""
    when: Words = (" · recorded ", Instant(row.generated_at, row.generated_at)) if row.generated_at else ()
    return (f" {counts(row, result)}", when)


def _headline(entry: Figure) -> Headline:
    """`98 % below the limit (≤ 5,000 ms)`; nothing where yes or no says it all."""
    said = f"{entry.margin} ({entry.limit})" if entry.margin else entry.limit
    plain = entry.kept and entry.value in ("yes", "no")
    return Headline(label=entry.label, value=entry.brief, limit="" if plain else said, kept=entry.kept)


def _inside(
    report: Report,
    view: View,
    row: SliceRow | Beyond,
    result: SliceResult,
    shown: tuple[Figure, ...],
    folded: bool,
) -> tuple[Block, ...]:
    """What the line stands for. How it was measured stands where nothing can be asked for."""
    key, about = row.id.lower(), result.source.kind.about
    judged = [entry for entry in shown if entry.status is not None]
    others = [entry for entry in shown if entry.status is None]
    interval = poll_interval(report.metrics(result) or {})
    every = f"{rounded(interval)} ms" if interval else ""
    blocks: list[Block] = [
        Paragraph((Strong("Proves:"), f" {(view.proves or about.meaning).removesuffix('.')}.")),
        *([] if folded else [Paragraph((Strong("How it is measured:"), f" {about.how}"))]),
        Paragraph((Strong("Does not prove:"), f" {about.not_proved}")),
        *([Paragraph(row.detail, "note")] if row.detail else []),
        *view.tables(report, result),
        *(Drawing(chart) for chart in view.charts(report, result)),
        *(Paragraph(note, "note") for note in view.notes(report)),
        *_remarks(result),
        *([_figures(f"{key}-metrics", f"{row.name}: figures and their limits", judged)] if judged else []),
        *([Paragraph(f"±{every}: the status was polled every {every}.", "note")] if every else []),
    ]
    if others:
        table = _figures(f"{key}-informational", f"{row.name}: figures that no check is tied to", others)
        blocks.append(Fold(title=counted(len(others), "informational figure"), blocks=(table,)))
    return tuple(blocks)


def _remarks(result: SliceResult) -> Iterator[Paragraph]:
    """What is said beside the figures of a kind, wherever they are shown."""
    for remark in result.remarks:
        yield Paragraph((Strong("Note:"), f" {remark}."))


def _figures(key: str, caption: str, rows: list[Figure]) -> Table:
    """Figures with their limits: the short form, and the exact one under the name."""
    return Table(key=key, caption=caption, columns=FIGURES, rows=tuple(map(_figure, rows)), heads="names")


def measured(report: Report) -> tuple[Block, ...]:
    """The figures of each kind of evidence, what is said beside them, and nothing else of it."""
    return tuple(block for result in report.results for block in _measured(report, result))


def _measured(report: Report, result: SliceResult) -> Iterator[Block]:
    yield from view_of(result.source.kind).tables(report, result)
    shown = list(figures(result.source.kind, report.metrics(result) or {}))
    if shown:
        yield _figures(f"{result.id.lower()}-figures", f"{result.id} {result.source.kind.name}", shown)
        yield from _remarks(result)


def _figure(row: Figure) -> Row:
    exact = Aside(f" = {row.exact}") if row.exact else ""
    return Row(
        (
            (Lead(row.label), Note((Code(row.name), exact))),
            (Lead(row.value), Aside(Note(row.trials)) if row.trials else ""),
            row.limit or "–",
            (row.margin, Gauge(row.used) if row.used is not None else "") if row.margin else "",
            (state(row.status or "informational"), Note(row.tied) if row.tied else ""),
        )
    )


def _checks(report: Report, result: SliceResult, folded: bool) -> tuple[Block, ...]:
    """The checks: those that fail at once, those that pass in a fold."""
    blamed = {reason.check for reason in report.proof.reasons}
    failed = [entry for entry in result.checks if not entry.passed or entry.check.id in blamed]
    passed = [entry for entry in result.checks if entry not in failed]
    key, blocks = f"{result.id.lower()}-checks", list[Block]()
    if failed:
        blocks.append(_check_table(f"{key}-failed", f"Checks of {result.id} that fail", failed, folded))
    if passed:
        inner = _check_table(key, f"Checks of {result.id} that pass", passed, folded)
        blocks.append(Fold(title=f"{counted(len(passed), 'passing check')} of {result.id}", blocks=(inner,)))
    return tuple(blocks)


def _check_table(key: str, caption: str, entries: list[CheckResult], folded: bool) -> Table:
    rows = tuple(_check(entry, folded) for entry in entries)
    return Table(key=key, caption=caption, columns=CHECKS, rows=rows, heads="ids")


def _check(entry: CheckResult, folded: bool) -> Row:
    """One check: PASS only where it was reported so and no figure contradicts it."""
    contradicted = Note("reported PASS, contradicted by its own figures") if entry.contradicted else ""
    words = explained(entry.check.about) if folded else ()
    return Row(
        (
            Anchored(f"check-{entry.check.id}", Code(entry.check.id)),
            state("PASS" if entry.passed else "FAIL"),
            (Lead(signs(entry.check.title)), contradicted),
            _found(entry, folded),
        ),
        Fold(title=FOLDED, blocks=words) if words else None,
    )


def _found(entry: CheckResult, named: bool) -> Words:
    """Each figure beside its rule, those that break it first, many that hold in a fold; where there is none,
    what the producer reports, and that it is no more."""
    failing = [_finding(found(finding), named) for finding in entry.findings if not finding.holds]
    holding = [_finding(found(finding), named) for finding in entry.findings if finding.holds]
    folded = holding if len(holding) > MOST_HOLDING else []
    said: list[Words] = failing if folded else failing + holding
    if not entry.findings:
        said.append(f"as reported by the producer: {entry.entry.status}, no figures given")
    if entry.entry.detail:
        said.append(Note(f"producer: {cut(entry.entry.detail)}"))
    title = f"{len(folded)} others hold" if failing else f"all {len(folded)} hold"
    return Listed(tuple(said), tuple(folded), title if folded else "")


def _finding(entry: Found, named: bool) -> Words:
    """`SIGTERM graceful failover 342 ms (≤ 5,000 ms)`, marked where it fails; its exact value is in the table
    of figures too."""
    broken = "" if entry.holds else Broken(" — fails")
    exact = f" = {entry.exact}" if entry.exact else ""
    return (entry.words, broken, *((" ", Note((Code(entry.name), exact))) if named else ()))


def coverage(report: Report) -> Section:
    """One row for each kind of evidence that every report asks for."""
    rows = rows_of(report)
    table = Table(
        key="coverage",
        caption="What each kind of evidence came to",
        columns=(
            Column("Evidence", 3),
            Column("What it proves", place="note"),
            Column("Result"),
            Column("Checks", 1.7),
            Column("Recorded", 2),
            Column("Detail", place="note"),
        ),
        rows=tuple(_covered(rows[result.id], result) for result in report.results),
        heads="names",
    )
    return Section(key="coverage-section", title="Scenario coverage", short="Coverage", blocks=(table,))


def _covered(row: SliceRow | Beyond, result: SliceResult) -> Row:
    recorded: Words = Instant(row.generated_at, row.generated_at) if row.generated_at else "–"
    proves = view_of(result.source.kind).proves or result.source.kind.about.meaning
    said = counts(row, result) if row.total is not None else "–"
    detail: Words = row.detail or ""
    if result.remarks:
        detail = Listed((*([detail] if detail else []), *result.remarks))
    return Row((Lead(f"{row.id} {row.name}"), proves, state(row.status), said, recorded, detail))


def window(report: Report) -> Section:
    """When the evidence was recorded; opened where that is not one run."""
    judged = report.proof.evidence.window
    chart = evidence_window(report)
    said = Paragraph((state("PASS" if judged.coherent else "NOT COHERENT"), " ", window_words(report)))
    shown: Block = Absent("No slice was found.")
    if chart:
        title, drawn = "When each report was recorded", (Drawing(chart),)
        shown = Fold(title=title, blocks=drawn, opened=not judged.coherent)
    return Section(key="window", title="Evidence window", short="Window", blocks=(said, shown))
