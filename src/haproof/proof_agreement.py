"""What the artifact says more than once, joined in its JSON Schema as `core.agreement` asks for it."""

from collections.abc import Iterator

from haproof.core.agreement import OWNERS
from haproof.core.levels import REQUIREMENTS
from haproof.core.risks import GAPS
from haproof.core.shape import CHECKS
from haproof.core.slices import SLICES
from haproof.json_schema import NULL, Schema, constant, element, having, holding, matching, together


def agreement() -> Iterator[Schema]:
    """Contradictions (by slice; the reader holds each check to it), what is missing, the window, the gaps,
    the requirements of single checks."""
    for slice_id in CHECKS:
        risk = {"contains": having(id=matching(rf"^RUN-CONTRADICTION-{slice_id}(-|$)"))}
        reason = holding(severity="contradiction", slice=slice_id)
        told = having(reasons=reason, risks=risk)
        yield from _both(having(contradictions=holding(slice=slice_id)), told)
    for index, slice_id in enumerate(CHECKS):
        yield from _both(having(slices=element(index, status="MISSING")), _told(f"RUN-MISSING-{slice_id}"))
    incoherent = having(evidence=having(window={**constant({"coherent": False}), **_measured("earliest")}))
    yield from _both(incoherent, _told("RUN-WINDOW"))
    yield from _gaps()
    yield from _owned()


def _told(name: str) -> Schema:
    return having(reasons=holding(id=name), risks=holding(id=name))


def _both(one: Schema, told: Schema) -> Iterator[Schema]:
    """Every part of what is told exactly where the one is."""
    each = [{"properties": {name: part}} for name, part in told["properties"].items()]
    yield {"if": one, "then": told, "else": {"not": {"anyOf": each}}}


def _measured(name: str) -> Schema:
    """An object with this key, which is not null."""
    return {"required": [name], "not": having(**{name: NULL})}


def _gaps() -> Iterator[Schema]:
    """A gap is MEASURED exactly where its figure is."""
    stems = {slice_.id: slice_.stem for slice_ in SLICES}
    for index, gap in enumerate(GAPS):
        if not gap.slice:
            yield having(risks=element(index, state="OPEN"))
            continue
        figure = {"type": "object", "required": [gap.metric], **having(**{gap.metric: _measured("value")})}
        yield together(
            having(risks=element(index, state="MEASURED")),
            having(metrics=having(**{stems[gap.slice]: figure})),
        )


def _owned() -> Iterator[Schema]:
    """A requirement on checks of one slice: without evidence where the slice is, met where it passes."""
    places = {slice_id: index for index, slice_id in enumerate(CHECKS)}
    for place, requirement in enumerate(REQUIREMENTS["design_partner"]):
        if requirement in OWNERS:
            index = places[OWNERS[requirement]]
            yield together(having(slices=element(index, status="MISSING")), _state(place, "NO EVIDENCE"))
            yield {"if": having(slices=element(index, status="PASS")), "then": _state(place, "MET")}


def _state(place: int, state: str) -> Schema:
    return having(readiness=having(design_partner=having(requirements=element(place, state=state))))
