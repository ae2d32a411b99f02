"""What a person gives on the command line: names that nearly fit, and a file where a folder belongs."""

import os
import stat
from collections.abc import Iterable

ARCHIVES = (b"PK\x03\x04", b"\x1f\x8b", b"BZh", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c")
"""How zip, gzip, bzip2, xz, zstd and 7z files begin; a plain tar file has its mark at byte 257."""


def meant(name: str, known: Iterable[str]) -> str:
    """`; did you mean 'X'?` for the known name most like `name`, whatever the case; nothing where none is."""
    found = _nearest(name, known)
    return f"; did you mean {found!r}?" if found else ""


def meant_path(path: str) -> str:
    """The same for a path that does not exist, among what lies beside it."""
    folder, name = os.path.split(path.rstrip("/"))
    try:
        found = _nearest(name, os.listdir(folder or ".")) if name else None
    except (OSError, ValueError):
        return ""
    return f"; did you mean {os.path.join(folder, found)!r}?" if found else ""


def _nearest(name: str, known: Iterable[str]) -> str | None:
    from difflib import get_close_matches

    names = {one.lower(): one for one in known}
    found = get_close_matches(name.lower(), names, n=1, cutoff=0.6)
    return names[found[0]] if found else None


def is_archive(path: str) -> bool:
    """Whether a plain file is a packed archive, by its first bytes; nothing is waited for."""
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError):
        return False
    try:
        start = os.read(handle, 512) if stat.S_ISREG(os.fstat(handle).st_mode) else b""
    except OSError:
        return False
    finally:
        os.close(handle)
    return start.startswith(ARCHIVES) or start[257:262] == b"ustar"
