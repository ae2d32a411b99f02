"""The in-toto Statement v1 that is signed: which files, and what they were judged to say. Pure.

The predicate holds the whole judgement (the JSON artifact, key for key) and, beside it, the same outcome as
the standard test-result predicate, for readers who know that one and not ours.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType, field, to_builtins

from haproof.core.figures import cut
from haproof.core.in_toto import (
    STATEMENT_TYPE,
    DigestSet,
    StatementFault,
    Subject,
    compact,
    expect_predicate,
    parse_payload,
)
from haproof.core.instant import DATE_TIME, format_instant, parse_instant
from haproof.core.model import Proof
from haproof.core.report import Report
from haproof.core.type_words import mismatch

PREDICATE_NAME = "urn:haproof:predicate:judgement:"
PREDICATE_TYPE = f"{PREDICATE_NAME}2"
"""Our predicate type; the number is its major version (`haproof schema predicate` prints its schema).

Version 1 has neither `signed_at` nor `signer`; it is read for ever."""

KNOWN_PREDICATES = (f"{PREDICATE_NAME}1", PREDICATE_TYPE)

LONGEST_SIGNER = 200

TestResultType = Literal["https://in-toto.io/attestation/test-result/v0.1"]
TEST_RESULT_TYPE: TestResultType = "https://in-toto.io/attestation/test-result/v0.1"

Signer = Annotated[str, Meta(min_length=1, max_length=LONGEST_SIGNER)]


class ResourceDescriptor(Struct, frozen=True, kw_only=True):
    """in-toto's ResourceDescriptor: what a test was run with."""

    name: str
    uri: str | UnsetType = msgspec.UNSET
    digest: DigestSet | UnsetType = msgspec.UNSET


class ResultPredicate(Struct, frozen=True, kw_only=True, rename="camel"):
    """The standard test-result predicate v0.1. PASSED only where HA DESIGN PARTNER READY is carried."""

    result: Literal["PASSED", "WARNED", "FAILED"]
    configuration: tuple[ResourceDescriptor, ...]
    passed_tests: tuple[str, ...]
    warned_tests: tuple[str, ...]
    failed_tests: tuple[str, ...]


class TypedResult(Struct, frozen=True, kw_only=True, rename="camel"):
    """The standard predicate under its own type, as it would stand in a statement of its own."""

    predicate_type: TestResultType
    predicate: ResultPredicate


class Predicate(Struct, frozen=True, kw_only=True):
    """Our predicate: when the signer's own clock says it was signed, who the signer says to be, the whole
    judgement, and next to it the standard test result."""

    signed_at: Annotated[str, Meta(pattern=DATE_TIME)]
    signer: Signer | UnsetType = msgspec.UNSET
    judgement: Proof
    test_result: TypedResult = field(name="testResult")


class SignedPredicate(Struct, frozen=True, kw_only=True):
    """A predicate of any known version, as it was signed. The judgement stays JSON: other versions of the
    artifact have other keys, and whether it is the artifact's is a comparison of the two."""

    signed_at: str | None = None
    signer: Signer | None = None
    judgement: dict[str, Any]
    test_result: TypedResult = field(name="testResult")


class Statement(Struct, frozen=True, kw_only=True, rename="camel"):
    """in-toto Statement v1, as it is made."""

    type_: str = field(name="_type")
    subject: tuple[Subject, ...]
    predicate_type: str
    predicate: Predicate


class SignedStatement(Struct, frozen=True, kw_only=True, rename="camel"):
    """in-toto Statement v1 with a predicate of ours, as it was received."""

    subject: tuple[Subject, ...]
    predicate_type: str
    predicate: SignedPredicate

    @property
    def digests(self) -> dict[str, str]:
        """SHA-256 of every file that the statement vouches for, by name."""
        return {subject.name: subject.digest.sha256 for subject in self.subject}

    @property
    def signed_at(self) -> str | None:
        """The time of the signer's clock; version 1 of the predicate did not say."""
        return None if self.predicate_type == KNOWN_PREDICATES[0] else self.predicate.signed_at


def make_statement(
    report: Report, digests: Mapping[str, str], signed_at: datetime, signer: str | None
) -> Statement:
    """The statement about files (name to SHA-256), sorted by name, and the report they gave.

    Raises ValueError where `signer` is no line of 1 to 200 visible characters.
    """
    return Statement(
        type_=STATEMENT_TYPE,
        subject=tuple(Subject(name, DigestSet(digests[name])) for name in sorted(digests)),
        predicate_type=PREDICATE_TYPE,
        predicate=Predicate(
            signed_at=format_instant(signed_at),
            signer=msgspec.UNSET if signer is None else _line(signer),
            judgement=report.proof,
            test_result=test_result(report),
        ),
    )


def _line(signer: str) -> str:
    """What may be written down as the signer. The rest of what Unicode knows would forge or hide text."""
    if not 0 < len(signer) <= LONGEST_SIGNER:
        raise ValueError(f"{len(signer)} characters, not 1 to {LONGEST_SIGNER}")
    if not signer.isprintable() or signer != signer.strip():
        raise ValueError("not one line of visible characters")
    return signer


def test_result(report: Report) -> TypedResult:
    """The outcome as the standard predicate: the checks of the matrix and those of each kind that is there.
    What could not be judged has not passed."""
    return TypedResult(predicate_type=TEST_RESULT_TYPE, predicate=_result(report))


def _result(report: Report) -> ResultPredicate:
    proof = report.proof
    outcomes = {row.id: row.status == "PASS" for row in proof.checks}
    for result in report.results:
        for check in result.source.kind.checks:
            judged = result.check(check.id)
            outcomes[check.id] = judged is not None and judged.passed
    judge = ResourceDescriptor(
        name=proof.generator.name, uri=f"pkg:pypi/{proof.generator.name}@{proof.generator.version}"
    )
    reports = (
        ResourceDescriptor(name=file.path, digest=DigestSet(file.sha256)) for file in proof.evidence.files
    )
    return ResultPredicate(
        result="PASSED" if report.ready else "FAILED",
        configuration=(judge, *reports),
        passed_tests=tuple(name for name, passed in outcomes.items() if passed),
        warned_tests=(),
        failed_tests=tuple(name for name, passed in outcomes.items() if not passed),
    )


def encode(statement: Statement) -> bytes:
    """The payload's bytes: compact JSON in ASCII, the same for the same statement."""
    return compact(to_builtins(statement))


def decode(payload: bytes) -> SignedStatement:
    """The statement in a payload.

    Raises StatementFault for anything but a statement with a predicate of our type and a known major version.
    """
    tree = parse_payload(payload)
    expect_predicate(tree.get("predicateType"), PREDICATE_NAME, KNOWN_PREDICATES)
    try:
        statement = msgspec.convert(tree, SignedStatement)
    except msgspec.ValidationError as fault:
        place, words = mismatch(fault)
        raise StatementFault(f"does not match the statement's schema: {cut(place)}: {words}") from None
    _check_time(statement)
    names = [subject.name for subject in statement.subject]
    if not names:
        raise StatementFault("names no subject: it vouches for nothing")
    if names != sorted(set(names)):
        raise StatementFault("its subjects are not sorted by name, each once")
    return statement


def _check_time(statement: SignedStatement) -> None:
    """`signed_at` is an instant, from version 2 of the predicate on."""
    if statement.predicate_type == KNOWN_PREDICATES[0]:
        return
    try:
        parse_instant(statement.signed_at)
    except ValueError as fault:
        raise StatementFault(f"predicate.signed_at: {fault}") from None
