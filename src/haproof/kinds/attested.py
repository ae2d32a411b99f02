"""PUB-1 to PUB-3: what only somebody else can attest."""

from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from haproof.core.figures import cut
from haproof.core.judged import Judged
from haproof.core.level import Held, Requirement

if TYPE_CHECKING:
    from haproof.kinds.external.record import Statement

KIND_ID = "EXTERNAL"
KINDS = (KIND_ID,)

LAST = time(23, 59, 59)
"""The last second of the day until which a statement is valid."""


def attested(requirement_id: str, text: str, absent: str) -> Requirement:
    """A statement that counts says PASS, and none that counts says FAIL. `absent`: what is said where there
    is no statement about it."""

    def judge(judged: Judged) -> Held:
        result = judged.kind(KIND_ID)
        record = result.source.record if result else None
        if result is not None and record is None:
            return Held("NO EVIDENCE", f"{KIND_ID} MISSING: {result.why_missing}", KINDS, KINDS)
        found = record.metrics.statements if record is not None else []
        return _held([one for one in found if one.requirement == requirement_id], absent)

    return Requirement(id=requirement_id, text=text, judge=judge)


def _held(found: "list[Statement]", absent: str) -> Held:
    """What the statements about one requirement come to."""
    counting = [one for one in found if one.state == "counts"]
    failed = [one for one in counting if one.result == "FAIL"]
    if failed:
        said = [f"{_issuer(one)} says FAIL ({one.performed_on}): {_summary(one)}" for one in failed]
        return Held("NOT MET", "; ".join(said), KINDS, KINDS)
    if counting:
        newest = max(counting, key=lambda one: (one.performed_on or "", one.valid_until or "", one.path))
        detail = f"attested by {_issuer(newest)} on {newest.performed_on}, valid until {newest.valid_until}"
        last = max(date.fromisoformat(one.valid_until) for one in counting if one.valid_until)
        return Held("MET", detail, KINDS, until=datetime.combine(last, LAST, UTC))
    expired = [one for one in found if one.state == "expired"]
    if expired:
        said = [
            f"attested by {_issuer(one)} on {one.performed_on}, but only valid until {one.valid_until}: "
            "ask for a new statement"
            for one in expired
        ]
        return Held("NOT MET", "; ".join(said), KINDS, KINDS)
    why = [f"{cut(one.path)} does not count: {one.reason}" for one in found]
    return Held("NO EVIDENCE", "; ".join(why) or absent, KINDS, KINDS)


def _issuer(one: "Statement") -> str:
    return cut(one.issuer or "")


def _summary(one: "Statement") -> str:
    """What was found; the sentence that it ends has its own full stop."""
    return cut(one.summary or "").rstrip(". ")
