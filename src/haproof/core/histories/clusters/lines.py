"""One line of a cluster's history, decoded straight into its types.

A matrix of faults has a million lines, so a line costs a microsecond here where the general codec takes
twenty: the value of an operation stays raw until its own decoder takes it, and the search for a key that is
given twice is left to the full parser where counting cannot exclude one.
"""

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from haproof.core.figures import cut
from haproof.core.histories.codec import LONGEST_LINE, MOST_LINES, Malformed
from haproof.core.parse import Mismatch, parse_json
from haproof.core.record import Count, Number
from haproof.core.type_words import mismatch

Kind = Literal["invoke", "ok", "fail", "unknown", "fault", "heal", "end", "final"]
Op = Literal["insert", "read", "txn"]

NO_VALUE = msgspec.Raw()


class Line(msgspec.Struct, gc=False, kw_only=True):
    """One line; docs/histories.md says what each key means. Further keys are ignored."""

    trial: str
    t_ms: Number
    kind: Kind
    op: Op | None = None
    client: str | None = None
    via: str | None = None
    id: str | None = None
    value: msgspec.Raw = NO_VALUE
    member: str | None = None
    timeline: Count | None = None
    sqlstate: str | None = None
    warnings: list[str] | None = None
    read_write: bool | None = None
    rows: list[str] | None = None
    lists: dict[str, list[Count]] | None = None


_DECODER = msgspec.json.Decoder(Line)
_IDS = msgspec.json.Decoder(list[str])


def read(lines: Iterable[bytes]) -> Iterator[tuple[int, Line]]:
    """Each line with its number, from 1. Raises Malformed for one that is not strict JSON of these types, or
    that lacks what its kind needs."""
    for number, line in enumerate(lines, 1):
        if number > MOST_LINES:
            raise Malformed(number, f"more than {MOST_LINES:,} lines")
        one = _decoded(line, number)
        missing = _missing(one)
        if missing:
            what = one.kind if one.op is None else f"{one.kind} of {one.op}"
            raise Malformed(number, f"$.{missing}: missing in {what}")
        yield number, one


def ids(value: msgspec.Raw) -> list[str]:
    """The ids that a read returned. Raises ValueError."""
    try:
        return _IDS.decode(value)
    except msgspec.DecodeError:
        raise ValueError("$.value: expected the ids that were read") from None


def _decoded(line: bytes, number: int) -> Line:
    if len(line) > LONGEST_LINE:
        raise Malformed(number, f"longer than {LONGEST_LINE >> 20} MiB")
    if not line.endswith(b"\n"):
        raise Malformed(number, "has no end: the file was cut off")
    try:
        one = _DECODER.decode(line)
        if not _plain(line, one):
            parse_json(line)
    except msgspec.ValidationError as fault:
        place, words = mismatch(fault)
        raise Malformed(number, f"{cut(place)}: {words}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(number, "not JSON") from None
    except Mismatch as fault:
        raise Malformed(number, str(fault)) from None
    return one


def _plain(line: bytes, one: Line) -> bool:
    """Whether no key can be there twice: without spaces and escapes, each `":` ends a key, and there are as
    many as there are values."""
    if b"\\" in line or b" " in line or b"\t" in line or b"\r" in line:
        return False
    values = 3 + sum(
        value is not None
        for value in (
            one.op, one.client, one.via, one.id, one.member, one.timeline, one.sqlstate, one.warnings,
            one.read_write, one.rows,
        )
    )  # fmt: skip
    values += len(one.value) > 0
    if one.lists is not None:
        values += 1 + len(one.lists)
    return line.count(b'":') == values


def _missing(one: Line) -> str | None:
    """A key that a line of its kind must have and has not."""
    if one.kind in ("fault", "heal", "end"):
        return None
    if one.kind == "final":
        if one.member is None:
            return "member"
        if one.rows is None:
            return "rows"
        return "read_write" if one.read_write is None else None
    if one.op is None:
        return "op"
    if one.client is None:
        return "client"
    if one.id is None:
        return "id"
    if not len(one.value) and (one.op == "txn" and one.kind in ("invoke", "ok")):
        return "value"
    return None
