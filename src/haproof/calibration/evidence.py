"""What a calibration leaves: the report, and the files that make alerts and a dashboard of its thresholds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.calibration import dashboard, rules
from haproof.calibration.rules import Thresholds
from haproof.core import raw_names
from haproof.core.histories.calibration import Sampled, Session, decode, derive_figures
from haproof.files import write_files
from haproof.kinds.calibration import KIND
from haproof.lab import slice_report
from haproof.lab.draft import Draft
from haproof.version import VERSION

SAMPLES_FILE = raw_names.SAMPLES


@dataclass(frozen=True)
class Written:
    """What was written: figures, ids of the checks that failed, names of the files."""

    figures: dict[str, Any]
    failed: tuple[str, ...]
    files: tuple[str, ...]


def write(folder: Path) -> Written:
    """Judge the samples that lie in the folder and write everything that is derived from them.

    The report is as old as the last sample, not as this call. Raises OutputError; the samples stay.
    """
    with open(folder / SAMPLES_FILE, "rb") as lines:
        figures = derive_figures(lines)
    files = _derived(figures)
    write_files(str(folder), files)
    draft = Draft(figures, ())
    draft.metrics.update(figures)
    artifacts = [
        entry for entry in slice_report.digest_files(folder) if entry["path"] in (SAMPLES_FILE, *files)
    ]
    judged = slice_report.judged(KIND, _head(folder), draft, artifacts)
    report = f"{KIND.folder}-report.json"
    write_files(str(folder), {report: judged.content})
    return Written(figures, judged.failed, (report, *files))


def _derived(figures: dict[str, Any]) -> dict[str, bytes]:
    """Rules, their test, the query and the dashboard; nothing where there are no thresholds yet."""
    if figures["healthy_ms"] is None:
        return {}
    thresholds = Thresholds(
        figures["healthy_ms"],
        figures["degraded_ms"],
        figures["alert_ms"],
        f"p95 {figures['p95_ms']:g} ms of {figures['distinct_values']} values of write_lag in "
        f"{figures['hours']:g} h, {figures['source']}",
    )
    texts = {
        rules.QUERIES_FILE: rules.queries(),
        rules.RULES_FILE: rules.rules(thresholds),
        rules.RULES_TEST_FILE: rules.rules_test(thresholds),
        dashboard.DASHBOARD_FILE: dashboard.dashboard(thresholds),
    }
    return {name: text.encode("utf-8") for name, text in texts.items()}


def _head(folder: Path) -> dict[str, Any]:
    """When, and what was measured."""
    first = last = session = None
    with open(folder / SAMPLES_FILE, "rb") as lines:
        for line in decode(lines):
            if isinstance(line, Session):
                first, session = first or line, line
            elif isinstance(line, Sampled):
                last = line
    if first is None or session is None:
        raise ValueError("no session was begun, so nothing can be written")
    environment = {
        "platform": "production",
        "cluster": "One PostgreSQL primary and the standbys that stream from it",
        "database": f"PostgreSQL {session.server_version}",
        "database_version": session.server_version,
        "chaos": ["No fault was tried"],
        "system": {"name": "PostgreSQL", "version": session.server_version, "sha256": None},
        "generator": {"name": "haproof", "version": VERSION},
    }
    ended = last.at if last is not None else session.at
    return slice_report.header(KIND, first.at, ended, f"calibration-{first.at}", environment)
