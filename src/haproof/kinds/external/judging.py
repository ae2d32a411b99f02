"""Which statements count, as of a day and for the keys that the reader trusts. Pure."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Literal

from msgspec.structs import replace

from haproof.core.figures import cut
from haproof.core.record import Entry, Summary
from haproof.kinds.external.checks import none_says_fail
from haproof.kinds.external.reading import Seen
from haproof.kinds.external.record import ExternalMetrics, ExternalRecord, Statement

State = Literal["counts", "expired", "does not count"]


def judge(seen: Sequence[Seen], at: datetime, trusted: Sequence[str]) -> ExternalRecord:
    """The record of all statements: there is no producer, so the status of its check is our own."""
    today = at.astimezone(UTC).date()
    statements = [_statement(one, today, trusted) for one in seen]
    counted = [one for one in statements if one.state == "counts"]
    metrics = ExternalMetrics(
        statements=statements,
        statements_counted=len(counted),
        statements_failed=sum(one.result == "FAIL" for one in counted),
        statements_not_counted=len(statements) - len(counted),
    )
    record = ExternalRecord(
        schema_version="1",
        slice="EXTERNAL",
        name="Statements by Others",
        metrics=metrics,
        checks=[],
        summary=Summary(total=1, passed=0, failed=1),
    )
    return _with_its_check(record)


def _with_its_check(record: ExternalRecord) -> ExternalRecord:
    """The status that the rule gives."""
    passed = all(finding.holds for finding in none_says_fail.judge(record))
    entry = Entry(id=none_says_fail.id, description=none_says_fail.title, status="PASS" if passed else "FAIL")
    return replace(
        record, checks=[entry], summary=Summary(total=1, passed=int(passed), failed=int(not passed))
    )


def _statement(seen: Seen, today: date, trusted: Sequence[str]) -> Statement:
    """One statement as it is published: who signed it is said only where the reader trusts that key."""
    signed_by = seen.signed_by if seen.signed_by in trusted else None
    state, reason = _state(seen, signed_by, today, trusted)
    found = seen.statement
    said = found.predicate if found else None
    return Statement(
        path=seen.path,
        keyid=signed_by or seen.hint,
        requirement=said.requirement if said else None,
        issuer=said.issuer if said else None,
        scope=said.scope if said else None,
        performed_on=said.performed_on if said else None,
        valid_until=said.valid_until if said else None,
        result=said.result if said else None,
        summary=said.summary if said else None,
        document=found.document.name if found else None,
        document_sha256=found.document.digest.sha256 if found else None,
        state=state,
        reason=reason,
    )


def _state(
    seen: Seen, signed_by: str | None, today: date, trusted: Sequence[str]
) -> tuple[State, str | None]:
    """Whether it counts, and if not the first reason: what it is, who signed it, its document, its dates."""
    if seen.statement is None:
        return "does not count", seen.fault
    if signed_by is None:
        return "does not count", _stranger(seen.hint, trusted)
    if seen.document_fault is not None:
        return "does not count", seen.document_fault
    said = seen.statement.predicate
    if date.fromisoformat(said.performed_on) > today:
        return (
            "does not count",
            f"performed on {said.performed_on}, after the day of this report ({today}, UTC)",
        )
    if date.fromisoformat(said.valid_until) < today:
        return "expired", f"expired, it was valid until {said.valid_until}: ask for a new one"
    return "counts", None


def _stranger(hint: str | None, trusted: Sequence[str]) -> str:
    """Why a signature is not believed."""
    if hint is None:
        return "signed by a key that is not trusted, and that it does not name (--trust KEY)"
    if hint in trusted:
        return f"names the trusted key {hint}, but the signature is not that key's"
    return f"signed by key {cut(hint)}, which is not trusted (--trust KEY)"
