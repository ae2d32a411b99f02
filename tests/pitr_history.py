"""Histories of a point-in-time recovery, written by hand: a healthy run, and each fault planted into it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from haproof.core.histories.point_in_time import TARGET_NOT_REACHED, derive
from haproof.core.histories.point_in_time_lines import (
    Answered,
    AnyLine,
    Archived,
    Backup,
    Found,
    Inspected,
    Listed,
    Opened,
    Restore,
    Sent,
    Target,
    Until,
    Wrote,
    encode,
)

SHA = "ab" * 32
SEGMENT = "000000010000000000000005"
ASKED_MS, ANSWERED_MS = 100.0, 101.0
ROWS = (1, 2, 3, 4, 5)
"""1 and 2 are acknowledged before T, 3 is in flight at T, 4 and 5 come later."""

TRUE = (
    "base_verified",
    "restored_within_bounds",
    "latest_restored_all",
    "damaged_segment_refused",
    "missing_segment_refused",
    "future_target_refused",
    "latest_damage_noticed",
    "latest_missing_noticed",
    "damaged_base_refused",
    "archives_nowhere",
    "new_timeline",
)


def write(row: int, sent_ms: float, answered_ms: float) -> list[AnyLine]:
    return [
        Sent(t_ms=sent_ms, id=row),
        Answered(t_ms=answered_ms, id=row, outcome="acknowledged"),
    ]


def opened(restore: str, rows: tuple[int, ...], stopped_at: str = "0/900000") -> Opened:
    return Opened(
        t_ms=900,
        restore=restore,
        timeline=2,
        stopped_at=stopped_at,
        stop_reason="before a transaction",
        end="0/900000",
        stored=len(rows),
        rows=list(rows),
    )


def restore(
    name: str, archive: str, until: Until, refused_by: Any = None, words: str | None = None
) -> Restore:
    return Restore(
        t_ms=850.5,
        restore=name,
        backup="base",
        archive=archive,
        until=until,
        began_ms=800,
        refused_by=refused_by,
        words=words,
    )


def wrote(restore: str, mode: str = "off", *, acknowledged: bool = True) -> Wrote:
    return Wrote(
        t_ms=910,
        restore=restore,
        acknowledged=acknowledged,
        archive_mode=mode,
        archive_before=SHA,
        archive_after=SHA,
    )


def file(backup: str, checksum: str = SHA) -> list[AnyLine]:
    return [
        Listed(t_ms=1, backup=backup, path="base/1/2", size=8192, algorithm="SHA256", checksum=SHA),
        Found(t_ms=1, backup=backup, path="base/1/2", size=8192, checksum=checksum),
    ]


@dataclass
class Run:
    """The lines of a healthy run, to be changed."""

    lines: list[AnyLine] = field(default_factory=list)

    def change(self, kind: type[AnyLine], which: Callable[[Any], bool], **changed: Any) -> None:
        """Replace fields of the lines that `which` picks; at least one must be there."""
        picked = [line for line in self.lines if isinstance(line, kind) and which(line)]
        assert picked
        self.lines = [
            replace(line, **changed) if isinstance(line, kind) and which(line) else line
            for line in self.lines
        ]

    def drop(self, kind: type[AnyLine], which: Callable[[Any], bool]) -> None:
        kept = [line for line in self.lines if not (isinstance(line, kind) and which(line))]
        assert len(kept) < len(self.lines)
        self.lines = kept

    @property
    def figures(self) -> dict[str, Any]:
        """Through the bytes of the file, as everybody reads it."""
        return derive(map(encode, self.lines))


def healthy() -> Run:
    run = Run()
    run.lines += write(1, 10, 20) + write(2, 30, ASKED_MS) + write(3, 99, 102)
    run.lines += write(4, 102, 103) + write(5, 200, 201)
    run.lines += [
        Backup(t_ms=50, backup="base", began_ms=40, start="0/500028", end="0/500100", timeline=1),
        Backup(t_ms=70, backup="incremental", began_ms=60, start="0/600028", end="0/600100", timeline=1),
        Target(t_ms=ANSWERED_MS, asked_ms=ASKED_MS, time="2026-11-28 17:00:00.5+00", lsn="0/800000"),
        Archived(t_ms=300, archive="kept", name=SEGMENT, size=1 << 20, sha256=SHA),
        Archived(t_ms=300, archive="kept", name=f"{SEGMENT}.00000028.backup", size=300, sha256=SHA),
        *file("base"),
        *file("incremental"),
        restore("time", "kept", "time"),
        opened("time", (1, 2, 3)),
        wrote("time"),
        Inspected(t_ms=700, archive="kept", missing=[], unreadable=None),
        restore("end", "kept", "end"),
        opened("end", ROWS),
        restore("future", "kept", "future", "PostgreSQL", TARGET_NOT_REACHED),
        Inspected(t_ms=700, archive="damaged", missing=[], unreadable="incorrect checksum in record"),
        restore("damaged-time", "damaged", "time", "PostgreSQL", TARGET_NOT_REACHED),
        restore("damaged-end", "damaged", "end"),
        opened("damaged-end", (1,), stopped_at="0/700010"),
        Inspected(t_ms=700, archive="missing", missing=[SEGMENT], unreadable=None),
        restore("missing-time", "missing", "time", "PostgreSQL", TARGET_NOT_REACHED),
        restore("missing-end", "missing", "end"),
        opened("missing-end", (), stopped_at="0/600000"),
        *file("damaged-base", checksum="cd" * 32),
        restore("damaged-base", "kept", "end", "procedure", "base/1/2 has another checksum"),
    ]
    return run


def _time(rows: tuple[int, ...], stored: int) -> Callable[[Run], None]:
    return lambda run: run.change(Opened, lambda line: line.restore == "time", rows=list(rows), stored=stored)


def _end(rows: tuple[int, ...], stored: int) -> Callable[[Run], None]:
    return lambda run: run.change(Opened, lambda line: line.restore == "end", rows=list(rows), stored=stored)


def _of(kind: type[AnyLine], name: str, value: str, **changed: Any) -> Callable[[Run], None]:
    return lambda run: run.change(kind, lambda line: getattr(line, name) == value, **changed)


def _unchecked(run: Run) -> None:
    run.change(Listed, lambda line: line.backup == "base", checksum=None)
    run.change(Found, lambda line: line.backup == "base", checksum=None)


FAULTS: dict[str, tuple[str, Callable[[Run], None]]] = {
    "acknowledged before T, and not restored": ("restored_within_bounds", _time((1, 3), 2)),
    "restored, and sent after T": ("restored_within_bounds", _time((1, 2, 3, 4), 4)),
    "restored, and sent by nobody": ("restored_within_bounds", _time((1, 2, 9), 3)),
    "restored with another payload": ("restored_within_bounds", _time((1, 2), 3)),
    "the end lacks the last row": ("latest_restored_all", _end((1, 2, 3, 4), 4)),
    "the end has a row that nobody sent": ("latest_restored_all", _end((*ROWS, 9), 6)),
    "the end has a row with another payload": ("latest_restored_all", _end(ROWS, 6)),
    "the copy to the end did not open": (
        "latest_restored_all",
        lambda run: run.drop(Opened, lambda line: line.restore == "end"),
    ),
    "a backup's file with another checksum": (
        "base_verified",
        _of(Found, "backup", "base", checksum="cd" * 32),
    ),
    "a backup's file cut off": ("base_verified", _of(Found, "backup", "incremental", size=8191)),
    "a backup's file under another name": ("base_verified", _of(Found, "backup", "base", path="base/1/3")),
    "a manifest without checksums": ("base_verified", _of(Listed, "backup", "base", checksum=None)),
    "a manifest without checksums, and files of which nobody took one": ("base_verified", _unchecked),
    "damage, and PostgreSQL opened": (
        "damaged_segment_refused",
        _of(Restore, "restore", "damaged-time", refused_by=None, words=None),
    ),
    "damage, and PostgreSQL ended for another reason": (
        "damaged_segment_refused",
        _of(Restore, "restore", "damaged-time", words="could not write: No space left on device"),
    ),
    "a gap, and PostgreSQL opened": (
        "missing_segment_refused",
        _of(Restore, "restore", "missing-time", refused_by=None, words=None),
    ),
    "a target beyond the end, and PostgreSQL opened": (
        "future_target_refused",
        _of(Restore, "restore", "future", refused_by=None, words=None),
    ),
    "a damaged base backup that was started": (
        "damaged_base_refused",
        _of(Restore, "restore", "damaged-base", refused_by=None, words=None),
    ),
    "a damaged base backup that PostgreSQL refused": (
        "damaged_base_refused",
        _of(Restore, "restore", "damaged-base", refused_by="PostgreSQL", words=TARGET_NOT_REACHED),
    ),
    "a file that the manifest does not name": (
        "base_verified",
        lambda run: run.lines.append(Found(t_ms=1, backup="base", path="base/1/9", size=1, checksum=SHA)),
    ),
    "the incremental backup restored wrongly, the base backup well": (
        "restored_within_bounds",
        lambda run: run.lines.extend(
            [replace(restore("time-2", "kept", "time"), backup="incremental"), opened("time-2", (1,))]
        ),
    ),
    "the incremental backup not restored": (
        "restored_within_bounds",
        lambda run: run.lines.append(replace(restore("time-2", "kept", "time"), backup="incremental")),
    ),
    "PostgreSQL ended without a word": (
        "missing_segment_refused",
        _of(Restore, "restore", "missing-time", words=None),
    ),
    "the procedure refused a gap before PostgreSQL could": (
        "missing_segment_refused",
        _of(Restore, "restore", "missing-time", refused_by="procedure", words=TARGET_NOT_REACHED),
    ),
    "a second copy that archives": (
        "archives_nowhere",
        lambda run: run.lines.append(wrote("end", mode="on")),
    ),
    "a second copy that takes no writes": (
        "new_timeline",
        lambda run: run.lines.append(wrote("end", acknowledged=False)),
    ),
    "a copy that was written to and never restored": (
        "new_timeline",
        lambda run: run.lines.append(wrote("nothing")),
    ),
    "a copy of a backup that nobody made": (
        "new_timeline",
        lambda run: run.lines.extend(
            [replace(restore("odd", "kept", "end"), backup="odd"), opened("odd", ROWS), wrote("odd")]
        ),
    ),
    "a copy that archives": ("archives_nowhere", _of(Wrote, "restore", "time", archive_mode="on")),
    "a copy whose WAL reached the archive": (
        "archives_nowhere",
        _of(Wrote, "restore", "time", archive_after="cd" * 32),
    ),
    "a copy that takes no writes": ("new_timeline", _of(Wrote, "restore", "time", acknowledged=False)),
    "a copy on the old timeline": ("new_timeline", _of(Opened, "restore", "time", timeline=1)),
}
