"""What the artifact says more than once, joined in its JSON Schema as `core.agreement` asks for it."""

from collections.abc import Iterator

from haproof.core import risk_ids
from haproof.core.house import House
from haproof.json_schema import NULL, Schema, constant, element, having, holding, matching, together


def agreement(house: House) -> Iterator[Schema]:
    """Contradictions (by kind; the reader holds each check to it), what is missing, the window, the gaps, the
    requirements of single checks."""
    for kind in house.window:
        risk = {"contains": having(id=matching(rf"^{risk_ids.contradiction(kind.id)}(-|$)"))}
        reason = holding(severity="contradiction", slice=kind.id)
        told = having(reasons=reason, risks=risk)
        yield from _both(having(contradictions=holding(slice=kind.id)), told)
    for index, kind in enumerate(house.window):
        yield from _both(having(slices=element(index, status="MISSING")), _told(risk_ids.missing(kind.id)))
    incoherent = having(evidence=having(window={**constant({"coherent": False}), **_measured("earliest")}))
    yield from _both(incoherent, _told(risk_ids.WINDOW))
    yield from _gaps(house)
    yield from _owned(house)


def _told(name: str) -> Schema:
    return having(reasons=holding(id=name), risks=holding(id=name))


def _both(one: Schema, told: Schema) -> Iterator[Schema]:
    """Every part of what is told exactly where the one is."""
    each = [{"properties": {name: part}} for name, part in told["properties"].items()]
    yield {"if": one, "then": told, "else": {"not": {"anyOf": each}}}


def _measured(name: str) -> Schema:
    """An object with this key, which is not null."""
    return {"required": [name], "not": having(**{name: NULL})}


def _gaps(house: House) -> Iterator[Schema]:
    """A gap that figures of required kinds measure is MEASURED exactly where one of them is given; one that
    kinds beyond them measure only where one of these was read (what it says is theirs)."""
    for index, gap in enumerate(house.gaps):
        closing = [(kind, closes) for kind in house.kinds for closes in kind.closes if closes.gap == gap.id]
        if not closing:
            yield having(risks=element(index, state="OPEN"))
            continue
        given = [
            having(beyond=_read(kind.id))
            if kind.role == "beyond"
            else having(metrics=having(**{kind.stem: _given(closes.figure)}))
            for kind, closes in closing
        ]
        measured, either = having(risks=element(index, state="MEASURED")), {"anyOf": given}
        if any(kind.role == "beyond" or not closes.figure for kind, closes in closing):
            yield {"if": measured, "then": {**either, "required": ["beyond"]}}
        else:
            yield together(measured, given[0] if len(given) == 1 else either)


def _read(kind_id: str) -> Schema:
    """A list in which this kind is, with its figures."""
    return {"contains": {**_measured("metrics"), "properties": {"id": {"const": kind_id}}}}


def _given(figure: str) -> Schema:
    """An object with this figure, which was measured."""
    return {"type": "object", "required": [figure], **having(**{figure: _measured("value")})}


def _owned(house: House) -> Iterator[Schema]:
    """A requirement on checks of one kind: without evidence where the kind is, met where it passes."""
    places = {kind.id: index for index, kind in enumerate(house.window)}
    for level in house.levels:
        for place, requirement in enumerate(level.requirements):
            owner = house.owner(requirement.checks[0]) if requirement.checks else None
            if owner is not None:
                missing, passes = (
                    having(slices=element(places[owner.id], status=s)) for s in ("MISSING", "PASS")
                )
                yield together(missing, _state(level.key, place, "NO EVIDENCE"))
                yield {"if": passes, "then": _state(level.key, place, "MET")}


def _state(level: str, place: int, state: str) -> Schema:
    return having(readiness=having(**{level: having(requirements=element(place, state=state))}))
