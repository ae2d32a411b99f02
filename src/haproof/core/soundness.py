"""Where an artifact of any version is incomplete or contradicts itself: path and fault, beyond its types.

Lists may be longer than those that this version knows; `core.conformance` is about its own.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from haproof.core.check import AnySlice
from haproof.core.checks import MATRIX, PASSES
from haproof.core.figure_fault import figure_fault
from haproof.core.figures import cut
from haproof.core.instant import format_instant, parse_instant
from haproof.core.levels import NAMES, reached
from haproof.core.model import REPORT, Metric, Metrics, Proof, SliceRow
from haproof.core.slices import SLICES

Faults = Iterator[tuple[str, str]]


def disagreements(proof: Proof) -> Faults:
    """What is wrong with an artifact of any version 1.x: lists may be longer than those known here."""
    if proof.report != REPORT:
        yield "$.report", f"expected '{REPORT}', got {cut(proof.report)!r}"
    yield from _listed("$.checks", [row.id for row in proof.checks], [check.id for check in MATRIX])
    yield from _listed("$.slices", [row.id for row in proof.slices], [slice_.id for slice_ in SLICES])
    rows = {row.id: row for row in proof.slices}
    for slice_ in SLICES:
        row = rows.get(slice_.id)
        if row is not None:
            yield from _row(proof, slice_, row)
    for check in proof.checks:
        passes = rows.get(PASSES.get(check.id, ""))
        if passes is not None and (check.status == "PASS") != (passes.status == "PASS"):
            yield "$.checks", f"{check.id} is {check.status}, {passes.id} is {passes.status}"
    yield from _tally(proof)
    yield from _levels(proof)
    yield from _times(proof)
    yield from metric_faults(proof.metrics)


def _listed(path: str, given: Sequence[str], expected: Sequence[str]) -> Faults:
    """These ids, in this order; a newer version may have further ones."""
    if [name for name in given if name in expected] != list(expected):
        yield path, f"expected {expected[0]} to {expected[-1]}, each once and in order"


def _row(proof: Proof, slice_: AnySlice, row: SliceRow) -> Faults:
    """A slice's counts and figures against its status, and its report among the files that were read."""
    if (row.status == "MISSING") != (getattr(proof.metrics, slice_.stem) is None):
        yield f"$.metrics.{slice_.stem}", f"null exactly where MISSING; {row.id} is {row.status}"
    counts, total = (row.passed, row.failed, row.total), len(slice_.checks)
    if row.status == "MISSING":
        agreed = counts == (None, None, None)
    else:
        passed = -1 if row.passed is None else row.passed
        agreed = 0 <= passed <= total and counts == (passed, total - passed, total)
        disputed = any(entry.slice == row.id and entry.check is None for entry in proof.contradictions)
        agreed = agreed and (row.status == "PASS") == (passed == total and not disputed)
    if not agreed:
        yield "$.slices", f"{row.id} is {row.status}, its counts say otherwise"
    read = {(file.slice, file.path) for file in proof.evidence.files}
    if row.status != "MISSING" and (row.id, row.path) not in read:
        yield "$.evidence.files", f"lists no report of {row.id}, which is {row.status}"


def _tally(proof: Proof) -> Faults:
    passed = sum(row.status == "PASS" for row in proof.checks)
    tally = (proof.summary.passed, proof.summary.failed)
    if tally != (passed, len(proof.checks) - passed):
        yield "$.summary", f"says {tally[0]} pass and {tally[1]} fail, the checks say otherwise"


def _levels(proof: Proof) -> Faults:
    """A level is ready exactly if the one below it is and all of its requirements, one or more, are met."""
    below, seen = True, set[str]()
    for name in NAMES:
        level: Any = getattr(proof.readiness, name)
        ids = [requirement.id for requirement in level.requirements]
        if not ids or len({*ids, *seen}) != len(ids) + len(seen):
            yield f"$.readiness.{name}.requirements", "must name requirements, each once"
        seen.update(ids)
        below = below and all(requirement.state == "MET" for requirement in level.requirements)
        if level.ready != below:
            yield (
                f"$.readiness.{name}.ready",
                f"is {str(level.ready).lower()}, its requirements say otherwise",
            )
    failed = ", ".join(row.id for row in proof.checks if row.status == "FAIL")
    if proof.verdict != (reached(proof.readiness) or f"NOT READY ({failed})"):
        yield "$.verdict", "does not agree with the checks and the levels"


def _times(proof: Proof) -> Faults:
    """Times that are none."""
    window = proof.evidence.window
    times: dict[str, str | None] = {"$.generated_at": proof.generated_at}
    times |= {"$.evidence.window.earliest": window.earliest, "$.evidence.window.latest": window.latest}
    files, rows = proof.evidence.files, proof.slices
    times |= {f"$.evidence.files[{n}].generated_at": file.generated_at for n, file in enumerate(files)}
    times |= {f"$.slices[{n}].generated_at": row.generated_at for n, row in enumerate(rows)}
    for path, time in times.items():
        try:
            if time is not None and format_instant(parse_instant(time)) != time:
                yield path, f"{cut(time)!r} is not written in UTC with Z"
        except ValueError as fault:
            yield path, str(fault)


def metric_faults(metrics: Metrics) -> Faults:
    """Figures that are no figures, or PASS beyond their own target: path and fault."""
    for stem in Metrics.__struct_fields__:
        group: dict[str, Metric] = getattr(metrics, stem) or {}
        for name, metric in group.items():
            fault = figure_fault(metric)
            if fault:
                yield f"$.metrics.{stem}.{cut(name)}.{fault[0]}", fault[1]
