"""Every file below an evidence directory with its digest, and whatever lies there that is no plain file.

Nothing is followed and nothing is waited for: a symbolic link, a FIFO, a socket or a device is named, never
opened, and a directory that cannot be listed is a fault of its own.
"""

import hashlib
import os
import stat
from collections.abc import Iterator

from msgspec import Struct

from haproof.evidence import ATTESTATION, LARGEST_REPORT_BYTES, PROOF_FOLDER, PROOF_STEM
from haproof.named_file import NotAFile

ENVELOPE_NAME = f"{PROOF_FOLDER}/{ATTESTATION}"
"""The one file of an evidence directory that is not its own subject."""

TIMESTAMP_NAME = f"{ENVELOPE_NAME}.tsr"
"""An RFC 3161 token over the envelope. It is made later, so the envelope cannot name it: its own step."""

ARTIFACT_NAME = f"{PROOF_FOLDER}/{PROOF_STEM}.json"
"""The JSON artifact: it records the path and the time that a second assessment needs."""

LARGEST_FILE_BYTES = 4 * 1024**3
"""A larger file is refused: a sparse file of a petabyte must not keep a verifier busy for a day."""

LARGEST_DOCUMENT_BYTES = 4 * LARGEST_REPORT_BYTES
"""The envelope and the JSON artifact are held in memory whole."""

_CHUNK_BYTES = 1 << 20

_KINDS = {
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a directory",
    stat.S_IFBLK: "a device",
    stat.S_IFCHR: "a device",
}


class FileDigest(Struct, frozen=True):
    """SHA-256 (hex, lower case) and size in bytes of the same reading."""

    sha256: str
    size: int


class Inventory(Struct, frozen=True):
    """Files by POSIX name relative to the evidence directory, sorted; `faults` likewise, with the reason."""

    files: dict[str, FileDigest]
    faults: dict[str, str]


EMPTY = Inventory({}, {})


def take_inventory(directory: str) -> Inventory:
    """Digest every file below `directory` except the envelope and its timestamp."""
    files: dict[str, FileDigest] = {}
    faults: dict[str, str] = {}
    for name in _walk(directory, faults):
        try:
            files[name] = digest(os.path.join(directory, name))
        except NotAFile as fault:
            faults[name] = str(fault)
    return Inventory(dict(sorted(files.items())), dict(sorted(faults.items())))


def digest(path: str) -> FileDigest:
    """The digest of a plain file. Raises NotAFile."""
    hasher, size = hashlib.sha256(), 0
    for part in _parts(path, LARGEST_FILE_BYTES):
        hasher.update(part)
        size += len(part)
    return FileDigest(hasher.hexdigest(), size)


def read_document(directory: str, name: str) -> bytes:
    """All bytes of the envelope or of the JSON artifact. Raises NotAFile."""
    return read_plain(os.path.join(directory, name), LARGEST_DOCUMENT_BYTES)


def read_plain(path: str, largest: int) -> bytes:
    """All bytes of a plain file of at most `largest` bytes. Raises NotAFile."""
    return b"".join(_parts(path, largest))


def _walk(directory: str, faults: dict[str, str]) -> Iterator[str]:
    """The name of everything that is no directory; a directory that cannot be listed is a fault."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            with os.scandir(os.path.join(directory, folder)) as listing:
                entries = [(entry.name, entry.stat(follow_symlinks=False).st_mode) for entry in listing]
        except OSError as fault:
            faults[folder or "."] = f"a folder that cannot be listed ({fault.strerror})"
            continue
        for name, mode in entries:
            path = f"{folder}/{name}" if folder else name
            if stat.S_ISDIR(mode):
                waiting.append(path)
            elif path not in (ENVELOPE_NAME, TIMESTAMP_NAME):
                yield path


def _parts(path: str, largest: int) -> Iterator[bytes]:
    """The bytes of a plain file, opened without following a link and without waiting."""
    try:
        mode = os.lstat(path).st_mode
        if not stat.S_ISREG(mode):
            raise NotAFile(_kind(mode))
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        raise NotAFile("not there") from None
    except (OSError, ValueError) as fault:
        raise NotAFile(f"unreadable ({getattr(fault, 'strerror', fault)})") from None
    try:
        yield from _read_regular(handle, largest)
    except OSError as fault:
        raise NotAFile(f"unreadable ({fault.strerror})") from None
    finally:
        os.close(handle)


def _read_regular(handle: int, largest: int) -> Iterator[bytes]:
    """An open file from its first byte to its last; one that changes meanwhile is refused."""
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        raise NotAFile(_kind(before.st_mode))
    if before.st_size > largest:
        raise NotAFile(f"larger than {largest:,} bytes ({before.st_size:,} bytes)")
    size = 0
    while size <= before.st_size and (part := os.read(handle, min(_CHUNK_BYTES, before.st_size - size + 1))):
        size += len(part)
        yield part
    after = os.fstat(handle)
    if (size, after.st_size, after.st_mtime_ns) != (before.st_size, before.st_size, before.st_mtime_ns):
        raise NotAFile("a file that changed while it was read")


def _kind(mode: int) -> str:
    """What a person calls an entry that is no plain file."""
    return f"{_KINDS.get(stat.S_IFMT(mode), 'a special file')}, not a file"
