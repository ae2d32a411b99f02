"""For the reviewer: contradictions, how much each claim can support, the files, and how to check it all."""

from collections.abc import Sequence

from haproof.core.bounds import trials_for
from haproof.core.figures import cut
from haproof.core.model import EvidenceFile, SliceResult
from haproof.core.recount import sources, summary
from haproof.core.report import Report
from haproof.core.strength import ASSUMPTION, TITLE, VALUES, Strength, percent, within
from haproof.render.document.blocks import (
    Absent,
    Block,
    Code,
    Column,
    Fold,
    Instant,
    Items,
    Lead,
    Note,
    Paragraph,
    Row,
    Section,
    Steps,
    Table,
    Words,
)
from haproof.render.document.verify import OPENING, steps
from haproof.render.document.wording import NO_BREAK, counted, signs

MOST_ARTIFACTS = 60
"""Most raw files listed for one kind of evidence; its report holds the whole list."""


def contradictions(report: Report) -> Section:
    """Checks reported PASS that the report's own figures contradict."""
    found = report.proof.contradictions
    said = "None: no check that was reported PASS is contradicted by the figures of its own report."
    shown: Block = Paragraph(said)
    if found:
        shown = Table(
            key="contradictions",
            caption="What is reported, while the same report's figures or raw files say otherwise",
            columns=(Column("Check"), Column("What the figures say", 3), Column("The rule", 2, "beside")),
            rows=tuple(
                Row((Code(entry.subject), entry.said(report.reasons), Note(signs(entry.rule))))
                for entry in found
            ),
            heads="ids",
        )
    return Section(key="contradictions", title="Contradictions", short="Contradictions", blocks=(shown,))


def strengths(report: Report) -> Section:
    """Claims that were tried several times as a table; those based on a single run in a fold."""
    entries = report.strength
    single = [entry for entry in entries if entry.single]
    several = [entry for entry in entries if not entry.single]
    said = (
        f"Every bound holds {ASSUMPTION}. It says how often the next trial could fail without contradicting "
        "the trials made; it says nothing of other machines, loads or faults."
    )
    blocks: list[Block] = [Paragraph(said)] if entries else [Absent("No slice was found.")]
    if several:
        blocks.append(_several(several))
    if single:
        blocks.append(_single(single, len(entries)))
    return Section(key="strength", title=TITLE, short="Strength", blocks=tuple(blocks))


def _several(entries: Sequence[Strength]) -> Table:
    return Table(
        key="strength",
        caption="Claims tried several times",
        columns=(
            Column("Claim", 1.6),
            Column("Trials", 1.8),
            Column("The failure probability that they exclude", 1.7, "beside"),
            Column("Needed for a lower bound", 1.5, "beside"),
        ),
        rows=tuple(_strength(entry) for entry in entries),
    )


def _strength(entry: Strength) -> Row:
    """A claim; what is not bounded is said to be so. How many more trials would say more is the last."""
    bound = "failure probability not bounded"
    if entry.fails_below is not None:
        bound = f"fails in fewer than {percent(entry.fails_below)} of cases"
    word = "more value" if entry.word == VALUES else "more trial"
    more = [f"{counted(count, word)} for {percent(share)}" for share, count in entry.more if count]
    wanted = Note(", ".join(more)) if more else ""
    return Row(((Lead(entry.claim), Code(entry.check)), _trials(entry), bound, wanted))


def _trials(entry: Strength) -> Words:
    if entry.clean is None:
        return (f"{entry.trials:,} {entry.word}", Note(entry.sentence))
    whole = f"{entry.clean:,} of {entry.trials:,} {entry.word} pass"
    if entry.clean != entry.trials:
        return (whole, Note(entry.sentence))
    return (whole, Note("; ".join(within(entry.quantiles)).replace("at most", "≤")))


def _single(single: Sequence[Strength], total: int) -> Fold:
    """They all support the same."""
    named = {entry.check: (f"{entry.claim} ", Code(entry.check)) for entry in single}
    failing = tuple(named[entry.check] for entry in single if not entry.clean)
    passing = tuple(named[entry.check] for entry in single if entry.clean)
    said = (
        f"One trial: no useful bound; {trials_for(0.05) - 1} more passing trials would bound the failure "
        f"rate below 5{NO_BREAK}%."
    )
    blocks: tuple[Block, ...] = (Paragraph(said), Items(passing, plain=True))
    if failing:
        blocks += (Paragraph("The run failed:"), Items(failing, plain=True))
    title = f"{len(single)} of {counted(total, 'claim')} are based on a single run"
    return Fold(title=title, blocks=blocks, opened=bool(failing))


def files(report: Report, raw: bool = True) -> Section:
    """Every report file that was judged, with the digest of its bytes; and the `raw` files it names."""
    found = report.proof.evidence.files
    shown: list[Block] = [] if found else [Absent("No slice report was found.")]
    if found:
        shown += [_files(report), *_recounted(report)]
    if raw:
        shown += [fold for result in report.slices for fold in _artifacts(result)]
    return Section(key="files", title="Evidence files", short="Files", blocks=tuple(shown))


def _files(report: Report) -> Table:
    runs = {result.id: _run(result) for result in report.slices}
    return Table(
        key="files",
        caption="Slice reports that were read, rejected ones included",
        columns=(
            Column("File", 1.4),
            Column("SHA-256 of the bytes judged", 2.2),
            Column("Size, time and run", 1.2, "beside"),
        ),
        rows=tuple(_file(file, runs.get(file.slice, "")) for file in report.proof.evidence.files),
    )


def _file(file: EvidenceFile, run: str) -> Row:
    when: Words = Instant(file.generated_at, file.generated_at) if file.generated_at else "no time"
    named: Words = Note(("run ", Code(run))) if run else ""
    size = f"{counted(file.bytes, 'byte')}, "
    title = (Lead(file.slice, f"file-{file.slice}"), Code(file.path))
    return Row((title, Code(file.sha256), (size, when, named)))


def _run(result: SliceResult) -> str:
    """The lab run that the report names."""
    known = result.source.record or result.source.not_run
    return cut(known.run_id) if known and known.run_id else ""


def _recounted(report: Report) -> tuple[Block, ...]:
    """How many figures were derived again, where that was asked for."""
    if not report.proof.options.recount:
        return ()
    return (Paragraph(f"Recounted: {summary(sources(report))}", "note"),)


def _artifacts(result: SliceResult) -> tuple[Block, ...]:
    """Raw evidence beside a report, as the report states it."""
    record = result.source.record
    listed = (record.artifacts if record else None) or []
    if not listed:
        return ()
    left = len(listed) - MOST_ARTIFACTS
    more = f", the first {MOST_ARTIFACTS} listed" if left > 0 else ""
    table = Table(
        key=f"raw-{result.id}",
        caption=f"Raw evidence in {result.source.kind.folder}/, digests as its report states them",
        columns=(Column("File", 1.4), Column("SHA-256", 2.2), Column("Size", 0.8, "beside")),
        rows=tuple(
            Row((Code(cut(entry.path)), Code(entry.sha256), counted(entry.bytes, "byte")))
            for entry in listed[:MOST_ARTIFACTS]
        ),
    )
    return (Fold(title=f"{result.id}: {len(listed)} raw files{more}", blocks=(table,)),)


def verifying(report: Report, *further: Block) -> Section:
    """How anybody can check."""
    blocks = (Paragraph(OPENING), Steps(steps(report)), *further)
    return Section(key="verifying", title="How to verify", short="Verify", blocks=blocks)
