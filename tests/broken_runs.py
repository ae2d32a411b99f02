"""Eight runs that are broken in different ways, and what whoever opens the report of one must see at once.

Used by the tests of every document for people: the first screen of the page, the cover of the PDF.
"""

from collections.abc import Callable
from pathlib import Path

from msgspec import Struct

from builders import NOON, EvidenceSet, fail, write
from golden.cases import everything_measured
from haproof.api import assess, read_evidence
from haproof.core.histories.codec import encode
from haproof.core.model import Options
from haproof.core.report import Report
from haproof.raw_files import recount
from histories import Story

SYSTEM = "reference node 0.1.0"


class Broken(Struct, frozen=True):
    """A run, and words that a reader must find: the reason with figure and limit, and the next step."""

    make: Callable[[Path], Report]
    reason: str
    next: str


def _judged(folder: Path, reports: EvidenceSet, options: Options | None = None) -> Report:
    return assess(read_evidence(str(write(folder, reports))), NOON, options or Options())


def late_trial(folder: Path) -> Report:
    reports = everything_measured()
    reports["VAL13"]["metrics"] |= {"sigkill_trials_ms": [56, 6210, 58.25], "sigkill_failover_ms": 6210}
    fail(reports["VAL13"], "VAL13-05", "6210 ms")
    return _judged(folder, reports)


def lost_rows(folder: Path) -> Report:
    reports = everything_measured()
    reports["VAL13"]["metrics"]["data_loss_rows"] = 3
    fail(reports["VAL13"], "VAL13-04", "3 rows are gone")
    return _judged(folder, reports)


def contradiction(folder: Path) -> Report:
    reports = everything_measured()
    reports["VAL15"]["metrics"]["restore_ms"] = 60_000.0004
    return _judged(folder, reports)


def missing_slice(folder: Path) -> Report:
    reports = everything_measured()
    del reports["VAL14"]
    return _judged(folder, reports)


def schema_mismatch(folder: Path) -> Report:
    reports = everything_measured()
    reports["VAL17"]["metrics"]["recovery_ms"] = "6 s"
    return _judged(folder, reports)


def incoherent_window(folder: Path) -> Report:
    reports = everything_measured()
    reports["VAL13"]["generated_at"] = "2026-03-23T05:19:59Z"
    return _judged(folder, reports)


def too_old(folder: Path) -> Report:
    return _judged(folder, everything_measured(), Options(max_age_seconds=1800))


def recount_differs(folder: Path) -> Report:
    """As `report --recount` judges it: 50 rows in the report, 36 in the raw file of writes beside it."""
    reports = everything_measured()
    refused, unknown = (reports["VAL13"]["metrics"][f"rows_{kind}"] for kind in ("refused", "unknown"))
    rows = [f"row-{number}" for number in range(36)]
    observed = reports["VAL13"]["observations"]
    story = Story().mark(0, "heal", "start-1").mark(1, "end", "start-1")
    for epoch in observed["epochs"]:
        node = ("node1", "node2")[epoch % 2]
        story.status(2 + epoch, node, node, epoch, role="leader").event(2 + epoch, epoch, node)
    for number, row in enumerate(rows):
        story.ack(10 + number, row, node=node, epoch=epoch)
    for number in range(refused):
        story.refuse(60 + number, f"refused-{number}")
    for number in range(unknown):
        story.lose_sight(90 + number, f"unknown-{number}")
    write(folder, reports)
    (folder / "val13/writes.jsonl").write_bytes(b"".join(map(encode, story.final(200, *rows).lines)))
    evidence = recount(read_evidence(str(folder)))
    return assess(evidence, NOON, Options(recount=True))


BROKEN = {
    "late_trial": Broken(late_trial, "6,210 ms in 1 of 3 trials (limit 5,000 ms)", "explain VAL13-05"),
    "lost_rows": Broken(lost_rows, "3 acknowledged rows lost (limit 0)", "explain VAL13-04"),
    "contradiction": Broken(
        contradiction,
        "60,000.0004 ms (limit 60,000 ms), although the report says PASS",
        "Fix the VAL15 producer and run again",
    ),
    "missing_slice": Broken(
        missing_slice, "No replication-lag evidence: val14/val14-report.json not found", "Run VAL14"
    ),
    "schema_mismatch": Broken(
        schema_mismatch, "No quorum-loss evidence: val17/val17-report.json", "haproof schema VAL17"
    ),
    "incoherent_window": Broken(
        incoherent_window, "6 h 1 s apart (limit 6 h)", "Run all slices again in one go"
    ),
    "too_old": Broken(too_old, "40 min old (limit 30 min, by --max-age)", "Run all slices again"),
    "recount_differs": Broken(
        recount_differs,
        "Number of rows acknowledged: 50 reported, 36 recounted from val13/writes.jsonl",
        "Fix the VAL13 producer",
    ),
}
"""By name."""
