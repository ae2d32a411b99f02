"""The evidence files by digest, and how anybody can check this page against them."""

from collections.abc import Sequence

from markupsafe import Markup

from haproof.core.figures import cut
from haproof.core.model import EvidenceFile, Report, SliceResult
from haproof.core.record import Artifact
from haproof.core.recount import sources, summary
from haproof.render.document.verify import OPENING, steps
from haproof.render.document.wording import counted
from haproof.render.html.components import absent, code, disclosure, note, section, split, table
from haproof.render.markup import Content, tag

MOST_ARTIFACTS = 60
"""Most raw files listed for one slice; its report holds the whole list."""


def files(report: Report) -> Markup:
    """Every report file that was judged, with the digest of its bytes, and the raw files it names."""
    found = report.proof.evidence.files
    if not found:
        return section("files", 3, "Evidence files", absent("No slice report was found."))
    runs = {result.id: _run(result) for result in report.slices}
    rows = [_file(file, runs[file.slice]) for file in found]
    return section(
        "files",
        3,
        "Evidence files",
        table(
            "files",
            "Slice reports that were read, rejected ones included",
            ("File", "SHA-256 of the bytes judged, size, time and run"),
            rows,
        ),
        note(f"Recounted: {summary(sources(report))}") if report.proof.options.recount else None,
        [_artifacts(result) for result in report.slices],
    )


def _file(file: EvidenceFile, run: str) -> list[Content]:
    when = tag("time", file.generated_at, datetime=file.generated_at) if file.generated_at else "no time"
    return [
        [tag("span", file.slice, id=f"file-{file.slice}", class_="text"), code(file.path)],
        split(
            code(file.sha256),
            [f"{counted(file.bytes, 'byte')}, ", when, note("run ", code(run)) if run else None],
        ),
    ]


def _run(result: SliceResult) -> str:
    """The lab run that the slice names."""
    known = result.source.record or result.source.not_run
    return cut(known.run_id) if known and known.run_id else ""


def _artifacts(result: SliceResult) -> Content:
    """Raw evidence beside a report, as the report states it."""
    record = result.source.record
    listed: list[Artifact] = (record.artifacts if record else None) or []
    if not listed:
        return None
    rows = [
        [code(cut(entry.path)), split(code(entry.sha256), counted(entry.bytes, "byte"))]
        for entry in listed[:MOST_ARTIFACTS]
    ]
    left = len(listed) - MOST_ARTIFACTS
    more = f", the first {MOST_ARTIFACTS} listed" if left > 0 else ""
    key = f"raw-{result.id}"
    caption = f"Raw evidence in {result.source.slice.folder}/, digests as its report states them"
    return disclosure(
        f"{result.id}: {len(listed)} raw files{more}",
        table(key, caption, ("File", "SHA-256 and size"), rows),
    )


def verifying(report: Report) -> Markup:
    """How anybody can check."""
    listed = [tag("li", tag("p", step.words), _block(step.commands)) for step in steps(report)]
    return section("verifying", 3, "How to verify", tag("p", OPENING), tag("ol", listed, class_="steps"))


def _block(commands: Sequence[str]) -> Markup:
    """Commands, a line each; it scrolls by itself, so it can be reached by keyboard."""
    lines: list[Content] = []
    for line in commands:
        lines += [line, Markup("\n")]
    return tag("pre", tag("code", lines[:-1]), tabindex="0", role="group", aria_label="Commands")
