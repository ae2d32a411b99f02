"""A base backup against its own manifest, read by us: the `pg_verifybackup` of some builds crashes, and it
needs no server.

`backup_manifest` (PostgreSQL 13 and newer) names every file with size and checksum; its last line is the
SHA-256 of all that stands before it.
"""

import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from haproof.errors import LabError

MANIFEST = "backup_manifest"
CHECKSUM_KEY = b'"Manifest-Checksum"'
WAL_FOLDER = "pg_wal"
"""WAL is in no manifest: it is verified by reading it."""

CHUNK = 1 << 20


class _Sum(Protocol):
    def update(self, data: bytes, /) -> object: ...
    def hexdigest(self) -> str: ...


SUMS: dict[str, Callable[[], _Sum]] = {
    "SHA224": hashlib.sha224,
    "SHA256": hashlib.sha256,
    "SHA384": hashlib.sha384,
    "SHA512": hashlib.sha512,
}
"""The algorithms of a manifest that can be computed here. CRC32C, PostgreSQL's default, is none of them."""


@dataclass(frozen=True)
class Entry:
    """A file of a manifest, or one that was found; a path that is not UTF-8 is given in hex."""

    path: str
    size: int
    algorithm: str | None
    checksum: str | None


@dataclass(frozen=True)
class Manifest:
    """What a manifest says: its files, and where the WAL begins and ends that the backup needs."""

    files: tuple[Entry, ...]
    timeline: int
    start: str
    end: str


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup. Raises LabError where there is none, or where it contradicts its own sum."""
    path = folder / MANIFEST
    try:
        content = path.read_bytes()
    except OSError as fault:
        raise LabError(f"{path.parent.name} has no readable {MANIFEST}: {fault.strerror}") from None
    covered, key, _ = content.rpartition(CHECKSUM_KEY)
    try:
        tree = json.loads(content)
        stated = tree["Manifest-Checksum"]
        first, last = tree["WAL-Ranges"][0], tree["WAL-Ranges"][-1]
        found = Manifest(
            tuple(_entry(entry) for entry in tree["Files"]),
            int(last["Timeline"]),
            str(first["Start-LSN"]),
            str(last["End-LSN"]),
        )
    except (ValueError, KeyError, IndexError, TypeError) as fault:
        raise LabError(f"{MANIFEST} of {folder.name} cannot be read: {fault}") from None
    if not key or hashlib.sha256(covered).hexdigest() != str(stated).lower():
        raise LabError(f"{MANIFEST} of {folder.name} does not match its own checksum")
    return found


def _entry(entry: dict[str, Any]) -> Entry:
    path = entry["Path"] if "Path" in entry else f"hex:{entry['Encoded-Path']}"
    checksum = entry.get("Checksum")
    return Entry(
        str(path),
        int(entry["Size"]),
        None if checksum is None else str(entry["Checksum-Algorithm"]).upper(),
        None if checksum is None else str(checksum).lower(),
    )


def found_files(folder: Path, manifest: Manifest) -> Iterator[Entry]:
    """The files that lie in a backup, each with the checksum that its manifest entry can be compared with."""
    algorithms = {entry.path: entry.algorithm for entry in manifest.files}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        name = _name(path.relative_to(folder))
        if name == MANIFEST or name.partition("/")[0] == WAL_FOLDER:
            continue
        algorithm = algorithms.get(name) or "SHA256"
        yield Entry(name, path.stat().st_size, algorithm, checksum(path, algorithm))


def _name(path: Path) -> str:
    raw = os.fsencode(path.as_posix())
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return f"hex:{raw.hex()}"


def checksum(path: Path, algorithm: str) -> str | None:
    """The checksum of a file in hex; None where the algorithm is none that can be computed here."""
    make = SUMS.get(algorithm)
    if make is None:
        return None
    whole = make()
    with open(path, "rb") as stream:
        while chunk := stream.read(CHUNK):
            whole.update(chunk)
    return whole.hexdigest()
