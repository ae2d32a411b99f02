"""What a slice report may hold: the keys that all five slices share, and the types of their figures.

These types are the evidence contract: they validate what is read, and the published JSON Schemas are
generated from them. A key that may be left out is UNSET when it was; `None` means "tried, not measured".
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct, UnsetType

from haproof.core.instant import Instant

LARGEST = 2**53 - 1
"""The largest number allowed: beyond it JSON readers disagree (RFC 8259 §6)."""

Count = Annotated[int, Meta(ge=0, le=LARGEST)]
"""A whole number, written without fraction or exponent."""

Number = Count | Annotated[float, Meta(ge=0, le=LARGEST)]
"""A measured figure, whole or decimal."""

Signed = Annotated[int, Meta(ge=-LARGEST, le=LARGEST)] | Annotated[float, Meta(ge=-LARGEST, le=LARGEST)]
"""A figure that may lie below zero: a time before an event."""

_VERSION = Meta(pattern=r"^1(\.[0-9]+)?(?![\s\S])", description="version 1 or 1.x")
_DIGEST = Meta(pattern=r"^[0-9A-Fa-f]{64}(?![\s\S])", description="64 hex digits")
_HEX = Meta(pattern=r"^[0-9A-Fa-f]+(?![\s\S])", description="hex digits")

FORMS = {repr(form.pattern): form.description for form in (_VERSION, _DIGEST, _HEX)}
"""Each pattern, quoted as msgspec quotes it, and what a person calls a text of that form. (Python's `$` would
let a final line feed through.)"""

Version = Annotated[str, _VERSION]
"""Any minor version of the one major version that this reader knows."""

Digest = Annotated[str, _DIGEST]
"""A SHA-256 in hex, either case."""

Hex = Annotated[str, _HEX]
"""A digest in hex, of whatever algorithm the producer compares with."""

INSIDE = r"^(?!/)(?!([\s\S]*/)?\.\.(/|(?![\s\S])))"
"""What the published schemas say of a path that stays in its folder (`core.parse` says it in words)."""


class Part(Struct, frozen=True, kw_only=True):
    """One object of a report. Keys that are not declared are ignored: newer producers may add some."""


class System(Part, frozen=True, kw_only=True):
    """The system under test."""

    name: str | None = None
    version: str | None = None
    sha256: str | None = None


class Generator(Part, frozen=True, kw_only=True):
    """The program that wrote a slice report."""

    name: str | None = None
    version: str | None = None


class Environment(Part, frozen=True, kw_only=True):
    """What was tested, as the producer describes it; `None` where it is not recorded."""

    platform: str | None = None
    cluster: str | None = None
    database: str | None = None
    database_version: str | None = None
    chaos: str | list[str] | None = None
    system: System | None = None
    generator: Generator | None = None
    host: dict[str, Any] | None = None
    settings: dict[str, Any] | None = None


class Entry(Part, frozen=True, kw_only=True):
    """One check, as the producer reports it."""

    id: str
    description: str
    status: Literal["PASS", "FAIL"]
    detail: str | None = None


class Summary(Part, frozen=True, kw_only=True):
    """The producer's own count; it must agree with its checks."""

    total: Count
    passed: Count
    failed: Count


class Artifact(Part, frozen=True, kw_only=True):
    """A raw file beside the report, relative to the slice's folder."""

    path: Annotated[str, Meta(extra_json_schema={"pattern": INSIDE})]
    sha256: Digest
    bytes: Count


class Header(Part, frozen=True, kw_only=True):
    """What every report begins with, whether its slice was run or not."""

    schema_version: Version
    slice: str
    name: str
    generated_at: Instant
    started_at: Instant | None = None
    run_id: str | None = None
    environment: Environment | None = None
    artifacts: list[Artifact] | None = None


class NotRunRecord(Header, frozen=True, kw_only=True):
    """A slice that could not be tried: a reason in place of figures."""

    not_run: str


class Record(Header, frozen=True, kw_only=True):
    """A report of what was run. Each kind adds its `metrics`, and `observations` where it has some.

    How many checks there are is said by the kind (`core.parse`).
    """

    checks: list[Entry]
    summary: Summary


Maybe = Number | None | UnsetType
MaybeCount = Count | None | UnsetType
MaybeFlag = bool | None | UnsetType
MaybeText = str | None | UnsetType
Numbers = list[Number | None] | None
MaybeNumbers = list[Number | None] | None | UnsetType
MaybeCounts = list[Count | None] | None | UnsetType
MaybeTexts = list[str | None] | None | UnsetType
