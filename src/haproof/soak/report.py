"""The VAL18 report of a soak, derived from its journal, which is put beside it as raw evidence."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from haproof.core.soak.figures import metrics, observations
from haproof.core.soak.fold import Fold
from haproof.errors import OutputError, UsageError
from haproof.files import make_folder, write_files
from haproof.kinds.soak import KIND
from haproof.lab.draft import Draft
from haproof.lab.slice_report import ReportFile, header, judged
from haproof.places import refuse_signed
from haproof.soak.folder import JOURNAL, SoakFolder
from haproof.soak.rounds import iso
from haproof.version import VERSION

REPORT = f"{KIND.folder}-report.json"
CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class Written:
    """Where the report lies, and how it was judged."""

    path: Path
    judged: ReportFile
    details: dict[str, str]
    compressed: bool


def write_report(soak: SoakFolder, evidence: Path) -> Written:
    """Write `val18/` of an evidence directory. Raises UsageError, OutputError, NotWritten.

    The report is dated by the last line of the journal, so that an old soak does not become new by it.
    """
    folder = evidence / KIND.folder
    fold = soak.resume()
    _refuse(folder, fold.plan.soak)
    fold = soak.read()
    begun, size = iso(_first_ms(soak)), soak.read_bytes
    fold.finish()
    if fold.last is None:
        raise UsageError(f"{soak.path / JOURNAL} holds no line")
    try:
        make_folder(str(folder))
        journal = _copied(soak.path / JOURNAL, folder / JOURNAL, size)
    except OSError as fault:
        raise OutputError(
            f"{folder / JOURNAL} cannot be written ({fault.strerror}): check permissions and free space"
        ) from None
    draft = Draft(metrics(fold), observations(fold))
    for name, value in metrics(fold).items():
        draft.metric(name, value)
    for name, value in observations(fold).items():
        draft.observe(name, value)
    when = iso(fold.last.at_ms)
    head = header(KIND, begun, when, fold.plan.soak, _environment(fold))
    report = judged(KIND, head, draft, [journal])
    write_files(str(folder), {REPORT: report.content})
    entries = msgspec.json.decode(report.content)["checks"]
    details = {entry["id"]: entry["detail"] for entry in entries}
    return Written(folder / REPORT, report, details, fold.plan.compressed)


def _refuse(folder: Path, soak: str) -> None:
    refuse_signed(str(folder), "name another directory")
    try:
        there = msgspec.json.decode((folder / REPORT).read_bytes())
        run = there.get("run_id")
    except FileNotFoundError:
        return
    except (OSError, ValueError, AttributeError):
        run = None
    if run != soak:
        raise UsageError(
            f"{str(folder / REPORT)!r} is not of this soak and is left as it is: name another directory"
        )


def _first_ms(soak: SoakFolder) -> int:
    with open(soak.path / JOURNAL, "rb") as stream:
        return int(msgspec.json.decode(stream.readline())["at_ms"])


def _copied(source: Path, target: Path, size: int) -> dict[str, Any]:
    """The first `size` bytes of a file as another one, and what a report says of it."""
    digest, left = hashlib.sha256(), size
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with open(source, "rb") as read, open(temporary, "wb") as write:
            while left and (piece := read.read(min(CHUNK_BYTES, left))):
                digest.update(piece)
                write.write(piece)
                left -= len(piece)
            write.flush()
            os.fsync(write.fileno())
        os.replace(temporary, target)
    finally:
        temporary.unlink(missing_ok=True)
    return {"path": target.name, "sha256": digest.hexdigest(), "bytes": size - left}


def _environment(fold: Fold) -> dict[str, Any]:
    plan = fold.plan
    return {
        "database": plan.database,
        "database_version": plan.version,
        "chaos": "planned failovers",
        "system": {"name": plan.system},
        "generator": {"name": "haproof", "version": VERSION},
        "settings": {
            "compression": plan.compression,
            "reboots": fold.totals.reboots,
            "probes_failed": fold.totals.failed,
            "probes_not_written": fold.totals.unwritten,
            "prober_peak_bytes": fold.peak_bytes,
            "prober_cpu_ms": fold.cpu_ms,
            "rows_lost": fold.lost,
            "faults": list(fold.faults),
        },
    }
