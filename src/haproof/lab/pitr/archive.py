"""The WAL archive: how PostgreSQL fills it and reads from it, and what can be said of it before a restore.

PostgreSQL cannot know where an archive ends: without a recovery target it opens read-write at the first
segment that is missing, and at the first record that it cannot read, and says nothing. So whoever restores
"everything" has to look first: all segments from the backup's start to the last one that the primary
archived, each whole, each readable to its end.
"""

import hashlib
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from haproof.core.histories.point_in_time import position
from haproof.errors import LabError
from haproof.lab.ground import TOOL_SECONDS, Ground, clean_environment
from haproof.lab.pitr.manifest import Manifest, checksum
from haproof.lab.process import Done

BYTES_OF_A_LOG = 0x1_0000_0000
NEVER_RAN = (126, 127)
LONGEST_WORDS = 300


def setting(text: str) -> str:
    """A text as it stands between the quotes of a line in postgresql.conf."""
    return text.replace("\\", "\\\\").replace("'", "''")


def archive_command(archive: Path) -> str:
    """Copy under another name, then rename: a segment of the archive is whole or is not there. One that is
    there already is never overwritten (the manual's own advice)."""
    target, partial = _segment(archive), _segment(archive, ".partial")
    return f"test ! -f {target} && cp %p {partial} && mv {partial} {target}"


def restore_command(archive: Path) -> str:
    """Copy a segment out of the archive."""
    return f"cp {_segment(archive)} %p"


def _segment(archive: Path, ending: str = "") -> str:
    """A file of the archive, for the shell; `%f` is PostgreSQL's placeholder for its name."""
    return shlex.quote(f"{str(archive).replace('%', '%%')}/%f{ending}")


@dataclass(frozen=True)
class Segments:
    """The names of WAL segments of one size, in bytes."""

    size: int

    def name(self, timeline: int, lsn: int) -> str:
        """The segment that holds a position."""
        number = lsn // self.size
        per_log = BYTES_OF_A_LOG // self.size
        return f"{timeline:08X}{number // per_log:08X}{number % per_log:08X}"

    def start(self, name: str) -> int:
        """The first position of a segment."""
        per_log = BYTES_OF_A_LOG // self.size
        return (int(name[8:16], 16) * per_log + int(name[16:24], 16)) * self.size

    def between(self, timeline: int, start: int, last: str) -> list[str]:
        """Every segment from a position up to and with the last one."""
        positions = range(start // self.size * self.size, self.start(last) + 1, self.size)
        return [self.name(timeline, lsn) for lsn in positions]


def text(lsn: int) -> str:
    """A position as PostgreSQL writes it."""
    return f"{lsn >> 32:X}/{lsn & 0xFFFFFFFF:X}"


def listing(archive: Path) -> Iterator[tuple[str, int, str]]:
    """Name, size and SHA-256 of every file of an archive, in the order of their names."""
    for path in sorted(archive.iterdir()):
        if path.is_file():
            yield path.name, path.stat().st_size, checksum(path, "SHA256") or ""


def digest(listed: Iterable[tuple[str, int, str]]) -> str:
    """One SHA-256 over a listing: it changes with every file that is added, changed or removed."""
    whole = hashlib.sha256()
    for name, size, sha256 in listed:
        whole.update(f"{name} {size} {sha256}\n".encode("utf-8", "surrogateescape"))
    return whole.hexdigest()


@dataclass(frozen=True)
class Inspection:
    """What is wrong with an archive: segments that are missing or of another size, and what could not be
    read. `end` is where it ends; `verify` and `verify_status` what another tool said that looked."""

    missing: list[str]
    unreadable: str | None
    end: str
    verify: str | None = None
    verify_status: int | None = None

    @property
    def fault(self) -> str | None:
        """The reason not to restore from it to its end; None where there is none."""
        if self.missing:
            return f"WAL segments missing or incomplete: {', '.join(self.missing)}"
        return self.unreadable


def inspect(ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments) -> Inspection:
    """Look at all that a restore to the end needs: is it there, and can it be read?"""
    wanted = segments.between(backup.timeline, position(backup.start), last)
    missing = [name for name in wanted if not _whole(archive / name, segments.size)]
    end = text(segments.start(last) + segments.size)
    if missing:
        return Inspection(missing, None, end)
    done = walk(ground, archive, backup.timeline, backup.start, end)
    if done.status in NEVER_RAN:
        raise LabError(f"pg_waldump could not be run: {done.last_words}")
    return Inspection([], None if done.status == 0 else _words(done), end)


def _whole(path: Path, size: int) -> bool:
    try:
        return path.stat().st_size == size
    except OSError:
        return False


def walk(ground: Ground, archive: Path, timeline: int, start: str, end: str) -> Done:
    """Read every WAL record between two positions, each of which carries its own CRC."""
    return ground.children.run(
        "pg_waldump",
        [
            str(ground.rung.folder / "pg_waldump"), "--quiet", "--path", str(archive),
            "--timeline", str(timeline), "--start", start, "--end", end,
        ],
        seconds=TOOL_SECONDS,
        env=clean_environment(),
        mode=ground.rung.mode,
    )  # fmt: skip


def _words(done: Done) -> str:
    """What pg_waldump said, on one line, without the folder that it looked into."""
    said = re.sub(r"\s+", " ", done.errors or done.output or f"ended with status {done.status}").strip()
    return said[:LONGEST_WORDS]
