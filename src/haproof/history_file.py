"""Where many runs lie: folders of evidence sets, and the JSON-lines file that they are appended to."""

import fcntl
import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from haproof.core.history import Entry, parse_entry
from haproof.core.model import Proof
from haproof.core.parse import Mismatch
from haproof.errors import OutputError, UsageError
from haproof.evidence import read_artifact
from haproof.files import make_folder, write_files
from haproof.places import is_set

ENDING = ".jsonl"


def run_id(proof: Proof) -> str:
    """What identifies a run: the SHA-256 over the slices and digests of the reports that were read.

    The same evidence in another folder is the same run; judged by another version, it still is.
    """
    lines = "".join(f"{file.slice} {file.sha256}\n" for file in proof.evidence.files)
    return hashlib.sha256(lines.encode("utf-8")).hexdigest()


def evidence_sets(folder: str) -> list[str]:
    """`folder` itself if it is an evidence set, else the evidence sets directly below it, by name."""
    if is_set(folder):
        return [folder]
    try:
        names = sorted(os.listdir(folder))
    except OSError as fault:
        raise UsageError(f"{folder!r} cannot be read ({fault.strerror})") from None
    sets = [path for name in names if is_set(path := os.path.join(folder, name))]
    if not sets:
        raise UsageError(
            f"{folder!r} is no evidence set and holds none: name folders with val13 to val17 in them, "
            "or the folder that such folders lie in"
        )
    return sets


def read_history(path: str) -> list[Entry]:
    """The entries of a history file. Raises UsageError with the first line that is not an entry."""
    return _entries(path, read_artifact(path))


def _entries(path: str, content: bytes) -> list[Entry]:
    entries = []
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                entries.append(parse_entry(line))
            except Mismatch as fault:
                raise UsageError(f"{path!r}, line {number}, is not an entry of a history: {fault}") from None
    return entries


def append_history(path: str, lines: Sequence[tuple[str, bytes]]) -> tuple[list[Entry], int]:
    """Add the runs that the file does not hold yet; returns what it holds afterwards, and how many are new.

    `lines` are run ids and their lines, without line feeds. The new file is complete on disk before it takes
    the old one's place; without anything new the old one is not touched. A second process waits.
    """
    try:
        target = os.path.realpath(path)
        folder, name = os.path.split(target)
        make_folder(folder)
        with _alone(folder):
            old = read_artifact(target) if os.path.lexists(target) else b""
            entries = _entries(path, old)
            known, new = {one.run for one in entries}, []
            for run, line in lines:
                if run not in known:
                    known.add(run)
                    new.append(line)
            if new:
                gap = b"" if not old or old.endswith(b"\n") else b"\n"
                write_files(folder, {name: old + gap + b"".join(line + b"\n" for line in new)})
    except OSError as fault:
        raise OutputError(f"cannot append to {path!r} ({fault.strerror}): choose another file") from None
    return entries + [parse_entry(line) for line in new], len(new)


@contextmanager
def _alone(folder: str) -> Iterator[None]:
    """One process at a time in this folder; where locks are not to be had, without."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
