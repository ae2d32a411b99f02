"""Sets of files: written whole or not at all, readable by their owner whatever the umask."""

import contextlib
import os
from collections.abc import Mapping, Sequence

from haproof.errors import OutputError


def write_files(
    folder: str,
    files: Mapping[str, bytes],
    stale: Sequence[str] = (),
    otherwise: str = "or choose another place",
) -> list[str]:
    """Write a set of files: each is complete on disk before the first is put in place, and the `stale` ones
    (names in `folder`, or absolute paths) are gone by then. Returns the paths that were removed.

    Raises OutputError where one of them cannot be written or removed; what `files` would replace is intact.
    `otherwise` says what a person can do instead.
    """
    staged: dict[str, str] = {}
    try:
        make_folder(folder)
        with contextlib.ExitStack() as opened:
            for name, content in files.items():
                target = os.path.join(folder, name)
                if os.path.isdir(target):
                    raise IsADirectoryError(21, "is a directory", target)
                temporary = os.path.join(folder, f".{name}.{os.getpid()}.tmp")
                staged[temporary] = target
                _write_new(temporary, content, opened)
        removed = [path for name in stale if _removed(path := os.path.join(folder, name))]
        for temporary, target in staged.items():
            os.replace(temporary, target)
    except OSError as fault:
        named = fault.filename if isinstance(fault.filename, str) else folder
        where = staged.get(named, named)
        raise OutputError(
            f"cannot write {where!r} ({fault.strerror}): check permissions and free space, {otherwise}"
        ) from None
    finally:
        for temporary in staged:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
    return removed


def make_folder(path: str) -> None:
    """The folder and those above it that are not there; whoever makes one may use it, whatever the umask."""
    if os.path.isdir(path):
        return
    above = os.path.dirname(path)
    if above:
        make_folder(above)
    # Made by somebody meanwhile it is as good; a file in its place fails with the first one put there.
    with contextlib.suppress(FileExistsError):
        os.mkdir(path)
        mode = os.stat(path).st_mode
        if mode & 0o700 != 0o700:
            os.chmod(path, mode | 0o700)


def _removed(path: str) -> bool:
    """Whether there was such a file; it is gone now."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return False
    return True


def _write_new(path: str, content: bytes, opened: contextlib.ExitStack) -> None:
    """One new file, written whole now. It is on disk, and closed, once `opened` ends: files that are written
    first and synchronised then share most of what the disk has to do."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    opened.callback(os.close, handle)
    mode = os.fstat(handle).st_mode
    if mode & 0o600 != 0o600:
        os.fchmod(handle, mode | 0o600)
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
    opened.callback(os.fsync, handle)
