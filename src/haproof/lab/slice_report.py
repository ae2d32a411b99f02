"""From a draft to the bytes of a slice report, with the ten statuses taken from the slice's own judges."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.core.figures import shown
from haproof.core.findings import Finding
from haproof.core.kind import Kind
from haproof.core.parse import Mismatch, parse_report
from haproof.core.phrases import phrase
from haproof.core.record import NotRunRecord
from haproof.errors import LabError, UsageError
from haproof.lab.draft import Draft

SCHEMA_VERSION = "1"
LONGEST_QUOTE = 300


@dataclass(frozen=True)
class ReportFile:
    """A finished report: its bytes, and how many of its checks passed."""

    content: bytes
    passed: int
    total: int
    failed: tuple[str, ...]


def header(
    slice_: Kind, started_at: str, generated_at: str, run_id: str, environment: dict[str, Any]
) -> dict[str, Any]:
    """The keys that every report begins with."""
    return {
        "schema_version": SCHEMA_VERSION,
        "slice": slice_.id,
        "name": slice_.name,
        "generated_at": generated_at,
        "started_at": started_at,
        "run_id": run_id,
        "environment": environment,
    }


def judged(
    slice_: Kind,
    head: dict[str, Any],
    draft: Draft,
    artifacts: list[dict[str, Any]],
    broke_off: str | None = None,
    of_nothing: str | None = None,
) -> ReportFile:
    """A report of a slice that was run. Raises LabError where a check has no fact, or a figure no sense; of a
    run that broke off, checks without a fact fail with that reason. `of_nothing` says why a rule may have had
    nothing to hold for: it holds then, as "in every trial in which" does of none."""
    tree = head | {"metrics": draft.metrics}
    if draft.observations:
        tree["observations"] = draft.observations
    blank = [_entry(check.id, check.title, "FAIL", None) for check in slice_.checks]
    record = _record(slice_, tree | _closing(blank, artifacts))
    entries = []
    for check in slice_.checks:
        findings = check.judge(record)
        if not findings and broke_off is not None:
            entries.append(_entry(check.id, check.title, "FAIL", broke_off))
            continue
        if not findings and of_nothing is not None:
            entries.append(_entry(check.id, check.title, "PASS", of_nothing))
            continue
        if not findings:
            raise LabError(f"{check.id} has no fact to be judged by: a fault of the scenario")
        status = "PASS" if all(finding.holds for finding in findings) else "FAIL"
        entries.append(_entry(check.id, check.title, status, _detail(findings, draft)))
    content = _bytes(tree | _closing(entries, artifacts))
    parse_report(content, slice_)
    failed = tuple(entry["id"] for entry in entries if entry["status"] == "FAIL")
    return ReportFile(content, len(entries) - len(failed), len(entries), failed)


def not_run(slice_: Kind, head: dict[str, Any], reason: str, artifacts: list[dict[str, Any]]) -> bytes:
    """A report of a slice that could not be tried."""
    content = _bytes(head | {"not_run": reason, "artifacts": artifacts})
    parse_report(content, slice_)
    return content


def make_folder(folder: Path) -> None:
    """The folder of one kind. Raises UsageError where another run made it meanwhile."""
    try:
        folder.mkdir()
    except FileExistsError:
        raise UsageError(
            f"{folder} was made by another run meanwhile, and evidence is never overwritten"
        ) from None


def digest_files(folder: Path) -> list[dict[str, Any]]:
    """The raw files below a slice's folder, as its `artifacts`."""
    return [
        {
            "path": path.relative_to(folder).as_posix(),
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    ]


def _record(slice_: Kind, tree: dict[str, Any]) -> Any:
    try:
        record = parse_report(_bytes(tree), slice_)
    except Mismatch as fault:
        raise LabError(f"the scenario drafted no valid {slice_.id} record: {fault}") from fault
    if isinstance(record, NotRunRecord):
        raise LabError(f"{slice_.id} has a record without figures")
    return record


def _closing(entries: list[dict[str, Any]], artifacts: list[dict[str, Any]]) -> dict[str, Any]:
    failed = sum(1 for entry in entries if entry["status"] == "FAIL")
    summary = {"total": len(entries), "passed": len(entries) - failed, "failed": failed}
    return {"checks": entries, "summary": summary, "artifacts": artifacts}


def _entry(check_id: str, title: str, status: str, detail: str | None) -> dict[str, Any]:
    return {"id": check_id, "description": title, "status": status, "detail": detail}


def _detail(findings: tuple[Finding, ...], draft: Draft) -> str:
    """The broken rules, each with what the system did where that is known; else the figures that held."""
    broken = [_broken(finding, draft) for finding in findings if not finding.holds]
    return "; ".join(
        broken or [f"{finding.name} = {shown(finding.value, finding.limit)}" for finding in findings]
    )


def _broken(finding: Finding, draft: Draft) -> str:
    why = draft.quotes.get(finding.name)
    if why is None and finding.value is None:
        why = draft.gave_up
    return phrase(finding) if why is None else f"{phrase(finding)} ({cut(why)})"


def cut(sentence: str) -> str:
    """A sentence that quotes the system under test, on one line and of a length that a report can carry."""
    flat = " ".join(sentence.split()).encode("utf-8", "replace").decode("utf-8")
    return flat if len(flat) <= LONGEST_QUOTE else f"{flat[: LONGEST_QUOTE - 1]}…"


def _bytes(tree: dict[str, Any]) -> bytes:
    return (json.dumps(tree, indent=2, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8", "replace")
