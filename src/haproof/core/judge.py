"""One kind, judged again from its own figures."""

from typing import Any

from haproof.core.findings import Findings
from haproof.core.kind import Kind
from haproof.core.model import CheckResult, SliceResult
from haproof.core.record import Record
from haproof.core.source import Source


def judge(record: Any, kind: Kind) -> tuple[tuple[str, Findings], ...]:
    """Every check's id and findings, from metrics and observations alone (no producer's word is read)."""
    return tuple((check.id, check.judge(record)) for check in kind.checks)


def judge_slice(source: Source) -> SliceResult:
    """The checks of one kind, each with the producer's word and our own findings (a recount's included)."""
    record: Record | None = source.record
    if record is None:
        return SliceResult(source=source)
    places = {entry.id: (index, entry) for index, entry in enumerate(record.checks)}
    results = []
    for check in source.kind.checks:
        index, entry = places[check.id]
        findings = check.judge(record)
        results.append(CheckResult(check=check, entry=entry, pointer=f"/checks/{index}", findings=findings))
    incomplete = None if source.kind.incomplete is None else source.kind.incomplete(record)
    result = SliceResult(source=source, checks=tuple(results), incomplete=incomplete)
    if source.recounted is None:
        return result
    from haproof.core.recount import dispute

    return dispute(result)
