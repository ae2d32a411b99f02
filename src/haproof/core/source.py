"""What was found in an evidence directory, before anything is judged."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from haproof.core.instant import Instant
from haproof.core.kind import Kind
from haproof.core.record import NotRunRecord


class Recounted(Struct, frozen=True, kw_only=True):
    """What one raw file of a kind yields: figures by name, or the reason why none.

    `path` is relative to the evidence directory. `fault` says why the file cannot be used; neither figures
    nor a fault mean that it is not there.
    """

    path: str
    values: Mapping[str, Any] | None = None
    fault: str | None = None


class ReadFile(Struct, frozen=True):
    """A file that was read: its path relative to the evidence directory, SHA-256 and size (bytes) of the
    bytes that are judged."""

    path: str
    sha256: str
    size: int


class Source(Struct, frozen=True, kw_only=True):
    """What was found of one kind: the record, or the reason why there is none.

    `path` is relative to the evidence directory; `sha256` and `size` (bytes) are of the bytes that were
    judged, None where nothing was read. `fault` is a sentence; exactly one of `record` and `fault` is set.
    `recounted` is what the raw files yield, None where they were not read.

    Of a kind that is gathered from several files, `path` is their pattern, `files` are those that were read,
    `digested` those that they are about, and `gathered` is what they hold: the record is made of it as of the
    time of judgement.
    """

    kind: Kind
    path: str
    sha256: str | None = None
    size: int | None = None
    record: Any = None
    fault: str | None = None
    not_run: NotRunRecord | None = None
    recounted: tuple[Recounted, ...] | None = None
    files: tuple[ReadFile, ...] = ()
    digested: tuple[ReadFile, ...] = ()
    gathered: Any = None

    @property
    def read(self) -> tuple[ReadFile, ...]:
        """Every file that was read of it, rejected ones included."""
        if self.sha256 is None:
            return self.files
        return (ReadFile(self.path, self.sha256, self.size or 0),)

    @property
    def generated_at(self) -> Instant | None:
        """The embedded timestamp, where the report could be read."""
        known = self.record or self.not_run
        return known.generated_at if known else None


class Evidence(Struct, frozen=True):
    """What was found in a directory: one source for each required kind, in order, then one for each optional
    kind that is there. `directory` is as given."""

    directory: str
    sources: tuple[Source, ...]
