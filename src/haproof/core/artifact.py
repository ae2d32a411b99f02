"""From the bytes of a JSON artifact back to its Proof, or the first place where it is not one.

An artifact is taken at its word (`haproof verify` is what checks it), but not where it contradicts itself or
leaves something out: a check that is not listed must never look like one that passes. Every version is read:
1.0, which lacks what came with 1.1, and newer ones, of which unknown keys are ignored.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec
from msgspec import to_builtins

from haproof.core.checks import MATRIX
from haproof.core.figures import cut, shown
from haproof.core.findings import FLOAT_TOLERANCE
from haproof.core.instant import parse_instant
from haproof.core.levels import reached
from haproof.core.model import SCHEMA_VERSION, Levels, MatrixRow, Metric, Metrics, Proof, SliceRow
from haproof.core.parse import Mismatch, parse_json
from haproof.core.slices import SLICES

Kind = TypeVar("Kind")

REPORT = "VAL26"
PASSES = {check.id: check.passes for check in MATRIX if check.passes}
"""The VAL26 checks that ask whether a slice passes, and which."""

TEN = 10
"""How many checks each slice has."""


def parse_proof(content: bytes) -> Proof:
    """The artifact as a record. Raises Mismatch with the JSON path and the fault."""
    tree = parse_json(content)
    proof = converted(tree, Proof)
    if proof.schema_version == SCHEMA_VERSION:
        exactly(tree, to_builtins(proof), "$")
    for path, fault_found in _disagreements(proof):
        raise Mismatch(path, fault_found)
    return proof


def exactly(tree: Any, known: Any, path: str) -> None:
    """Raise Mismatch where the tree has keys that its record does not have, or lacks some of them."""
    if isinstance(tree, dict) and isinstance(known, dict):
        for key in [*(tree.keys() - known.keys()), *(known.keys() - tree.keys())]:
            word = "no key of this version" if key in tree else "left out"
            raise Mismatch(f"{path}.{cut(key)}", word)
        for key, value in tree.items():
            exactly(value, known[key], f"{path}.{cut(key)}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            exactly(value, known[index], f"{path}[{index}]")


def converted(tree: Any, kind: type[Kind]) -> Kind:
    """A record of this kind. Raises Mismatch with the first place where the tree is none."""
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as fault:
        message, at, path = str(fault).rpartition(" - at ")
        said = message if at else path
        raise Mismatch(path.strip("`") if at else "$", cut(said).replace("`", "'")) from None


def _disagreements(proof: Proof) -> Iterator[tuple[str, str]]:
    """Where the artifact is incomplete or contradicts itself: path and fault."""
    if proof.report != REPORT:
        yield "$.report", f"expected '{REPORT}', got {cut(proof.report)!r}"
    yield from _listed("$.checks", [row.id for row in proof.checks], [check.id for check in MATRIX])
    yield from _listed("$.slices", [row.id for row in proof.slices], [slice_.id for slice_ in SLICES])
    rows = {row.id: row for row in proof.slices}
    for slice_ in SLICES:
        row = rows[slice_.id]
        if (row.status == "MISSING") != (getattr(proof.metrics, slice_.stem) is None):
            yield f"$.metrics.{slice_.stem}", f"null exactly where MISSING; {row.id} is {row.status}"
        disputed = any(entry.slice == row.id and entry.check is None for entry in proof.contradictions)
        yield from _counts(row, disputed)
    for check in proof.checks:
        yield from _asked(check, rows)
    passed = sum(row.status == "PASS" for row in proof.checks)
    tally = (proof.summary.passed, proof.summary.failed)
    if tally != (passed, len(proof.checks) - passed):
        yield "$.summary", f"says {tally[0]} pass and {tally[1]} fail, the checks say otherwise"
    yield from _levels(proof)
    yield from _evidence(proof)
    yield from metric_faults(proof.metrics)


def _evidence(proof: Proof) -> Iterator[tuple[str, str]]:
    """Times that are none, and slices judged from a report that is not among the files that were read."""
    window = proof.evidence.window
    times = {"$.generated_at": proof.generated_at}
    times |= {f"$.evidence.window.{name}": getattr(window, name) for name in ("earliest", "latest")}
    for path, time in times.items():
        try:
            if time is not None:
                parse_instant(time)
        except ValueError as fault:
            yield path, str(fault)
    read = {(file.slice, file.path) for file in proof.evidence.files}
    for row in proof.slices:
        if row.status != "MISSING" and (row.id, row.path) not in read:
            yield "$.evidence.files", f"lists no report of {row.id}, which is {row.status}"


def metric_faults(metrics: Metrics) -> Iterator[tuple[str, str]]:
    """Figures that are no figures, or PASS beyond their own target: path and fault."""
    for stem in Metrics.__struct_fields__:
        group: dict[str, Metric] = getattr(metrics, stem) or {}
        for name, metric in group.items():
            fault = figure_fault(metric)
            if fault:
                yield f"$.metrics.{stem}.{cut(name)}.{fault[0]}", fault[1]


class Bound(Protocol):
    """What a figure is held against."""

    @property
    def op(self) -> str:
        """`<=`, `=` or `>=`."""

    @property
    def value(self) -> Any:
        """The limit."""


class Figure(Protocol):
    """A figure as an artifact or a line of a history has it."""

    @property
    def value(self) -> Any:
        """The figure, or an array of them."""

    @property
    def unit(self) -> str | None:
        """Its unit."""

    @property
    def target(self) -> Bound | None:
        """What it is held against."""

    @property
    def status(self) -> str | None:
        """PASS or FAIL."""


def figure_fault(metric: Figure) -> tuple[str, str] | None:
    """Why this is no figure, or PASS beyond its own target: the key at fault, and the fault."""
    values = metric.value if isinstance(metric.value, list) else [metric.value]
    if metric.unit is not None and not all(value is None or _counts_up(value) for value in values):
        return "value", f"expected numbers of 0 or more ({metric.unit})"
    target = metric.target
    if target is not None and metric.status is None:
        return "status", "null, although the figure has a target"
    if target and metric.status == "PASS" and not all(_within(value, target) for value in values):
        return "status", f"PASS, but {shown(metric.value)} is not {target.op} its target"
    return None


def _counts_up(value: object) -> bool:
    """Whether a value is a number of 0 or more; `true` is none."""
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _within(value: Any, target: Bound) -> bool:
    """Whether a value holds against a target as the rules do (`core.findings`): null never does."""
    limit: Any = target.value
    if isinstance(value, str) and isinstance(limit, str):
        return target.op == "=" and value.lower() == limit.lower()
    if isinstance(value, bool) or isinstance(limit, bool) or not (_is_number(value) and _is_number(limit)):
        return target.op == "=" and value is not None and value is limit
    if target.op == "=":
        return bool(abs(value - limit) <= FLOAT_TOLERANCE * max(abs(value), abs(limit)))
    return bool(value <= limit if target.op == "<=" else value >= limit)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _asked(check: MatrixRow, rows: Mapping[str, SliceRow]) -> Iterator[tuple[str, str]]:
    """The VAL26 check that asks whether a slice passes, against that slice."""
    passes = PASSES.get(check.id)
    if passes is not None and (check.status == "PASS") != (rows[passes].status == "PASS"):
        yield "$.checks", f"{check.id} is {check.status}, {passes} is {rows[passes].status}"


def _counts(row: SliceRow, disputed: bool) -> Iterator[tuple[str, str]]:
    """A slice's counts against its status; one that is `disputed` fails though all its checks pass."""
    counts = (row.passed, row.failed, row.total)
    if row.status == "MISSING":
        agreed = counts == (None, None, None)
    else:
        passed = row.passed or 0
        agreed = 0 <= passed <= TEN and counts == (passed, TEN - passed, TEN)
        agreed = agreed and (row.status == "PASS") == (passed == TEN and not disputed)
    if not agreed:
        yield "$.slices", f"{row.id} is {row.status}, its counts say otherwise"


def _listed(path: str, given: Sequence[str], expected: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Exactly these ids, in this order."""
    if list(given) != list(expected):
        yield path, f"expected {expected[0]} to {expected[-1]}, each once and in order"


def _levels(proof: Proof) -> Iterator[tuple[str, str]]:
    """A level is ready exactly if the one below it is and all of its requirements, one or more, are met."""
    below, seen = True, set[str]()
    for name in Levels.__struct_fields__:
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
    if (proof.verdict == reached(proof.readiness)) != proof.readiness.design_partner.ready:
        yield "$.verdict", "and $.readiness.design_partner.ready say different things"
