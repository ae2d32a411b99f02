"""Where many runs lie: folders of evidence sets, and the JSON-lines file that they are appended to.

The file is read line by line, however long it is, and only ever grows: an append writes the new lines at its
end, on disk before it is reported, and costs what they cost. One that was cut off (by a power failure) leaves
an incomplete last line, which readers leave out and the next append removes.
"""

import fcntl
import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import BinaryIO

from msgspec import Struct

from haproof.core.history_line import Line, NotJson, read_line
from haproof.core.house import House
from haproof.core.model import Proof
from haproof.core.parse import Mismatch
from haproof.errors import OutputError, UsageError
from haproof.files import make_folder
from haproof.given import meant_path
from haproof.places import is_set, refuse_further_up, refuse_part, runs_below

ENDING = ".jsonl"

LONGEST_LINE_BYTES = 64 * 1024 * 1024
"""A longer line is refused: no run has one."""

_CHUNK_BYTES = 1 << 20
_OPENING = b'{"schema_version":"'


def run_id(proof: Proof) -> str:
    """What identifies a run: the SHA-256 over the slices and digests of the reports that were read.

    The same evidence in another folder is the same run; judged by another version, it still is.
    """
    lines = "".join(f"{file.slice} {file.sha256}\n" for file in proof.evidence.files)
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def evidence_sets(folder: str, house: House) -> list[str]:
    """`folder` itself if it is an evidence set, else those below it, by name: directly below it and, where
    there are some, in the folders beside them. (Without any it is probably not the folder that is meant.)"""
    if is_set(folder, house):
        return [folder]
    try:
        names = sorted(os.listdir(folder))
    except OSError as fault:
        raise UsageError(f"{folder!r} cannot be read ({fault.strerror})") from None
    paths = {name: os.path.join(folder, name) for name in names}
    sets = [path for path in paths.values() if is_set(path, house)]
    if sets:
        beside = paths.keys() - map(os.path.basename, sets)
        sets += [run for name in beside if name[0] != "." for run in runs_below(paths[name], house)]
    else:
        refuse_part(folder, house)
        refuse_further_up(folder, house)
        raise UsageError(
            f"{folder!r} is no evidence set and holds none: name folders with val13 to val17 in them, "
            "or the folder that such folders lie in"
        )
    return sorted(sets)


class HistoryFile:
    """The lines of a history file, one after the other.

    `cut_off` is True once an incomplete last line was left out.
    """

    def __init__(self, path: str, house: House) -> None:
        self.path = path
        self.house = house
        self.cut_off = False

    def __iter__(self) -> Iterator[tuple[bytes, Line]]:
        """Each run's bytes (without the line feed) and what they say. Raises UsageError with the first line
        that is no entry."""
        try:
            with open(_opened(self.path), "rb") as stream:
                with suppress(OSError):
                    fcntl.flock(stream, fcntl.LOCK_SH)
                yield from self._lines(stream)
        except OSError as fault:
            raise UsageError(
                f"{self.path!r} cannot be read ({fault.strerror})"
                f"{meant_path(self.path) or ': name a history file or runs'}"
            ) from None

    def _lines(self, stream: BinaryIO) -> Iterator[tuple[bytes, Line]]:
        number = 0
        while content := stream.readline(LONGEST_LINE_BYTES):
            number += 1
            whole = content.endswith(b"\n")
            if not content.strip():
                continue
            try:
                yield content.rstrip(b"\n"), read_line(content, self.house)
            except Mismatch as fault:
                if isinstance(fault, NotJson) and not whole and _begun(content):
                    self.cut_off = True
                    return
                raise UsageError(
                    f"{self.path!r}, line {number}, is not an entry of a history: {fault}: "
                    "name a file that --append wrote"
                ) from None


def _opened(path: str) -> int:
    """A plain file, opened without waiting. Raises UsageError for any other, OSError where it cannot be."""
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise UsageError(f"{path!r} is not a regular file: name a history file, or evidence directories")
    return handle


