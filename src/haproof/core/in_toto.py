"""What every in-toto Statement v1 has (https://in-toto.io/Statement/v1): its type, its subjects. Pure."""

import json
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from haproof.core.figures import cut
from haproof.core.parse import Mismatch, parse_json

StatementType = Literal["https://in-toto.io/Statement/v1"]
STATEMENT_TYPE: StatementType = "https://in-toto.io/Statement/v1"

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]


class StatementFault(Exception):
    """The payload is not a statement that this program understands."""


class DigestSet(Struct, frozen=True):
    """in-toto's DigestSet, with the one algorithm in use."""

    sha256: Sha256


class Subject(Struct, frozen=True):
    """A file: its POSIX name relative to the folder that the statement is about, and the digest of its
    bytes."""

    name: str
    digest: DigestSet


def compact(tree: Any) -> bytes:
    """JSON without white space, in ASCII; key order as it is."""
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode("ascii")


def parse_payload(payload: bytes) -> dict[str, Any]:
    """The statement in a payload, of whatever predicate. Raises StatementFault."""
    try:
        tree = parse_json(payload)
    except Mismatch as fault:
        raise StatementFault(f"the payload is not JSON of one meaning: {fault}") from None
    found = tree if isinstance(tree, dict) else {}
    _expect("_type", found.get("_type"), STATEMENT_TYPE)
    return found


def expect_predicate(kind: Any, name: str, known: Sequence[str]) -> None:
    """The type of a predicate of ours: its name with one of the `known` versions, the newest last.

    Raises StatementFault.
    """
    if isinstance(kind, str) and kind.startswith(name) and kind not in known:
        listed = " and ".join(map(repr, known))
        raise StatementFault(
            f"unknown predicate version {cut(kind)!r}: this haproof knows {listed}; use a newer one"
        )
    if kind not in known:
        _expect("predicateType", kind, known[-1])


def _expect(key: str, found: Any, wanted: str) -> None:
    """One of the two type fields."""
    if found != wanted:
        raise StatementFault(f"{key} is {cut(str(found))!r}, not {wanted!r}")
