"""Lines of the history of a point-in-time recovery: what was written, archived, backed up and restored.

Times are milliseconds of the lab's monotonic clock since the history was opened. A line's `what` says what it
is; docs/histories.md says what each key means.
"""

from collections.abc import Iterable
from typing import Literal

import msgspec

from haproof.core.figures import cut
from haproof.core.record import Count, Number

Ids = list[Count]
Until = Literal["time", "end", "future"]

LONGEST_LINE = 64 * 1024 * 1024
"""Bytes of one line: an `opened` line holds every row of a table."""


class Line(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="what"):
    """One line; `t_ms` is when it was written down."""

    t_ms: Number


class Sent(Line, frozen=True, kw_only=True, omit_defaults=True, tag="sent"):
    """A row is about to be sent."""

    id: Count


class Answered(Line, frozen=True, kw_only=True, omit_defaults=True, tag="answered"):
    """The outcome of a write that was sent: acknowledged, refused, or unknown."""

    id: Count
    outcome: Literal["acknowledged", "refused", "unknown"]


class Target(Line, frozen=True, kw_only=True, omit_defaults=True, tag="target"):
    """T: the server's clock was asked between `asked_ms` and `t_ms` and answered `time`."""

    asked_ms: Number
    time: str
    lsn: str


class Backup(Line, frozen=True, kw_only=True, omit_defaults=True, tag="backup"):
    """A backup was made: `base`, `incremental`, or `combined` of these two. `label` is what the tool that
    made it calls it."""

    backup: str
    began_ms: Number
    start: str
    end: str
    timeline: Count
    label: str | None = None


class Listed(Line, frozen=True, kw_only=True, omit_defaults=True, tag="listed"):
    """A file that a backup's manifest names."""

    backup: str
    path: str
    size: Count
    algorithm: str | None
    checksum: str | None


class Found(Line, frozen=True, kw_only=True, omit_defaults=True, tag="found"):
    """A file that lies in a backup. `checksum` is by the manifest's algorithm."""

    backup: str
    path: str
    size: Count
    checksum: str | None


class Archived(Line, frozen=True, kw_only=True, omit_defaults=True, tag="archived"):
    """A file of an archive: `kept` is the archive itself, others are copies that were damaged on purpose."""

    archive: str
    name: str
    size: Count
    sha256: str


class Inspected(Line, frozen=True, kw_only=True, omit_defaults=True, tag="inspected"):
    """What the restore procedure found of an archive before a restore: segments that are missing or of
    another size between the backup's start and the last one, and the first record that cannot be read.

    Where another tool looked, `verify` is its text and `verify_status` its exit status; `unreadable` is then
    what the procedure made of that text, and is derived from it again.
    """

    archive: str
    missing: list[str]
    unreadable: str | None
    verify: str | None = None
    verify_status: Count | None = None


class Restore(Line, frozen=True, kw_only=True, omit_defaults=True, tag="restore"):
    """A restore ended. `refused_by`: the procedure, before PostgreSQL was started; PostgreSQL, which ended
    with `words`; null where the copy takes writes."""

    restore: str
    backup: str
    archive: str
    until: Until
    began_ms: Number
    refused_by: Literal["procedure", "PostgreSQL"] | None
    words: str | None = None


class Opened(Line, frozen=True, kw_only=True, omit_defaults=True, tag="opened"):
    """A restored copy that takes writes: its timeline, where the recovery stopped and why, and its rows.

    `rows` are those with the payload that was sent; `stored` counts all. `end` is the end of the archive, as
    the restore procedure knows it: null where it does not ask.
    """

    restore: str
    timeline: Count
    stopped_at: str
    stop_reason: str | None
    end: str | None
    stored: Count
    rows: Ids


class Wrote(Line, frozen=True, kw_only=True, omit_defaults=True, tag="wrote"):
    """A row was written to a restored copy, and its segment ended: did it reach the archive?"""

    restore: str
    acknowledged: bool
    archive_mode: str
    archive_before: str
    archive_after: str


AnyLine = Sent | Answered | Target | Backup | Listed | Found | Archived | Inspected | Restore | Opened | Wrote

_DECODER: msgspec.json.Decoder[AnyLine] = msgspec.json.Decoder(AnyLine)
_ENCODER = msgspec.json.Encoder()


def encode(line: AnyLine) -> bytes:
    """One line of the file, its end included."""
    return _ENCODER.encode(line) + b"\n"


def decode(lines: Iterable[bytes]) -> list[AnyLine]:
    """The lines of a history. Raises ValueError that names the line and the fault."""
    return [_one(line, number) for number, line in enumerate(lines, 1)]


def _one(line: bytes, number: int) -> AnyLine:
    if len(line) > LONGEST_LINE or not line.endswith(b"\n"):
        fault = "too long" if len(line) > LONGEST_LINE else "has no end: the file was cut off"
        raise ValueError(f"line {number}: {fault}")
    try:
        return _DECODER.decode(line)
    except msgspec.ValidationError as fault:
        raise ValueError(f"line {number}: {cut(str(fault))}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"line {number}: not JSON") from None