class Appended(Struct, frozen=True):
    """How many runs were new, and whether an incomplete last line was removed."""

    new: int
    cut_off: bool


def append_history(path: str, lines: Sequence[tuple[str, bytes]], house: House) -> Appended:
    """Add the runs that the file does not hold yet.

    `lines` are run ids and their lines, without line feeds. What was added is on disk when this returns, and
    where it cannot be written the file is as it was. A second process waits. Raises OutputError; UsageError
    where the file holds something else.
    """
    if not lines:
        return Appended(0, False)
    try:
        target = os.path.realpath(path)
        make_folder(os.path.dirname(target))
        with _alone(target) as handle:
            size = os.fstat(handle).st_size
            _require_history(handle, path, house)
            end, gap = _place(handle, size, house)
            held = _held(handle, [run for run, _ in lines])
            new = {run: line for run, line in lines if run not in held}
            if new:
                _put(handle, end, gap + b"".join(line + b"\n" for line in new.values()))
    except OSError as fault:
        raise OutputError(f"cannot append to {path!r} ({fault.strerror}): choose another file") from None
    return Appended(len(new), bool(new) and end < size)


@contextmanager
def _alone(path: str) -> Iterator[int]:
    """The file, open and locked; made where it is not there. Where locks are not to be had, without."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK | os.O_CLOEXEC, 0o644)
    try:
        mode = os.fstat(handle).st_mode
        if not stat.S_ISREG(mode):
            raise OSError(22, "not a regular file")
        if mode & 0o600 != 0o600:
            os.fchmod(handle, mode | 0o600)
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)


def _place(handle: int, size: int, house: House) -> tuple[int, bytes]:
    """Where the next line goes, and what comes before it: an incomplete last line is written over, one that
    only lacks its line feed gets it."""
    start, tail = size, b""
    while start > 0 and b"\n" not in tail and len(tail) < LONGEST_LINE_BYTES:
        step = min(_CHUNK_BYTES, start)
        start -= step
        tail = os.pread(handle, step, start) + tail
    last = tail.rpartition(b"\n")[2]
    if not last.strip():
        return size, b""
    return (size - len(last), b"") if _is_cut_off(last, house) else (size, b"\n")


def _require_history(handle: int, path: str, house: House) -> None:
    """Raise UsageError where a file holds something else: a typing error must not cost its last line."""
    os.lseek(handle, 0, os.SEEK_SET)
    with open(os.dup(handle), "rb") as stream:
        first = next((line for line in stream if line.strip()), b"")
    try:
        if first and not _is_cut_off(first, house):
            read_line(first, house)
    except Mismatch as fault:
        raise UsageError(
            f"{path!r} is no history file (its first line is no entry: {fault}): nothing was "
            "appended; name another file"
        ) from None


def _is_cut_off(line: bytes, house: House) -> bool:
    """Whether a last line is the beginning of an entry, and no more."""
    try:
        read_line(line, house)
    except NotJson:
        return not line.endswith(b"\n") and _begun(line)
    except Mismatch:
        return False
    return False


def _begun(line: bytes) -> bool:
    """Whether it begins as every entry does."""
    return line.startswith(_OPENING[: len(line)])


def _held(handle: int, runs: Sequence[str]) -> set[str]:
    """Which of these runs the file holds, found by their ids as bytes: quicker than reading its lines."""
    import mmap

    if not runs or os.fstat(handle).st_size == 0:
        return set()
    with mmap.mmap(handle, 0, access=mmap.ACCESS_READ) as content:
        return {run for run in runs if content.find(b'"%b"' % run.encode()) >= 0}


def _put(handle: int, end: int, content: bytes) -> None:
    """Write at the end, on disk; where that fails, take back what was written."""
    os.ftruncate(handle, end)
    try:
        view, place = memoryview(content), end
        while view:
            written = os.pwrite(handle, view, place)
            view, place = view[written:], place + written
        os.fsync(handle)
    except BaseException:
        with suppress(OSError):
            os.ftruncate(handle, end)
        raise
