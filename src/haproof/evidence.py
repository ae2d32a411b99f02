"""The evidence directory: the only place that knows file names and opens evidence.

Reading never fails because of what a slice's file holds: whatever is wrong with it becomes that slice's
fault, a sentence that names the place. A file is read once; the judgement and the digest are of those bytes.
"""

import os
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from haproof.core.figures import cut
from haproof.core.house import House
from haproof.core.kind import Kind
from haproof.core.parse import Mismatch, parse_report
from haproof.core.record import NotRunRecord
from haproof.core.source import Evidence, Source
from haproof.core.trust import NOBODY, Trusted
from haproof.digest import sha256_hex
from haproof.errors import OutputError, UsageError
from haproof.files import write_files
from haproof.inside import Unusable, is_inside, read_inside

LARGEST_REPORT_BYTES = 64 * 1024 * 1024
"""A larger slice report is refused (evidence contract)."""

PROOF_FOLDER = "val26"
PROOF_STEM = "val26-proof-report"

ATTESTATION = "val26-attestation.dsse.json"
"""What 'haproof sign' writes into the report's folder."""


def read_evidence(directory: str, house: House, trusted: Trusted = NOBODY) -> Evidence:
    """Read the kinds of evidence below `directory`: every required one, and the optional ones whose folder is
    there. `trusted` says whose signatures are looked up. Raises UsageError where that is not a directory."""
    if not os.path.isdir(directory):
        what = "is not a directory" if os.path.lexists(directory) else "does not exist"
        raise UsageError(f"{directory!r} {what}: name the evidence directory of a lab run")
    there = [
        kind
        for kind in house.kinds
        if kind.role == "window" or os.path.lexists(os.path.join(directory, kind.folder))
    ]
    return Evidence(directory, tuple(_source(directory, kind, trusted) for kind in there))


def _source(directory: str, kind: Kind, trusted: Trusted) -> Source:
    """One kind: read, digested and validated, or the reason why not."""
    if kind.ending:
        from haproof.gathering import gathered

        return gathered(directory, kind, trusted)
    try:
        path = _discover(directory, kind)
        content = read_inside(directory, path, LARGEST_REPORT_BYTES)
    except Unusable as fault:
        return Source(kind=kind, path=fault.path, fault=str(fault))
    read = Source(kind=kind, path=path, sha256=sha256_hex(content), size=len(content))
    try:
        record = parse_report(content, kind)
    except Mismatch as fault:
        return replace(read, fault=f"schema mismatch: {fault}")
    if isinstance(record, NotRunRecord):
        reason = cut(record.not_run) or "no reason given"
        return replace(read, fault=f"not run: {reason}", not_run=record)
    return replace(read, record=record)


def _discover(directory: str, kind: Kind) -> str:
    """The path, relative to the evidence directory, of the kind's report."""
    usual = kind.usual_path
    if os.path.lexists(os.path.join(directory, usual)) and not os.path.isdir(os.path.join(directory, usual)):
        return usual
    try:
        names = sorted(os.listdir(os.path.join(directory, kind.folder)))
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(usual, "not found") from None
    except OSError as fault:
        raise Unusable(usual, f"folder cannot be read ({fault.strerror})") from None
    place = os.path.join(directory, kind.folder)
    named = [name for name in names if "report" in name[:-5] and name.endswith(".json") and name[0] != "."]
    matching = [name for name in named if not os.path.isdir(os.path.join(place, name))]
    if not matching:
        usual_is_folder = f"{kind.folder}-report.json" in named
        raise Unusable(usual, "not a regular file" if usual_is_folder else "not found")
    if len(matching) > 1:
        raise Unusable(usual, f"ambiguous: {len(matching)} files match {kind.folder}/*report*.json")
    return f"{kind.folder}/{matching[0]}"


def replace_proof(
    evidence_dir: str,
    output_dir: str | None,
    files: Mapping[str, bytes],
    endings: Sequence[str],
    signature: Sequence[str] = (),
) -> list[str]:
    """Write the proof report beside the evidence, or into `output_dir`; `files` maps endings to content.

    Those of `endings` that were not made this time are removed, so that no old page is next to a new verdict,
    and so are the files of a `signature`, which would not be true of it. Returns the paths that were removed.
    """
    return write_files(
        proof_folder(evidence_dir, output_dir),
        {f"{PROOF_STEM}.{ending}": content for ending, content in files.items()},
        stale=[*signature, *(f"{PROOF_STEM}.{ending}" for ending in endings if ending not in files)],
        otherwise="or use --output-dir",
    )


def proof_folder(evidence_dir: str, output_dir: str | None = None) -> str:
    """Where the report goes. The folder inside the evidence directory must not lead elsewhere."""
    if output_dir is not None:
        return output_dir
    folder = os.path.join(evidence_dir, PROOF_FOLDER)
    if not is_inside(evidence_dir, os.path.realpath(folder)):
        raise OutputError(
            f"{folder!r} is a link that leads outside the evidence directory: "
            "remove it, or name a folder with --output-dir"
        )
    return folder


def read_artifact(path: str) -> bytes:
    """The bytes of a JSON artifact that a person named. Raises UsageError where it cannot be read."""
    from haproof.named_file import NotAFile, read_named

    try:
        return read_named(path, LARGEST_REPORT_BYTES, may_be_empty=True).content
    except NotAFile as fault:
        raise UsageError(f"{path!r} is {fault.so('name an evidence directory or a JSON artifact')}") from None
