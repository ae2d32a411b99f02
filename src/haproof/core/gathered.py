"""A kind of evidence that is no report of one producer, but every file of its folder with one ending.

Such files come from several hands, and whether one counts depends on whom the reader trusts and on the day.
So they are read first, and judged as of a time later: both by functions that the kind brings.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from msgspec import Struct

from haproof.core.record import Record
from haproof.core.trust import Signer

R = TypeVar("R", bound=Record)


class Unreadable(Exception):
    """A file cannot be read; the message says why, without its name."""


class Digested(Struct, frozen=True):
    """A file that was read: SHA-256 (hex, lower case) and size in bytes, and its content where that is
    small."""

    sha256: str
    size: int
    content: bytes | None = None


class Folder(Protocol):
    """The folder of a kind, as it lies in an evidence directory. Names are those of files in it."""

    @property
    def names(self) -> Sequence[str]:
        """The files with the kind's ending, sorted."""

    def path(self, name: str) -> str:
        """Where a file lies, relative to the evidence directory."""

    def read(self, name: str, largest: int) -> bytes:
        """All of a file that is evidence. Raises Unreadable."""

    def digest(self, name: str, largest: int, small: int) -> Digested:
        """A file that evidence is about; its content where that has at most `small` bytes. Raises
        Unreadable."""


class Gathered(Struct, Generic[R], frozen=True, eq=False, kw_only=True):
    """How the files of such a kind become its record.

    `read` takes what is in them and looks up who signed; nothing of it
    depends on the time. `judge` makes the record of what was read, as of a time and for the ids of the keys
    that the reader trusts. `payload` gives the type of what such a file holds, for its JSON Schema.
    """

    read: Callable[[Folder, Signer], Any]
    judge: Callable[[Any, datetime, Sequence[str]], R]
    payload: Callable[[], Any]
