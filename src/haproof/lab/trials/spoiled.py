"""The lab's own machine over one trial: what it spoils is tried again, and no cluster is blamed for it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from haproof.core.findings import Finding
from haproof.core.kind import Kind
from haproof.core.parse import parse_report
from haproof.errors import LabError
from haproof.lab import control_group, slice_report
from haproof.lab.host import HostWatch
from haproof.lab.journal import Journal
from haproof.lab.shortage import LITTLE_DISK_BYTES, Left, Sign, Taken, noticed, shortage

ATTEMPTS = 3
"""So often a trial is tried on a machine that spoils it."""

FOLDER = "spoiled"
"""In the evidence folder: histories of trials that were tried again."""

NEVER_EXCUSED = frozenset(
    ("lost", "duplicated", "phantom", "epochs_shown_twice", "epoch_went_back", "stale_accepted")
)
"""Figures that no pause of the lab and no clock can make: a row that was acknowledged and is gone is gone."""

ANY_TIME = "1970-01-01T00:00:00Z"


class Spoiled(LabError):
    """A trial that the lab's machine spoiled as often as it was tried; the message says by what."""


class Machine:
    """Watches from its making to its end: clocks, standstills, and what ran short."""

    def __init__(self, folder: Path) -> None:
        noticed.clear()
        self._refused = control_group.refusals()
        self._watch = HostWatch(folder)
        self._watch.start()

    def end(self) -> str | None:
        """The one sentence that says why the trial proves nothing; None where nothing was short."""
        seen = self._watch.stop()
        if seen.least_disk_bytes < LITTLE_DISK_BYTES:
            free = seen.least_disk_bytes // (1024 * 1024)
            noticed.add(Sign("disk", f"{free} MB were free where the cluster has its data"))
        newly = {kind: now - self._refused[kind] for kind, now in control_group.refusals().items()}
        return shortage(seen, newly, (), Left(), Taken())


def spoiled(kind: Kind, metrics: Mapping[str, Any], short: str | None) -> str | None:
    """Why a trial does not count; None where it does. `metrics` are those of a report with this trial alone.

    It counts where the machine was short of nothing, where all went well in spite of it, and where it shows
    what no machine explains.
    """
    if short is None:
        return None
    rules = broken(kind, metrics)
    if not rules or any(finding.name in NEVER_EXCUSED for finding in rules):
        return None
    return short


def broken(kind: Kind, metrics: Mapping[str, Any]) -> list[Finding]:
    """The rules that the one trial of a report breaks: its only one, or without any its control."""
    where = "/metrics/trials/0/" if metrics["trials"] else "/metrics/control/"
    checks = [{"id": check.id, "description": check.title, "status": "FAIL"} for check in kind.checks]
    report = slice_report.header(kind, ANY_TIME, ANY_TIME, "", {}) | {
        "metrics": metrics,
        "checks": checks,
        "summary": {"total": len(checks), "passed": 0, "failed": len(checks)},
    }
    record: Any = parse_report(json.dumps(report).encode(), kind)
    found = (finding for check in kind.checks for finding in check.judge(record))
    return [finding for finding in found if not finding.holds and finding.pointer.startswith(where)]


def put_aside(folder: Path, journal: Journal, name: str, attempt: int, why: str, lines: list[bytes]) -> None:
    """Keep the history of a trial that is tried again, and say so."""
    path = folder / FOLDER / f"{name}-attempt-{attempt}.jsonl"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"".join(lines))
    journal.note("trial spoiled", trial=name, attempt=attempt, why=why, history=f"{FOLDER}/{path.name}")
