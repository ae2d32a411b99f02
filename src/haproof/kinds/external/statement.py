"""What somebody else signs: an in-toto Statement v1 about one document, which says one requirement. Pure.

`haproof attest` writes it, `haproof report --trust KEY` reads it, `haproof schema EXTERNAL` prints its
schema.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, field, to_builtins

from haproof.core.figures import cut
from haproof.core.in_toto import (
    STATEMENT_TYPE,
    DigestSet,
    StatementFault,
    StatementType,
    Subject,
    compact,
    expect_predicate,
    parse_payload,
)
from haproof.core.type_words import mismatch

PREDICATE_NAME = "urn:haproof:predicate:external:"
PREDICATE_TYPE = f"{PREDICATE_NAME}1"
"""The predicate's type; the number is its major version."""

Requirement = Literal["PUB-1", "PUB-2", "PUB-3"]
REQUIREMENTS: tuple[Requirement, ...] = ("PUB-1", "PUB-2", "PUB-3")
"""What only others can attest."""

LONGEST_LINE, LONGEST_TEXT = 200, 2_000
"""Characters of a name, and of a text of several sentences."""

ENDING = ".dsse.json"
"""How the name of a statement's file ends."""

DAY = r"^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])(?![\s\S])"
"""What a JSON Schema can say of a date: not whether the day exists."""

NAME = r"^[^./\\\x00-\x1f][^/\\\x00-\x1f]*(?![\s\S])"
"""The name of a document: a file in the same folder, and no hidden one."""

Line = Annotated[str, Meta(min_length=1, max_length=LONGEST_LINE)]
Text = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]
Day = Annotated[str, Meta(extra_json_schema={"format": "date", "pattern": DAY})]


class Predicate(Struct, frozen=True, kw_only=True):
    """What is stated. Dates are in UTC; `valid_until` is the last day on which the statement counts."""

    requirement: Requirement
    issuer: Line
    scope: Text
    performed_on: Day
    valid_until: Day
    result: Literal["PASS", "FAIL"]
    summary: Text


class ExternalStatement(Struct, frozen=True, kw_only=True, rename="camel"):
    """An in-toto Statement v1 about one document, which lies next to it under the name of its subject."""

    type_: StatementType = field(name="_type")
    subject: Annotated[tuple[Subject, ...], Meta(extra_json_schema={"minItems": 1, "maxItems": 1})]
    predicate_type: Annotated[str, Meta(extra_json_schema={"const": PREDICATE_TYPE})]
    predicate: Predicate

    @property
    def document(self) -> Subject:
        """The document."""
        return self.subject[0]


def encode(predicate: Predicate, document: str, sha256: str) -> bytes:
    """The payload's bytes: compact JSON in ASCII, the same for the same statement. Raises StatementFault
    where `parse` would."""
    made = ExternalStatement(
        type_=STATEMENT_TYPE,
        subject=(Subject(document, DigestSet(sha256)),),
        predicate_type=PREDICATE_TYPE,
        predicate=predicate,
    )
    payload = compact(to_builtins(made))
    parse(payload)
    return payload


def parse(payload: bytes) -> ExternalStatement:
    """The statement in a payload. Raises StatementFault for anything else."""
    tree = parse_payload(payload)
    expect_predicate(tree.get("predicateType"), PREDICATE_NAME, (PREDICATE_TYPE,))
    _known_requirement(tree.get("predicate"))
    try:
        found = msgspec.convert(tree, ExternalStatement)
    except msgspec.ValidationError as fault:
        place, words = mismatch(fault)
        raise StatementFault(f"does not match the statement's schema: {cut(place)}: {words}") from None
    if len(found.subject) != 1:
        raise StatementFault(
            f"names {len(found.subject)} subjects; a statement is about exactly one document"
        )
    _plain_name(found.document.name)
    _in_order(found.predicate)
    return found


def _known_requirement(predicate: Any) -> None:
    """Another requirement is a common slip: it has a sentence of its own."""
    named = predicate.get("requirement") if isinstance(predicate, Mapping) else None
    if isinstance(named, str) and named not in REQUIREMENTS:
        raise StatementFault(f"is about {cut(named)!r}: statements are about {', '.join(REQUIREMENTS)}")


def _plain_name(name: str) -> None:
    """A document is a file next to its statement, and no statement itself."""
    if not re.match(NAME, name):
        raise StatementFault(f"its document {cut(name)!r} is not the name of a file next to it")
    if name.endswith(ENDING):
        raise StatementFault(f"its document {cut(name)!r} is a statement itself, which supports nothing")


def _in_order(predicate: Predicate) -> None:
    """Two days that exist, the work before the end of its validity."""
    performed, last = (_day(name, getattr(predicate, name)) for name in ("performed_on", "valid_until"))
    if last < performed:
        raise StatementFault(f"valid_until {last} is before performed_on {performed}")


def _day(name: str, text: str) -> date:
    try:
        if not re.match(DAY, text):
            raise ValueError(text)
        return date.fromisoformat(text)
    except ValueError:
        raise StatementFault(f"{name} {cut(text)!r} is not a date such as 2026-03-23") from None
