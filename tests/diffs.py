"""Runs to be compared, and what a comparison says of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from builders import EvidenceSet, judged, seed
from haproof.render import render

TIME = ["--generated-at", "2026-03-23T12:00:00Z"]
Run = Callable[..., tuple[int, str, str]]


def flat(out: str) -> str:
    """The words, however they were broken into lines."""
    return " ".join(out.replace(" … ", " ").split())


def artifact(folder: Path, reports: EvidenceSet, **changes: Any) -> Path:
    """The JSON artifact of an evidence set, with some of its keys replaced."""
    report = judged(folder / "evidence", reports)
    path = folder / "val26-proof-report.json"
    path.write_text(json.dumps(json.loads(render(report, "json")) | changes), encoding="utf-8")
    return path


def changed(slice_id: str, made: Callable[[], EvidenceSet] = seed, **metrics: Any) -> EvidenceSet:
    reports = made()
    reports[slice_id]["metrics"] |= metrics
    return reports


def everywhere(made: Callable[[], EvidenceSet] = seed, **environment: Any) -> EvidenceSet:
    reports = made()
    for report in reports.values():
        report["environment"] |= environment
    return reports
