"""Files inside an evidence directory: opened without waiting, read once, never followed out of it."""

import os
import stat
from collections.abc import Iterator

_PART_BYTES = 64 * 1024 * 1024
"""How much of a file is read at once: a report whole, a large document in parts."""


class Unusable(Exception):
    """A slice's report cannot be read; the message becomes the slice's fault."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(reason)
        self.path = path


def is_inside(directory: str, real: str) -> bool:
    """Whether a resolved path lies inside a directory."""
    root = os.path.realpath(directory)
    return os.path.commonpath([real, root]) == root


def open_inside(directory: str, path: str) -> int:
    """A handle on a file of the evidence directory, opened without waiting. Raises Unusable."""
    real = os.path.realpath(os.path.join(directory, path))
    if not is_inside(directory, real):
        raise Unusable(path, "a link that leads outside the evidence directory")
    try:
        return os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as fault:
        raise Unusable(path, f"cannot be read ({fault.strerror})") from None


def read_inside(directory: str, path: str, largest: int) -> bytes:
    """The bytes of a regular file inside the evidence directory, read once."""
    return b"".join(parts_inside(directory, path, largest))


def parts_inside(directory: str, path: str, largest: int) -> Iterator[bytes]:
    """The bytes of a regular file inside the evidence directory in parts, as they are read. Raises
    Unusable."""
    handle = open_inside(directory, path)
    try:
        yield from _regular(handle, path, largest)
    except OSError as fault:
        raise Unusable(path, f"cannot be read ({fault.strerror})") from None
    finally:
        os.close(handle)


def _regular(handle: int, path: str, largest: int) -> Iterator[bytes]:
    """All of an open regular file; refuses other kinds, too much, and a file that changes meanwhile."""
    before = os.fstat(handle)
    if not stat.S_ISREG(before.st_mode):
        raise Unusable(path, "not a regular file")
    if before.st_size > largest:
        raise Unusable(path, f"larger than {largest >> 20} MiB ({before.st_size} bytes)")
    size = 0
    while size <= before.st_size and (part := os.read(handle, min(_PART_BYTES, before.st_size - size + 1))):
        size += len(part)
        yield part
    after = os.fstat(handle)
    if (size, after.st_size, after.st_mtime_ns) != (before.st_size, before.st_size, before.st_mtime_ns):
        raise Unusable(path, "changed while it was read; run the report again once its producer has ended")
