"""One slice, judged again from its own figures."""

from typing import Any

from haproof.core.check import AnySlice
from haproof.core.findings import Findings
from haproof.core.model import CheckResult, SliceResult, Source
from haproof.core.record import Record
from haproof.core.recount import dispute


def judge(record: Any, slice_: AnySlice) -> tuple[tuple[str, Findings], ...]:
    """Every check's id and findings, from metrics and observations alone (no producer's word is read)."""
    return tuple((check.id, check.judge(record)) for check in slice_.checks)


def judge_slice(source: Source) -> SliceResult:
    """The slice's ten checks, each with the producer's word and our own findings (a recount's included)."""
    record: Record | None = source.record
    if record is None:
        return SliceResult(source=source)
    places = {entry.id: (index, entry) for index, entry in enumerate(record.checks)}
    results = []
    for check in source.slice.checks:
        index, entry = places[check.id]
        findings = check.judge(record)
        results.append(CheckResult(check=check, entry=entry, pointer=f"/checks/{index}", findings=findings))
    result = SliceResult(source=source, checks=tuple(results))
    return result if source.recounted is None else dispute(result)
