"""The evidence directory: the only place that knows file names, opens files and writes them.

Reading never fails because of what a slice's file holds: whatever is wrong with it becomes that slice's
fault, a sentence that names the place. A file is read once; the judgement and the digest are of those bytes.
"""

import contextlib
import hashlib
import os
import stat
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from haproof.core.check import AnySlice
from haproof.core.figures import cut
from haproof.core.model import Evidence, Source
from haproof.core.parse import Mismatch, parse_report
from haproof.core.record import NotRunRecord
from haproof.core.slices import SLICES
from haproof.errors import OutputError, UsageError

LARGEST_REPORT_BYTES = 64 * 1024 * 1024
"""A larger slice report is refused (evidence contract)."""

PROOF_FOLDER = "val26"
PROOF_STEM = "val26-proof-report"


class Unusable(Exception):
    """A slice's report cannot be read; the message becomes the slice's fault."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


def read_evidence(directory: str) -> Evidence:
    """Read the five slices below `directory`. Raises UsageError where that is not a directory."""
    if not os.path.isdir(directory):
        what = "is not a directory" if os.path.lexists(directory) else "does not exist"
        raise UsageError(f"{directory!r} {what}: name the evidence directory of a lab run")
    return Evidence(directory, tuple(_source(directory, slice_) for slice_ in SLICES))


def _source(directory: str, slice_: AnySlice) -> Source:
    """One slice: read, digested and validated, or the reason why not."""
    try:
        path = _discover(directory, slice_)
        content = _read(directory, path)
    except Unusable as fault:
        return Source(slice=slice_, path=fault.path, fault=str(fault))
    read = Source(slice=slice_, path=path, sha256=hashlib.sha256(content).hexdigest(), size=len(content))
    try:
        record = parse_report(content, slice_)
    except Mismatch as fault:
        return replace(read, fault=f"schema mismatch: {fault}")
    if isinstance(record, NotRunRecord):
        reason = cut(record.not_run) or "no reason given"
        return replace(read, fault=f"not run: {reason}", not_run=record)
    return replace(read, record=record)


def _discover(directory: str, slice_: AnySlice) -> str:
    """The path, relative to the evidence directory, of the slice's report."""
    usual = f"{slice_.folder}/{slice_.folder}-report.json"
    if os.path.lexists(os.path.join(directory, usual)):
        return usual
    try:
        names = sorted(os.listdir(os.path.join(directory, slice_.folder)))
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(usual, "not found") from None
    except OSError as fault:
        raise Unusable(usual, f"folder cannot be read ({fault.strerror})") from None
    matching = [name for name in names if "report" in name[:-5] and name.endswith(".json") and name[0] != "."]
    if not matching:
        raise Unusable(usual, "not found")
    if len(matching) > 1:
        raise Unusable(usual, f"ambiguous: {len(matching)} files match {slice_.folder}/*report*.json")
    return f"{slice_.folder}/{matching[0]}"


def _read(directory: str, path: str) -> bytes:
    """The bytes of a regular file inside the evidence directory, read once and without waiting."""
    real = os.path.realpath(os.path.join(directory, path))
    if not _inside(directory, real):
        raise Unusable(path, "a link that leads outside the evidence directory")
    try:
        handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as fault:
        raise Unusable(path, f"cannot be read ({fault.strerror})") from None
    try:
        return _read_regular(handle, path)
    except OSError as fault:
        raise Unusable(path, f"cannot be read ({fault.strerror})") from None
    finally:
        os.close(handle)


def _read_regular(handle: int, path: str) -> bytes:
    """All of an open regular file; refuses other kinds, too much, and a file that changes meanwhile."""
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        raise Unusable(path, "not a regular file")
    if before.st_size > LARGEST_REPORT_BYTES:
        raise Unusable(path, f"larger than 64 MiB ({before.st_size} bytes)")
    content = b""
    while len(content) <= before.st_size and (part := os.read(handle, before.st_size - len(content) + 1)):
        content += part
    after = os.fstat(handle)
    if (len(content), after.st_size, after.st_mtime_ns) != (
        before.st_size,
        before.st_size,
        before.st_mtime_ns,
    ):
        raise Unusable(path, "changed while it was read; run the report again once its producer has ended")
    return content


