"""The in-toto Statement v1 that is signed: which files, and what they were judged to say. Pure.

The predicate holds the whole judgement (the JSON artifact, key for key) and, beside it, the same outcome as
the standard test-result predicate, for readers who know that one and not ours.
"""

import json
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType, field, to_builtins

from haproof.core.figures import cut
from haproof.core.model import Proof, Report
from haproof.core.parse import Mismatch, parse_json

STATEMENT_TYPE = "https://in-toto.io/Statement/v1"
PREDICATE_NAME = "urn:haproof:predicate:judgement:"
PREDICATE_TYPE = f"{PREDICATE_NAME}1"
"""Our predicate type; the number is its major version (`haproof schema predicate` prints its schema)."""

TestResultType = Literal["https://in-toto.io/attestation/test-result/v0.1"]
TEST_RESULT_TYPE: TestResultType = "https://in-toto.io/attestation/test-result/v0.1"

Sha256 = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}(?![\s\S])")]


class StatementFault(Exception):
    """The payload is not a statement that this program understands."""


class DigestSet(Struct, frozen=True):
    """in-toto's DigestSet, with the one algorithm in use."""

    sha256: Sha256


class Subject(Struct, frozen=True):
    """A file: its POSIX name relative to the evidence directory, and the digest of its bytes."""

    name: str
    digest: DigestSet


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


class Predicate(Struct, frozen=True, kw_only=True, rename="camel"):
    """Our predicate: the whole judgement, beside it the standard test result."""

    judgement: Proof
    test_result: TypedResult


class Statement(Struct, frozen=True, kw_only=True, rename="camel"):
    """in-toto Statement v1."""

    type_: str = field(name="_type")
    subject: tuple[Subject, ...]
    predicate_type: str
    predicate: Predicate


def make_statement(report: Report, digests: Mapping[str, str]) -> Statement:
    """The statement about files (name to SHA-256), sorted by name, and the report they gave."""
    return Statement(
        type_=STATEMENT_TYPE,
        subject=tuple(Subject(name, DigestSet(digests[name])) for name in sorted(digests)),
        predicate_type=PREDICATE_TYPE,
        predicate=make_predicate(report),
    )


def make_predicate(report: Report) -> Predicate:
    """The judgement and the standard test result of a report."""
    result = TypedResult(predicate_type=TEST_RESULT_TYPE, predicate=_result(report))
    return Predicate(judgement=report.proof, test_result=result)


def _result(report: Report) -> ResultPredicate:
    """Ten checks of the matrix and ten of each slice; what could not be judged has not passed."""
    proof, slices = report.proof, report.slices
    outcomes = {row.id: row.status == "PASS" for row in proof.checks}
    for result in slices:
        for check in result.source.slice.checks:
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


def compact(tree: Any) -> bytes:
    """JSON without white space, in ASCII; key order as it is."""
    return json.dumps(tree, separators=(",", ":"), allow_nan=False).encode("ascii")


def decode(payload: bytes) -> tuple[Statement, Any]:
    """A payload's statement, and its JSON tree as it was received.

    Raises StatementFault for anything but a statement with a predicate of our type and major version.
    """
    try:
        tree = parse_json(payload)
    except Mismatch as fault:
        raise StatementFault(f"the payload is not JSON of one meaning: {fault}") from None
    kinds = tree if isinstance(tree, dict) else {}
    _expect("_type", kinds.get("_type"), STATEMENT_TYPE)
    kind = kinds.get("predicateType")
    if isinstance(kind, str) and kind.startswith(PREDICATE_NAME) and kind != PREDICATE_TYPE:
        raise StatementFault(
            f"unknown predicate version {cut(kind)!r}: this haproof knows {PREDICATE_TYPE!r}; use a newer one"
        )
    _expect("predicateType", kind, PREDICATE_TYPE)
    try:
        statement = msgspec.convert(tree, Statement)
    except msgspec.ValidationError as fault:
        raise StatementFault(f"does not match the statement's schema: {cut(str(fault))}") from None
    names = [subject.name for subject in statement.subject]
    if not names:
        raise StatementFault("names no subject: it vouches for nothing")
    if names != sorted(set(names)):
        raise StatementFault("its subjects are not sorted by name, each once")
    return statement, tree


def _expect(key: str, found: Any, wanted: str) -> None:
    """One of the two type fields."""
    if found != wanted:
        raise StatementFault(f"{key} is {cut(str(found))!r}, not {wanted!r}")
