"""EXTERNAL: statements that others signed, and whether each counts as of the time of judgement."""

from collections.abc import Iterator
from typing import Annotated, Literal

from haproof.core.described import figure
from haproof.core.figures import cut
from haproof.core.instant import Instant
from haproof.core.record import Count, Part, Record


class Statement(Part, frozen=True, kw_only=True):
    """One statement. What its file does not hold, or cannot be read from it, is null.

    `keyid` is the trusted key that signed it, else the key that its envelope names; `reason` says why it does
    not count.
    """

    path: str
    keyid: str | None
    requirement: str | None
    issuer: str | None
    scope: str | None
    performed_on: str | None
    valid_until: str | None
    result: str | None
    summary: str | None
    document: str | None
    document_sha256: str | None
    state: Literal["counts", "expired", "does not count"]
    reason: str | None


class ExternalMetrics(Part, frozen=True, kw_only=True):
    """Statements, in the order of their files' names, and how many of them count."""

    statements: Annotated[
        list[Statement],
        figure(
            label="Statements",
            meaning="Every statement that was found, and whether it counts.",
            why="Some evidence can only come from others: an audit, a run in another region.",
            how="Each *.dsse.json in external/: its signature, its document, its dates.",
            not_proved="That what an issuer says is true: the reader trusts the issuer, or not.",
        ),
    ]
    statements_counted: Annotated[
        Count | None,
        figure(
            label="Statements that count",
            counts=("statement that counts", "statements that count"),
            meaning="Statements that a trusted key signed, with their document, that have not expired.",
        ),
    ]
    statements_failed: Annotated[
        Count | None,
        figure(
            label="Statements that say FAIL",
            counts=("statement that counts says FAIL", "statements that count say FAIL"),
            meaning="Statements that count and say that the requirement is not met.",
        ),
    ]
    statements_not_counted: Annotated[
        Count | None,
        figure(
            label="Statements that do not count",
            counts=("statement that does not count", "statements that do not count"),
            meaning="Statements that do not count; each is listed with the reason.",
            why="A statement that silently counts for nothing looks like one that was read.",
            how="No statement, not signed by a trusted key, without its document, or expired.",
            not_proved="That such a statement is wrong: nobody vouches for it here.",
        ),
    ]


class ExternalRecord(Record, frozen=True, kw_only=True):
    """What all statements of an evidence directory come to. It has no producer and no time of its own."""

    generated_at: Instant | None = None  # type: ignore[assignment]
    metrics: ExternalMetrics


def remarks(record: ExternalRecord) -> Iterator[str]:
    """Those that do not count, each with the reason."""
    for one in record.metrics.statements:
        if one.state != "counts":
            about = f" ({one.requirement}, {cut(one.issuer)})" if one.requirement and one.issuer else ""
            yield f"{cut(one.path)}{about} does not count: {one.reason}"


def incomplete(record: ExternalRecord) -> str | None:
    """Without a statement that counts there is no verdict."""
    total = len(record.metrics.statements)
    if record.metrics.statements_counted:
        return None
    return "the only statement does not count" if total == 1 else f"none of {total} statements counts"
