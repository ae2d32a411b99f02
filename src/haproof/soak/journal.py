"""A soak's journal on disk: appended to by the prober and the rounds, each line whole or not at all.

Every line is chained to the one before it and on disk when `append` returns. Half a line, as a killed
writer or a full disk leaves it, is dropped by the next writer, who says so in the journal.
"""

import contextlib
import fcntl
import os
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from haproof.core.soak.fold import Fold
from haproof.core.soak.lines import Line
from haproof.kinds.soak.chain import FIRST, Head, Reading, decoded, digest, encoded
from haproof.soak.clock import moment

TAIL_BYTES = 65_536
"""More than the longest line: from its end the last line of a journal is found."""


class NotWritten(OSError):
    """A line could not be written (a full disk, mostly); the journal is as it was."""


class Journal:
    """The journal at `path`, which exists."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CLOEXEC)
        # Also where nobody says close: who looks at a soak again and again would run out of handles.
        self._let_go = weakref.finalize(self, os.close, self._handle)
        self._seen = -1
        self._number = 0
        self._digest = FIRST

    @classmethod
    def create(cls, path: Path, **fields: Any) -> "Journal":
        """A new journal with its setup line. Raises FileExistsError."""
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644))
        journal = cls(path)
        journal.append("setup", **fields)
        return journal

    def append(self, kind: str, **fields: Any) -> Line:
        """One line more, on disk when this returns. Raises NotWritten; nothing of it is left then."""
        with self._alone():
            self._find_end()
            return self._write(kind, fields)

    def head(self) -> Head:
        """The last whole line."""
        with self._alone():
            self._find_end()
            return Head(self._number, self._digest)

    def read(self, reading: Reading) -> Fold:
        """What was not yet read of it, added up. Raises NoSoak."""
        with open(self.path, "rb", buffering=1 << 20) as stream:
            stream.seek(reading.offset)
            return reading.feed(stream)

    def close(self) -> None:
        """Let go of the file; again is no fault."""
        self._let_go()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._handle, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._handle, fcntl.LOCK_UN)

    def _find_end(self) -> None:
        """Number and digest of the last line; half a line behind it is dropped, and that is written down."""
        size = os.fstat(self._handle).st_size
        if size == self._seen:
            return
        tail = os.pread(self._handle, min(size, TAIL_BYTES), max(size - TAIL_BYTES, 0))
        whole, feed, torn = tail.rpartition(b"\n")
        last = whole.rpartition(b"\n")[2]
        self._number, self._digest = _number(whole), digest(last) if feed else FIRST
        self._seen = size
        if torn:
            os.ftruncate(self._handle, size - len(torn))
            self._seen = size - len(torn)
            self._write("torn", {"count": len(torn)})

    def _write(self, kind: str, fields: dict[str, Any]) -> Line:
        now = moment()
        line = Line(self._number + 1, kind, now.at_ms, now.up_ms, now.boot, self._digest, **fields)
        raw = encoded(line)
        try:
            if os.write(self._handle, raw) != len(raw):
                raise OSError(28, os.strerror(28))
            os.fsync(self._handle)
        except OSError as fault:
            with contextlib.suppress(OSError):
                os.ftruncate(self._handle, self._seen)
            raise NotWritten(fault.errno, fault.strerror, str(self.path)) from None
        self._seen += len(raw)
        self._number, self._digest = line.n, digest(raw)
        return line


def _number(tail: bytes) -> int:
    """That of the last line which can be read; 0 where none can."""
    for raw in reversed(tail.split(b"\n")):
        with contextlib.suppress(ValueError):
            return decoded(raw).n
    return 0
