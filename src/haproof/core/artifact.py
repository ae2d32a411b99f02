"""From the bytes of a JSON artifact back to its Proof, or the first place where it is not one.

An artifact is taken at its word (`haproof verify` is what checks it), but not where it contradicts itself or
leaves something out: a check that is not listed must never look like one that passes.
"""

from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from haproof.core.checks import MATRIX
from haproof.core.figures import cut
from haproof.core.levels import DESIGN_PARTNER
from haproof.core.model import Levels, MatrixRow, Proof, SliceRow
from haproof.core.parse import Mismatch, parse_json
from haproof.core.slices import SLICES

Kind = TypeVar("Kind")

REPORT = "VAL26"
TEN = 10
"""How many checks each slice has."""


def parse_proof(content: bytes) -> Proof:
    """The artifact as a record. Raises Mismatch with the JSON path and the fault."""
    tree = parse_json(content)
    proof = converted(tree, Proof)
    for path, fault_found in _disagreements(proof):
        raise Mismatch(path, fault_found)
    return proof


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
    for row, check, slice_ in zip(proof.slices, proof.checks, SLICES, strict=False):
        if (row.status == "MISSING") != (getattr(proof.metrics, slice_.stem) is None):
            yield f"$.metrics.{slice_.stem}", f"null exactly where MISSING; {row.id} is {row.status}"
        yield from _counts(row, check)
    passed = sum(row.status == "PASS" for row in proof.checks)
    tally = (proof.summary.passed, proof.summary.failed)
    if tally != (passed, len(proof.checks) - passed):
        yield "$.summary", f"says {tally[0]} pass and {tally[1]} fail, the checks say otherwise"
    yield from _levels(proof)


def _counts(row: SliceRow, check: MatrixRow) -> Iterator[tuple[str, str]]:
    """A slice's counts, its status, and the status of the VAL26 check that asks whether it passes."""
    counts = (row.passed, row.failed, row.total)
    if row.status == "MISSING":
        agreed = counts == (None, None, None)
    else:
        passed = row.passed or 0
        agreed = 0 <= passed <= TEN and counts == (passed, TEN - passed, TEN)
        agreed = agreed and (row.status == "PASS") == (passed == TEN)
    if not agreed:
        yield "$.slices", f"{row.id} is {row.status}, its counts say otherwise"
    if (check.status == "PASS") != (row.status == "PASS"):
        yield "$.checks", f"{check.id} is {check.status}, {row.id} is {row.status}"


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
    if (proof.verdict == DESIGN_PARTNER) != proof.readiness.design_partner.ready:
        yield "$.verdict", "and $.readiness.design_partner.ready say different things"
