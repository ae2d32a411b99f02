"""A file that a person names (a key, a timestamp, a JSON artifact): a plain file, or a pipe of the shell.

`--key <(cat k)` and `cat k | … --key /dev/stdin` hand over a descriptor that is already open. It is taken as
it is: opening such a path again is refused for a socket, and for a pipe of another user.
"""

import os
import re
import stat

from msgspec import Struct

from haproof.given import meant_path

WRITER_SECONDS = 5.0
"""How long a named pipe is waited for until somebody writes to it."""

_MEANT = "; did you mean "
_INHERITED = re.compile(r"(?:/dev/fd|/proc/self/fd)/([0-9]{1,6})\Z")


class NotAFile(Exception):
    """What lies at a path cannot be read as a plain file; the message completes "it is …"."""

    def so(self, instead: str) -> str:
        """The message, and what to do: the path that was meant where one is like it, else `instead`."""
        said = str(self)
        return said if _MEANT in said else f"{said}: {instead}"


class NamedFile(Struct, frozen=True):
    """What was read. `mode` holds the permission bits of a plain file, None where it came by a pipe."""

    content: bytes
    mode: int | None


def descriptor(path: str) -> int | None:
    """The number of the open descriptor that a path names; None for any other path."""
    if path == "/dev/stdin":
        return 0
    named = _INHERITED.match(path)
    return int(named[1]) if named else None


def read_named(path: str, largest: int, *, may_be_empty: bool = False) -> NamedFile:
    """All of it, at most `largest` bytes; a link is followed, it is the caller's own. Raises NotAFile."""
    try:
        named = _read(path, largest)
    except FileNotFoundError:
        raise NotAFile(f"not there{meant_path(path)}") from None
    except (OSError, ValueError) as fault:
        raise NotAFile(f"unreadable ({getattr(fault, 'strerror', None) or fault})") from None
    if len(named.content) > largest:
        raise NotAFile(f"larger than {largest:,} bytes")
    if not (may_be_empty or named.content.strip()):
        raise NotAFile("empty")
    return named


def _read(path: str, largest: int) -> NamedFile:
    """Bytes and permission bits; one byte more than `largest` shows that there are too many."""
    number = descriptor(path)
    if number is None:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    else:
        handle = os.dup(number)
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISREG(mode):
            return NamedFile(_all(handle, largest), stat.S_IMODE(mode))
        if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
            raise NotAFile(f"{_kind(mode)}, not a file")
        if number is None:
            _await_writer(handle)
        return NamedFile(_all(handle, largest), None)
    finally:
        os.close(handle)


def _await_writer(handle: int) -> None:
    """Wait for the first byte of a named pipe."""
    import select

    waiting = select.poll()
    waiting.register(handle, select.POLLIN)
    if not waiting.poll(WRITER_SECONDS * 1000):
        raise NotAFile(f"a pipe to which nobody wrote within {WRITER_SECONDS:g} s")
    os.set_blocking(handle, True)


def _all(handle: int, largest: int) -> bytes:
    """Everything up to the end, or one byte more than is taken."""
    content = b""
    while len(content) <= largest and (part := os.read(handle, largest + 1 - len(content))):
        content += part
    return content


def _kind(mode: int) -> str:
    """What a person calls it."""
    if stat.S_ISDIR(mode):
        return "a folder"
    return "a terminal or another device" if stat.S_ISCHR(mode) else "a special file"
