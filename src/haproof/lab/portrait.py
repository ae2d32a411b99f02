"""What a node shows of itself, in words: for the sentence of a FAIL, which quotes what was answered."""

from collections.abc import Iterator

from haproof.lab.client import Answer

ROLES = ("leader", "follower")
HEALTH = ("healthy", "degraded", "lost")
SHOWN = ("role", "holder_id", "current_epoch", "quorum_health", "can_accept_protected_writes")


def portrait(name: str, answer: Answer, deadline_ms: float) -> str:
    """A node's status answer: what is wrong with its form, else the fields that decide who leads."""
    wrong = no_status(answer, deadline_ms) or "; ".join(sentence for _, sentence in malformed(answer))
    if wrong:
        return f"{name} {wrong}"
    fields = ", ".join(f"{field} {answer.quoted(field)}" for field in SHOWN)
    return f"{name} answered {fields}"


def no_status(answer: Answer, deadline_ms: float) -> str | None:
    """Why an answer is no status at all; None where it is one."""
    if answer.trouble == "timeout":
        return f"did not answer within {deadline_ms:,.0f} ms ([timing] answer_deadline_ms)"
    if answer.trouble == "refused":
        return "took no connection"
    if answer.trouble == "broken":
        return "ended the connection before its answer was whole"
    if not answer.ok:
        what = "something that is no JSON object" if answer.trouble else answer.quoted_body()
        return f"answered {answer.status}: {what}"
    return None


def malformed(answer: Answer) -> Iterator[tuple[str, str]]:
    """Each field of a status in a form that the contract does not know, with a sentence that quotes it."""
    for field, known in (("role", ROLES), ("quorum_health", HEALTH)):
        if answer.value(field) is not None and answer.value(field) not in known:
            yield field, f"answered {field} {answer.quoted(field)}, which is none of {', '.join(known)}"
    if answer.value("current_epoch") is not None and answer.count("current_epoch") is None:
        yield "current_epoch", f"answered current_epoch {answer.quoted('current_epoch')}, which is no count"
    if answer.value("holder_id") is not None and answer.text("holder_id") is None:
        yield "holder_id", f"answered holder_id {answer.quoted('holder_id')}, which is no text"
    if answer.value("acquired_at") is not None and answer.instant("acquired_at") is None:
        yield "acquired_at", f"answered acquired_at {answer.quoted('acquired_at')}, which is no time"
    for field in ("can_accept_protected_writes", "write_block_active"):
        if answer.value(field) is not None and answer.flag(field) is None:
            yield field, f"answered {field} {answer.quoted(field)}, which is neither true nor false"
