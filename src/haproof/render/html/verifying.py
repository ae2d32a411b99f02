"""The evidence files by digest, and how anybody can hold this page against them."""

import re

from markupsafe import Markup

from haproof.core.figures import cut, separated
from haproof.core.model import EvidenceFile, Report, SliceResult
from haproof.core.record import Artifact
from haproof.render.html.components import absent, code, disclosure, section, table
from haproof.render.markup import Content, tag

MOST_ARTIFACTS = 60
"""Most raw files listed for one slice; its report holds the whole list."""

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./-]+\Z")


def files(report: Report) -> Markup:
    """Every report file that was judged, with the digest of its bytes, and the raw files it names."""
    found = report.proof.evidence.files
    if not found:
        return section("files", 3, "Evidence files", absent("No slice report was found."))
    heads = ("Slice", "File", "SHA-256 of the bytes judged", "Bytes", "Recorded", "Run")
    runs = {result.id: _run(result) for result in report.slices}
    rows = [_file(file, runs[file.slice]) for file in found]
    return section(
        "files",
        3,
        "Evidence files",
        table("files", "Slice reports that were read, rejected ones included", heads, rows, (3,)),
        [_artifacts(result) for result in report.slices],
    )


def _file(file: EvidenceFile, run: str) -> list[Content]:
    return [
        tag("span", file.slice, id=f"file-{file.slice}"),
        code(file.path),
        code(file.sha256),
        separated(file.bytes),
        tag("time", file.generated_at, datetime=file.generated_at) if file.generated_at else "–",
        code(run) if run else "–",
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
        [code(cut(entry.path)), code(entry.sha256), separated(entry.bytes)]
        for entry in listed[:MOST_ARTIFACTS]
    ]
    left = len(listed) - MOST_ARTIFACTS
    more = f", the first {MOST_ARTIFACTS} listed" if left > 0 else ""
    key = f"raw-{result.id}"
    caption = f"Raw evidence in {result.source.slice.folder}/, digests as its report states them"
    return disclosure(
        f"{result.id}: {len(listed)} raw files{more}",
        table(key, caption, ("File", "SHA-256", "Bytes"), rows, (2,)),
    )


def verifying(report: Report) -> Markup:
    """Three ways to check, weakest claim on trust last."""
    proof = report.proof
    directory = quoted(proof.evidence_dir)
    as_given = word(proof.evidence_dir)
    again = (
        f"haproof report --generated-at {proof.generated_at} --write html --output-dir again -- {as_given}\n"
        f"cmp again/val26-proof-report.html {quoted(f'{proof.evidence_dir}/val26/val26-proof-report.html')}"
    )
    steps = [
        _step("The evidence is the evidence that was judged.", _sums(report, directory)),
        _step(
            f"The judgement follows from it. Any machine with haproof {proof.generator.version} writes the "
            "same bytes, to the last one:",
            again,
        ),
        _step(
            "Nobody changed either since it was signed. Where val26/val26-attestation.dsse.json stands "
            "beside the report, with the signer's public key:",
            f"haproof verify {directory} --key signer.pub",
        ),
    ]
    return section(
        "verifying",
        3,
        "How to verify",
        tag("p", "You need not trust this page. It states only what follows from the files above."),
        tag("ol", steps, class_="steps"),
    )


def _step(words: str, commands: str) -> Markup:
    return tag("li", tag("p", words), _block(commands))


def _block(commands: str) -> Markup:
    """Commands, a line each; it scrolls by itself, so it can be reached by keyboard."""
    lines: list[Content] = []
    for line in commands.split("\n"):
        lines += [line, Markup("\n")]
    return tag("pre", tag("code", lines[:-1]), tabindex="0", role="group", aria_label="Commands")


def _sums(report: Report, directory: str) -> str:
    """`sha256sum` over the files judged, as one paste."""
    sums = [f"{file.sha256}  {file.path}" for file in report.proof.evidence.files]
    if not sums:
        return f"ls {directory}"
    return "\n".join([f"(cd {directory} && sha256sum --check) <<'END'", *sums, "END"])


def quoted(path: str) -> str:
    """A path as one word of a POSIX shell, never taken for an option."""
    return word(f"./{path}" if path.startswith("-") else path)


def word(text: str) -> str:
    """Any text as one word of a POSIX shell, which runs nothing of it."""
    return text if _PLAIN.match(text) else "'" + text.replace("'", "'\\''") + "'"