def newest_run(folder: str = "evidence") -> str:
    """The newest `cli-audit-lab-YYYY-MM-DD[-N]` below `folder`, by date, then by N."""
    runs: list[tuple[str, int, str]] = []
    with contextlib.suppress(OSError):
        for name in os.listdir(folder):
            date, _, later = name.removeprefix("cli-audit-lab-")[:10], None, name[24:]
            number = _suffix(later)
            if name.startswith("cli-audit-lab-") and _is_date(date) and number is not None:
                runs.append((date, number, os.path.join(folder, name)))
    directories = [run for run in runs if os.path.isdir(run[2])]
    if not directories:
        raise UsageError(
            f"no evidence directory given, and no {folder}/cli-audit-lab-YYYY-MM-DD here: "
            "run the lab first (haproof lab run), or name a directory"
        )
    return max(directories)[2]


def _is_date(text: str) -> bool:
    """YYYY-MM-DD, by its form."""
    parts = text.split("-")
    return [len(part) for part in parts] == [4, 2, 2] and all(part.isdecimal() for part in parts)


def _suffix(text: str) -> int | None:
    """1 for a day's first run, N for its `-N`; None for anything else."""
    if not text:
        return 1
    digits = text[1:]
    return int(digits) if text[0] == "-" and digits.isascii() and digits.isdecimal() else None


def replace_proof(
    evidence_dir: str, output_dir: str | None, files: Mapping[str, bytes], endings: Sequence[str]
) -> None:
    """Write the proof report beside the evidence, or into `output_dir`; `files` maps endings to content.

    Those of `endings` that were not made this time are removed: no stale page stands beside a new verdict.
    """
    folder = output_dir if output_dir is not None else _proof_folder(evidence_dir)
    write_files(
        folder,
        {f"{PROOF_STEM}.{ending}": content for ending, content in files.items()},
        stale=[f"{PROOF_STEM}.{ending}" for ending in endings if ending not in files],
    )


def _proof_folder(evidence_dir: str) -> str:
    """The folder inside the evidence directory; one that leads elsewhere is not written to."""
    folder = os.path.join(evidence_dir, PROOF_FOLDER)
    if not _inside(evidence_dir, os.path.realpath(folder)):
        raise OutputError(
            f"{folder!r} is a link that leads outside the evidence directory: "
            "remove it, or name a folder with --output-dir"
        )
    return folder


def _inside(directory: str, real: str) -> bool:
    """Whether a resolved path lies inside a directory."""
    root = os.path.realpath(directory)
    return os.path.commonpath([real, root]) == root


def write_files(folder: str, files: Mapping[str, bytes], stale: Sequence[str] = ()) -> None:
    """Write a set of files: each is complete on disk before the first is put in place, and the `stale` ones
    are gone by then.

    Raises OutputError where one of them cannot be written or removed; what `files` would replace is intact.
    """
    staged: list[tuple[str, str]] = []
    try:
        os.makedirs(folder, exist_ok=True)
        for name, content in files.items():
            target = os.path.join(folder, name)
            if os.path.isdir(target):
                raise IsADirectoryError(21, "is a directory", target)
            temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
            staged.append((temporary, target))
            _write_whole(temporary, content)
        for name in stale:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(folder, name))
        for temporary, target in staged:
            os.replace(temporary, target)
    except OSError as fault:
        where = fault.filename if isinstance(fault.filename, str) else folder
        raise OutputError(
            f"cannot write {where!r} ({fault.strerror}): free or unlock that place, or choose another folder"
        ) from None
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _write_whole(path: str, content: bytes) -> None:
    """One new file, complete and on disk."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(handle, view) :]
        os.fsync(handle)
    finally:
        os.close(handle)


def read_artifact(path: str) -> bytes:
    """The bytes of a JSON artifact that a person named. Raises UsageError where it cannot be read."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as fault:
        raise UsageError(
            f"{path!r} cannot be read ({fault.strerror}): name an evidence directory or a JSON artifact"
        ) from None
    try:
        return _read_regular(handle, path)
    except Unusable as fault:
        raise UsageError(f"{path!r} is {fault}: name an evidence directory or a JSON artifact") from None
    except OSError as fault:
        raise UsageError(f"{path!r} cannot be read ({fault.strerror})") from None
    finally:
        os.close(handle)
