"""Where an artifact of any version is incomplete or contradicts itself: path and fault, beyond its types.

Lists may be longer than those that this version knows; `core.conformance` is about its own.
"""

from collections.abc import Iterator, Mapping, Sequence

from haproof.core.figure_fault import figure_fault, raw_faults
from haproof.core.figures import cut
from haproof.core.house import House
from haproof.core.instant import format_instant, parse_instant
from haproof.core.kind import Kind
from haproof.core.level import reached
from haproof.core.model import REPORT, Beyond, Metrics, Proof, SliceRow

Faults = Iterator[tuple[str, str]]


def disagreements(proof: Proof, house: House) -> Faults:
    """What is wrong with an artifact of any version 1.x: lists may be longer than those known here."""
    if proof.report != REPORT:
        yield "$.report", f"expected '{REPORT}', got {cut(proof.report)!r}"
    yield from _listed("$.checks", [row.id for row in proof.checks], [check.id for check in house.matrix])
    yield from _listed("$.slices", [row.id for row in proof.slices], [kind.id for kind in house.window])
    yield from _present("$.metrics", proof.metrics, [kind.stem for kind in house.window])
    yield from _present("$.readiness", proof.readiness, [level.key for level in house.levels])
    rows = {row.id: row for row in proof.slices}
    for kind in house.window:
        row = rows.get(kind.id)
        if row is not None:
            yield from _row(proof, kind, row)
    for check in proof.checks:
        passes = rows.get(house.passes.get(check.id, ""))
        if passes is not None and (check.status == "PASS") != (passes.status == "PASS"):
            yield "$.checks", f"{check.id} is {check.status}, {passes.id} is {passes.status}"
    yield from _tally(proof)
    yield from _levels(proof, house)
    yield from _times(proof)
    yield from metric_faults(proof.metrics)
    yield from raw_faults(proof.beyond)


def _listed(path: str, given: Sequence[str], expected: Sequence[str]) -> Faults:
    """These ids, in this order; a newer version may have further ones."""
    if [name for name in given if name in expected] != list(expected):
        yield path, f"expected {expected[0]} to {expected[-1]}, each once and in order"


def exactly(path: str, given: Sequence[str], expected: Sequence[str]) -> Faults:
    """These, each once and in order, and nothing else."""
    if list(given) != list(expected):
        yield path, f"expected {expected[0]} to {expected[-1]}, each once and in order, and nothing else"


def _present(path: str, given: Mapping[str, object], expected: Sequence[str]) -> Faults:
    """These keys; a newer version may have further ones."""
    for key in expected:
        if key not in given:
            yield f"{path}.{key}", "left out"


def _row(proof: Proof, kind: Kind, row: SliceRow) -> Faults:
    """A slice's counts and figures against its status, and its report among the files that were read."""
    if (row.status == "MISSING") != (proof.metrics.get(kind.stem) is None):
        yield f"$.metrics.{kind.stem}", f"null exactly where MISSING; {row.id} is {row.status}"
    disputed = any(entry.slice == row.id and entry.check is None for entry in proof.contradictions)
    if not counts_agree(row, len(kind.checks), disputed):
        yield "$.slices", f"{row.id} is {row.status}, its counts say otherwise"
    read = {(file.slice, file.path) for file in proof.evidence.files}
    if row.status != "MISSING" and (row.id, row.path) not in read:
        yield "$.evidence.files", f"lists no report of {row.id}, which is {row.status}"


def counts_agree(row: SliceRow | Beyond, total: int, disputed: bool) -> bool:
    """Whether counts and status say the same. Where all checks pass, only a recount (`disputed`) fails it."""
    counts = (row.passed, row.failed, row.total)
    if row.status == "MISSING":
        return counts == (None, None, None)
    passed = -1 if row.passed is None else row.passed
    agreed = 0 <= passed <= total and counts == (passed, total - passed, total)
    return agreed and (row.status == "PASS") == (passed == total and not disputed)


def _tally(proof: Proof) -> Faults:
    passed = sum(row.status == "PASS" for row in proof.checks)
    tally = (proof.summary.passed, proof.summary.failed)
    if tally != (passed, len(proof.checks) - passed):
        yield "$.summary", f"says {tally[0]} pass and {tally[1]} fail, the checks say otherwise"


def _levels(proof: Proof, house: House) -> Faults:
    """A level is ready exactly if the one below it is and all of its requirements, one or more, are met."""
    below, seen = True, set[str]()
    for level in house.levels:
        if level.key not in proof.readiness:
            return
        row, path = proof.readiness[level.key], f"$.readiness.{level.key}"
        ids = [requirement.id for requirement in row.requirements]
        if not ids or len({*ids, *seen}) != len(ids) + len(seen):
            yield f"{path}.requirements", "must name requirements, each once"
        seen.update(ids)
        below = below and all(requirement.state == "MET" for requirement in row.requirements)
        if row.ready != below:
            yield f"{path}.ready", f"is {str(row.ready).lower()}, its requirements say otherwise"
    failed = ", ".join(row.id for row in proof.checks if row.status == "FAIL")
    if proof.verdict != (reached(house.levels, proof.readiness) or f"NOT READY ({failed})"):
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
    for stem, group in metrics.items():
        for name, metric in (group or {}).items():
            fault = figure_fault(metric)
            if fault:
                yield f"$.metrics.{cut(stem)}.{cut(name)}.{fault[0]}", fault[1]
