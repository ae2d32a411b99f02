"""Where parts of an artifact of this version say different things of one fact: path and fault.

Contradictions, reasons and risks, what is missing, the window, the gaps and the requirements are each told
more than once; the published schema joins them likewise.
"""

from collections.abc import Iterator

from haproof.core import risk_ids
from haproof.core.house import House
from haproof.core.model import Proof
from haproof.core.shape import subjects

Faults = Iterator[tuple[str, str]]


def agreement(proof: Proof, house: House) -> Faults:
    """What one part of the artifact says and another does not."""
    yield from _contradicted(proof, house)
    yield from _failed(proof, house)
    yield from _absent(proof, house)
    yield from _gaps(proof, house)
    yield from _owned(proof, house)


def _contradicted(proof: Proof, house: House) -> Faults:
    """Each contradiction is a reason, and each subject of one a risk; no others are."""
    required = {kind.id for kind in house.window}
    stated = [(entry.slice, entry.check) for entry in proof.contradictions if entry.slice in required]
    reasons = [(one.slice, one.check) for one in proof.reasons if one.severity == "contradiction"]
    if stated != reasons:
        yield "$.contradictions", "are not those that the reasons name"
    risks = {risk.id for risk in proof.risks}
    named = {entry.subject for entry in proof.contradictions}
    for subject in subjects(house):
        risk = risk_ids.contradiction(subject)
        if (subject in named) != (risk in risks):
            yield "$.risks", f"{risk} exactly where {subject} is contradicted"


def _failed(proof: Proof, house: House) -> Faults:
    """Each check that did not pass is a reason, once."""
    for row in proof.slices:
        kind = house.kind(row.id)
        found = [one.id for one in proof.reasons if kind is not None and one.id in kind.check_ids]
        if len(found) != len(set(found)) or len(found) != (row.failed or 0):
            yield "$.reasons", f"do not name the {row.failed or 0} failed checks of {row.id}"


def _absent(proof: Proof, house: House) -> Faults:
    """A slice that is MISSING, and a window that is not coherent, are a reason and a risk."""
    said = {risk_ids.missing(row.id): row.status == "MISSING" for row in proof.slices if house.kind(row.id)}
    window = proof.evidence.window
    said[risk_ids.WINDOW] = window.earliest is not None and not window.coherent
    places = {
        "$.reasons": {one.id for one in proof.reasons},
        "$.risks": {risk.id for risk in proof.risks},
    }
    for path, ids in places.items():
        for name, expected in said.items():
            if (name in ids) != expected:
                yield path, f"{name} is {'left out' if expected else 'there, and nothing else says so'}"


def _gaps(proof: Proof, house: House) -> Faults:
    """A gap that figures of required kinds measure is MEASURED exactly where one of them does; one that kinds
    beyond them measure, only where one of these was read."""
    if any(house.kind(row.id) is None for row in proof.beyond):
        return  # a kind that is not known here may measure any of them
    read = {row.id for row in proof.beyond if row.metrics is not None}
    for gap, risk in zip(house.gaps, proof.risks, strict=False):
        closing = [(kind, closes) for kind in house.kinds for closes in kind.closes if closes.gap == gap.id]
        required = [(kind, closes) for kind, closes in closing if kind.role == "window"]
        if not all(closes.figure for _, closes in required):
            continue
        figures = [(proof.metrics[kind.stem] or {}).get(closes.figure) for kind, closes in required]
        measured = any(figure is not None and figure.value is not None for figure in figures)
        may_be = measured or any(kind.id in read for kind, _ in closing)
        expected = "MEASURED" if measured else risk.state if may_be else "OPEN"
        if risk.state != expected:
            yield f"$.risks[{gap.id}].state", f"expected {expected}"


def _owned(proof: Proof, house: House) -> Faults:
    """A requirement on checks of one kind: without evidence where the kind is, met where it passes."""
    statuses = {row.id: row.status for row in proof.slices}
    for level in house.levels:
        for known, entry in zip(level.requirements, proof.readiness[level.key].requirements, strict=False):
            owner = house.owner(known.checks[0]) if known.checks else None
            status = statuses.get(owner.id) if owner else None
            lost = status is not None and (status == "MISSING") != (entry.state == "NO EVIDENCE")
            if lost or (status == "PASS" and entry.state != "MET"):
                path = f"$.readiness.{level.key}.requirements[{entry.id}].state"
                yield path, f"is {entry.state}, its slice is {status}"
