"""Where parts of an artifact of this version say different things of one fact: path and fault.

Contradictions, reasons and risks, what is missing, the window, the gaps and the requirements are each told
more than once; the published schema joins them likewise.
"""

from collections.abc import Iterator

from haproof.core.levels import DESIGN_PARTNER_CHECKS
from haproof.core.model import Proof
from haproof.core.risks import GAPS
from haproof.core.shape import CHECKS, SUBJECTS

Faults = Iterator[tuple[str, str]]

OWNERS = {requirement: checks[0].partition("-")[0] for requirement, _, checks in DESIGN_PARTNER_CHECKS}
"""Requirements that are based on checks of one slice: id to that slice."""


def agreement(proof: Proof) -> Faults:
    """What one part of the artifact says and another does not."""
    yield from _contradicted(proof)
    yield from _failed(proof)
    yield from _absent(proof)
    yield from _gaps(proof)
    yield from _owned(proof)


def _contradicted(proof: Proof) -> Faults:
    """Each contradiction is a reason, and each subject of one a risk; no others are."""
    stated = [(entry.slice, entry.check) for entry in proof.contradictions]
    reasons = [(one.slice, one.check) for one in proof.reasons if one.severity == "contradiction"]
    if stated != reasons:
        yield "$.contradictions", "are not those that the reasons name"
    risks = {risk.id for risk in proof.risks}
    subjects = {entry.subject for entry in proof.contradictions}
    for subject in SUBJECTS:
        if (subject in subjects) != (f"RUN-CONTRADICTION-{subject}" in risks):
            yield "$.risks", f"RUN-CONTRADICTION-{subject} exactly where {subject} is contradicted"


def _failed(proof: Proof) -> Faults:
    """Each check that did not pass is a reason, once."""
    for row in proof.slices:
        found = [one.id for one in proof.reasons if one.id in CHECKS.get(row.id, ())]
        if len(found) != len(set(found)) or len(found) != (row.failed or 0):
            yield "$.reasons", f"do not name the {row.failed or 0} failed checks of {row.id}"


def _absent(proof: Proof) -> Faults:
    """A slice that is MISSING, and a window that is not coherent, are a reason and a risk."""
    said = {f"RUN-MISSING-{row.id}": row.status == "MISSING" for row in proof.slices if row.id in CHECKS}
    window = proof.evidence.window
    said["RUN-WINDOW"] = window.earliest is not None and not window.coherent
    places = {
        "$.reasons": {one.id for one in proof.reasons},
        "$.risks": {risk.id for risk in proof.risks},
    }
    for path, ids in places.items():
        for name, expected in said.items():
            if (name in ids) != expected:
                yield path, f"{name} is {'left out' if expected else 'there, and nothing else says so'}"


def _gaps(proof: Proof) -> Faults:
    """A gap is MEASURED exactly where a figure of this evidence measures it."""
    stems = dict(zip(CHECKS, proof.metrics.__struct_fields__, strict=True))
    for gap, risk in zip(GAPS, proof.risks, strict=False):
        figures = getattr(proof.metrics, stems[gap.slice]) or {} if gap.slice else {}
        measured = gap.metric in figures and figures[gap.metric].value is not None
        if (risk.state == "MEASURED") != measured:
            yield f"$.risks[{gap.id}].state", f"expected {'MEASURED' if measured else 'OPEN'}"


def _owned(proof: Proof) -> Faults:
    """A requirement on checks of one slice: without evidence where the slice is, met where it passes."""
    statuses = {row.id: row.status for row in proof.slices}
    for entry in proof.readiness.design_partner.requirements:
        status = statuses.get(OWNERS.get(entry.id, ""))
        lost = status is not None and (status == "MISSING") != (entry.state == "NO EVIDENCE")
        if lost or (status == "PASS" and entry.state != "MET"):
            path = f"$.readiness.design_partner.requirements[{entry.id}].state"
            yield path, f"is {entry.state}, its slice is {status}"
