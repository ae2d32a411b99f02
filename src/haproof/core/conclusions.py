"""Where the conclusions of an artifact are not such as this version draws: path and fault.

Conclusions are its contradictions, the checks of the matrix, risks, requirements and reasons;
`core.conformance` is about the rest.
"""

import re

from haproof.core.figures import cut
from haproof.core.foreign import foreign_kinds
from haproof.core.house import House
from haproof.core.model import Contradiction, Proof, Reason
from haproof.core.outcome import Pointer
from haproof.core.reasons import SEVERITIES, severities_of
from haproof.core.shape import POINTER, report_path, run_risks
from haproof.core.soundness import Faults, exactly


def conclusions(proof: Proof, house: House) -> Faults:
    """What is wrong with them."""
    yield from _contradictions(proof, house)
    yield from _matrix(proof, house)
    yield from _risks(proof, house)
    yield from _requirements(proof, house)
    yield from _reasons(proof, house)


def _contradictions(proof: Proof, house: House) -> Faults:
    """Each about a check of its slice, which then does not pass."""
    statuses = {row.id: row.status for row in proof.slices} | {row.id: row.status for row in proof.beyond}
    for index, entry in enumerate(proof.contradictions):
        path = f"$.contradictions[{index}]"
        if entry.slice not in foreign_kinds(proof, house):
            yield from _owned(path, entry, house)
        if not (entry.metric and entry.rule and entry.detail):
            yield path, "has no metric, no rule, or no detail"
        if statuses.get(entry.slice) != "FAIL":
            yield path, f"{cut(entry.slice)} is contradicted, and not FAIL"


def _owned(path: str, entry: Contradiction | Pointer | Reason, house: House) -> Faults:
    """A check belongs to its kind."""
    kind = house.kind(entry.slice or "")
    if kind is None and not (entry.slice is None and isinstance(entry, Reason)):
        yield f"{path}.slice", f"{cut(str(entry.slice))!r} is no slice"
    elif entry.check is not None and (kind is None or entry.check not in kind.check_ids):
        yield f"{path}.check", f"{cut(entry.check)!r} is no check of {entry.slice}"


def _matrix(proof: Proof, house: House) -> Faults:
    """What each check is and when it is judged, and where it points."""
    known = {check.id: check for check in house.matrix}
    for row in proof.checks:
        path = f"$.checks[{row.id}]"
        for name in ("when", "description", "criterion") if row.id in known else ():
            if getattr(row, name) != getattr(known[row.id], name):
                yield f"{path}.{name}", f"expected '{getattr(known[row.id], name)}'"
        if not row.detail:
            yield f"{path}.detail", "is empty"
        if row.status == "PASS" and not row.evidence:
            yield f"{path}.evidence", "a check that passes points at nothing"
        for index, pointer in enumerate(row.evidence):
            place = f"{path}.evidence[{index}]"
            yield from _owned(place, pointer, house)
            kind = house.kind(pointer.slice)
            if kind is not None and not re.match(report_path(kind), pointer.path):
                yield f"{place}.path", f"{cut(pointer.path)!r} is not in the folder of {pointer.slice}"
            if not re.match(POINTER, pointer.pointer):
                yield f"{place}.pointer", f"{cut(pointer.pointer)!r} is no JSON Pointer"
    if all(row.status == "PASS" for row in proof.checks) != _ready(proof, house):
        yield "$.checks", "all pass exactly where the lowest level is ready"


def _risks(proof: Proof, house: House) -> Faults:
    """The standing gaps first, then what the run adds, each once."""
    ids, gaps = [risk.id for risk in proof.risks], [gap.id for gap in house.gaps]
    if ids[: len(gaps)] != gaps or len(set(ids)) != len(ids):
        yield "$.risks", f"expected {gaps[0]} to {gaps[-1]} first, each risk once"
    for gap, risk in zip(house.gaps, proof.risks, strict=False):
        if risk.title != gap.title:
            yield f"$.risks[{gap.id}].title", f"expected '{gap.title}'"
    for risk in proof.risks:
        if not (risk.title and risk.detail and risk.closed_by):
            yield f"$.risks[{cut(risk.id)}]", "has no title, no detail, or nothing that closes it"
    for risk in proof.risks[len(gaps) :]:
        if risk.id not in run_risks(house) and not any(
            f"-{name}" in risk.id for name in foreign_kinds(proof, house)
        ):
            yield "$.risks", f"{cut(risk.id)!r} is no risk of a run"
        elif risk.state != "OPEN":
            yield "$.risks", f"{risk.id} is {risk.state}; what a run adds is OPEN"


def _requirements(proof: Proof, house: House) -> Faults:
    """Each level's requirements, and those that other parts of the artifact settle."""
    settled = {
        "kinds": all(row.status == "PASS" for row in proof.slices),
        "window": proof.evidence.window.coherent,
    }
    for level in house.levels:
        path = f"$.readiness.{level.key}.requirements"
        rows = proof.readiness[level.key].requirements
        yield from exactly(path, [row.id for row in rows], [known.id for known in level.requirements])
        states = {row.id: row for row in rows}
        for known in level.requirements:
            found = states.get(known.id)
            if found is None:
                continue
            if found.text != known.text or not found.detail:
                yield f"{path}[{known.id}]", "has another text, or no detail"
            if known.based_on in settled and (found.state == "MET") != settled[known.based_on]:
                yield f"{path}[{known.id}]", f"is {found.state}, the evidence says otherwise"


def _reasons(proof: Proof, house: House) -> Faults:
    """None exactly where ready; worst first; each about something that there is."""
    found = proof.reasons
    if bool(found) == _ready(proof, house):
        yield "$.reasons", "expected none exactly where the lowest level is ready"
    ranks = [SEVERITIES.index(reason.severity) for reason in found]
    if ranks != sorted(ranks):
        yield "$.reasons", "expected the worst first"
    severities = severities_of(house)
    for index, reason in enumerate(found):
        path = f"$.reasons[{index}]"
        yield from _owned(path, reason, house)
        if reason.id not in severities:
            yield f"{path}.id", f"{cut(reason.id)!r} is no check and no risk"
        elif reason.severity not in severities[reason.id]:
            yield f"{path}.severity", f"{cut(reason.id)!r} is never of severity {reason.severity!r}"
        if not reason.sentence or not reason.next:
            yield path, "has no sentence, or no next step"
        if reason.pointer is not None and (reason.path is None or not re.match(POINTER, reason.pointer)):
            yield f"{path}.pointer", "expected a JSON Pointer into the file at path"
        kind = house.kind(reason.slice or "")
        if reason.path is not None and not (kind and re.match(report_path(kind), reason.path)):
            yield f"{path}.path", f"{cut(reason.path)!r} is not in the folder of its slice"


def _ready(proof: Proof, house: House) -> bool:
    """Whether the lowest level is reached."""
    return proof.readiness[house.levels[0].key].ready
