"""What the types of the artifact cannot say, added to their JSON Schema: ids and their order, states that
belong together, counts that add up. Everything is asked of the lists and the rules that judge."""

from collections.abc import Iterator, Sequence

from haproof.core.house import House
from haproof.core.instant import WRITTEN
from haproof.core.kind import Kind
from haproof.core.model import GENERATOR, REPORT, SCHEMA_VERSION, TITLE
from haproof.core.reasons import severities_of
from haproof.core.shape import POINTER, SHA256, report_path, run_risks
from haproof.core.targets import WINDOW_SECONDS
from haproof.json_schema import (
    NULL,
    SAID,
    TEXT,
    Schema,
    constant,
    counting,
    element,
    having,
    matching,
    nullable,
    together,
)
from haproof.proof_agreement import agreement
from haproof.proof_figures import group, kinds

TIME: Schema = {"$ref": "#/$defs/Time"}


def tightened(parts: dict[str, Schema], records: dict[str, dict[str, Schema]], house: House) -> None:
    """Add to the definitions of an artifact's types; `records` has each kind's figures by name."""
    for name in _reached(parts, "Proof"):
        if "properties" in parts[name]:
            parts[name]["additionalProperties"] = False
    _keyed(parts, house)
    parts["Time"] = {"type": "string", "format": "date-time", "pattern": WRITTEN}
    _heads(parts)
    _evidence(parts, house)
    parts["SliceRow"]["anyOf"] = list(_row(house))
    parts["SliceRow"]["properties"]["generated_at"] = nullable(TIME)
    named = kinds(parts, records)
    parts["Metrics"]["properties"] = {
        kind.stem: nullable(group(kind, named[kind.id])) for kind in house.window
    }
    _beyond(parts, house)
    _places(parts, house)
    _judgement(parts, house)
    proof = parts["Proof"]
    proof["allOf"] = [*_joined(house), *_adding_up(house), *_verdicts(house), *agreement(house)]


def _reached(parts: dict[str, Schema], name: str) -> list[str]:
    """The definitions that one needs, itself included."""
    found, text = [name], [name]
    while text:
        said = repr(parts[text.pop()])
        more = [other for other in parts if f"'#/$defs/{other}'" in said and other not in found]
        found += more
        text += more
    return found


def _keyed(parts: dict[str, Schema], house: House) -> None:
    """Figures by kind and levels by key: objects with exactly these keys."""
    proof = parts["Proof"]["properties"]
    listed = list(parts.items())
    parts.clear()
    for name, part in listed:
        if name == "Metric":
            parts["Metrics"] = _object("Metrics", proof["metrics"], [kind.stem for kind in house.window])
        if name == "RequirementRow":
            parts["Levels"] = _object("Levels", proof["readiness"], [level.key for level in house.levels])
        parts[name] = part
    proof["metrics"], proof["readiness"] = {"$ref": "#/$defs/Metrics"}, {"$ref": "#/$defs/Levels"}


def _object(name: str, plain: Schema, keys: Sequence[str]) -> Schema:
    """An object with exactly these keys; their values are added."""
    said = {"title": name, "description": plain["description"]} if "description" in plain else {"title": name}
    fixed = {"properties": {}, "required": list(keys), "additionalProperties": False}
    return {**said, "type": "object", **fixed}


def _beyond(parts: dict[str, Schema], house: House) -> None:
    """Optional kinds that are there: each at most once, with counts that add up."""
    listed: Schema = {"type": "array", "maxItems": len(house.beyond)}
    if house.beyond:
        counts = {"status": {"const": "MISSING"}, "detail": SAID}
        missing = {"properties": counts | dict.fromkeys(("passed", "failed", "total"), NULL)}
        listed["items"] = {
            "$ref": "#/$defs/Beyond",
            "oneOf": [having(**_whose(kind)) for kind in house.beyond],
        }
        listed["items"]["anyOf"] = [
            missing,
            having(status={"enum": ["PASS", "FAIL"]}, total={"type": "integer"}),
        ]
        listed["allOf"] = [counting({"id": kind.id}, 0, 1) for kind in house.beyond]
    parts["Beyond"]["properties"]["generated_at"] = nullable(TIME)
    parts["Proof"]["properties"]["beyond"] = listed


def _heads(parts: dict[str, Schema]) -> None:
    """Version, title, program, time, options."""
    proof = parts["Proof"]["properties"]
    proof["schema_version"] = {"const": SCHEMA_VERSION}
    proof["report"], proof["title"] = {"const": REPORT}, {"const": TITLE}
    proof["generated_at"] = TIME
    proof["evidence_dir"] = SAID
    parts["GeneratorName"]["properties"] |= {
        "name": {"const": GENERATOR},
        "version": SAID,
    }
    parts["Topology"]["properties"] = dict.fromkeys(parts["Topology"]["properties"], SAID)
    parts["Options"]["properties"] |= {
        "max_age_seconds": nullable({"type": "integer", "minimum": 1}),
        "trusted_keys": {"type": "array", "uniqueItems": True, "items": matching(SHA256)},
    }


def _evidence(parts: dict[str, Schema], house: House) -> None:
    """The window, and the report files, in their folders: each kind's at most once, or those of one that is
    gathered from several."""
    window = parts["Window"]
    window["properties"] |= {
        "earliest": nullable(TIME),
        "latest": nullable(TIME),
        "span_seconds": nullable({"type": "number", "minimum": 0}),
        "limit_seconds": {"const": WINDOW_SECONDS},
        "detail": SAID,
    }
    ends = ("earliest", "latest", "span_seconds")
    window["oneOf"] = [
        {"properties": dict.fromkeys(ends, NULL) | {"coherent": {"const": False}}},
        {"properties": {**dict.fromkeys(ends[:2], TIME), "span_seconds": {"type": "number"}}},
    ]
    window["if"] = {"properties": {"coherent": {"const": True}}}
    window["then"] = {"properties": {"span_seconds": {"maximum": WINDOW_SECONDS}}}
    parts["EvidenceFile"]["properties"] |= {
        "sha256": matching(SHA256),
        "bytes": {"type": "integer", "minimum": 0},
        "generated_at": nullable(TIME),
    }
    parts["EvidenceFile"]["oneOf"] = [_in_folder(kind) for kind in house.kinds]
    files = parts["EvidenceList"]["properties"]["files"]
    files["allOf"] = [counting({"slice": kind.id}, 0, 1) for kind in house.kinds if not kind.ending]
    if not any(kind.ending for kind in house.kinds):
        files["maxItems"] = len(house.kinds)


def _in_folder(kind: Kind) -> Schema:
    return {"properties": {"slice": {"const": kind.id}, "path": matching(report_path(kind))}}


def _row(house: House) -> Iterator[Schema]:
    """A row of the coverage: without evidence and without counts, or with counts that add up. A slice fails
    with all its checks passed where a recount contradicts a figure that none of them ties (`_joined`)."""
    counts = ("passed", "failed", "total", "rejudged")
    missing: Schema = {"status": {"const": "MISSING"}, "detail": SAID}
    yield {"properties": missing | dict.fromkeys(counts, NULL)}
    for total in {len(kind.checks): None for kind in house.window}:
        for passed in range(total + 1):
            status = ["PASS", "FAIL"] if passed == total else ["FAIL"]
            said = constant({"passed": passed, "failed": total - passed, "total": total})
            found: Schema = {"status": {"enum": status}}
            found |= {"rejudged": {"type": "integer", "minimum": 0, "maximum": total}}
            yield {"properties": said["properties"] | found | dict.fromkeys(("path", "generated_at"), TEXT)}


def _places(parts: dict[str, Schema], house: House) -> None:
    """Kinds, checks and places that claims, contradictions and reasons name."""
    parts["Pointer"]["properties"]["pointer"] = matching(POINTER)
    parts["Pointer"]["oneOf"] = [
        {"properties": _in_folder(kind)["properties"] | {"check": {"enum": list(kind.check_ids)}}}
        for kind in house.kinds
    ]
    parts["Contradiction"]["properties"] |= dict.fromkeys(("metric", "rule", "detail"), SAID)
    parts["Contradiction"]["oneOf"] = [
        {"properties": {"slice": {"const": kind.id}, "check": {"enum": [*kind.check_ids, None]}}}
        for kind in house.kinds
    ]
    _reason(parts["Reason"], house)


def _reason(reason: Schema, house: House) -> None:
    """What a reason is about, how bad it may be, and where it points."""
    severities = severities_of(house)
    reason["properties"] |= {
        "id": {"enum": list(severities)},
        "sentence": SAID,
        "next": SAID,
        "pointer": nullable(matching(POINTER)),
    }
    reason["allOf"] = [
        {"if": having(id={"enum": [name for name, given in severities.items() if given == these]})}
        | {"then": having(severity={"enum": list(these)})}
        for these in dict.fromkeys(severities.values())
    ]
    nowhere = dict.fromkeys(("slice", "check", "path", "pointer"), NULL)
    reason["oneOf"] = [
        {"properties": nowhere},
        *(
            {
                "properties": {
                    "slice": {"const": kind.id},
                    "check": {"enum": [*kind.check_ids, None]},
                    "path": nullable(matching(report_path(kind))),
                }
            }
            for kind in house.window
        ),
    ]
    reason["if"] = {"properties": {"path": NULL}}
    reason["then"] = {"properties": {"pointer": NULL}}


def _judgement(parts: dict[str, Schema], house: House) -> None:
    """Coverage, matrix, risks and levels: every id in its place."""
    proof = parts["Proof"]["properties"]
    proof["slices"] = _these("SliceRow", [_whose(kind) for kind in house.window])
    fixed = ("id", "when", "description", "criterion")
    rows = [constant({name: getattr(check, name) for name in fixed})["properties"] for check in house.matrix]
    proof["checks"] = _these("MatrixRow", rows)
    parts["MatrixRow"]["properties"]["detail"] = SAID
    parts["MatrixRow"]["if"] = {"properties": {"status": {"const": "PASS"}}}
    parts["MatrixRow"]["then"] = {"properties": {"evidence": {"minItems": 1}}}
    tally = {"type": "integer", "minimum": 0, "maximum": len(house.matrix)}
    parts["Tally"]["properties"] = dict.fromkeys(parts["Tally"]["properties"], tally)
    parts["Risk"]["properties"] |= dict.fromkeys(("title", "detail", "closed_by"), SAID)
    gaps = [{"$ref": "#/$defs/Risk", **constant({"id": gap.id, "title": gap.title})} for gap in house.gaps]
    own = {"id": {"enum": list(run_risks(house))}, "state": {"const": "OPEN"}}
    proof["risks"] = {
        "type": "array",
        "prefixItems": gaps,
        "items": {"$ref": "#/$defs/Risk", "properties": own},
        "minItems": len(gaps),
        "uniqueItems": True,
    }
    parts["RequirementRow"]["properties"]["detail"] = SAID
    for level in house.levels:
        each = [constant({"id": one.id, "text": one.text})["properties"] for one in level.requirements]
        these = _these("RequirementRow", each)
        parts["Levels"]["properties"][level.key] = {
            "$ref": "#/$defs/Readiness",
            "properties": {"requirements": these},
        }
    parts["Thresholds"]["properties"] = {
        name: {"const": True} if name == "derived" else {"type": "number", "minimum": 0}
        for name in parts["Thresholds"]["properties"]
    }


def _whose(kind: Kind) -> Schema:
    """A kind's own row: its id, its name, its checks, its folder."""
    named = constant({"id": kind.id, "name": kind.name})["properties"]
    total, path = {"enum": [len(kind.checks), None]}, nullable(matching(report_path(kind)))
    return {**named, "total": total, "path": path}


def _these(part: str, each: Sequence[Schema]) -> Schema:
    """An array of exactly these, in this order."""
    items = [{"$ref": f"#/$defs/{part}", "properties": properties} for properties in each]
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}


def _joined(house: House) -> Iterator[Schema]:
    """A slice's status, its figures, its report file and the check that asks whether it passes."""
    for index, kind in enumerate(house.window):
        file = {"contains": {"properties": {"slice": {"const": kind.id}}}}
        found = having(metrics=having(**{kind.stem: {"type": "object"}}), evidence=having(files=file))
        lost = having(metrics=having(**{kind.stem: NULL}))
        yield {"if": having(slices=element(index, status="MISSING")), "then": lost, "else": found}
        asks = next(place for place, check in enumerate(house.matrix) if check.passes == kind.id)
        yield together(
            having(slices=element(index, status="PASS")), having(checks=element(asks, status="PASS"))
        )
        untied = {"contains": constant({"slice": kind.id, "check": None})}
        disputed = having(contradictions=untied)
        whole = having(slices=element(index, passed=len(kind.checks)))
        failed = having(slices=element(index, status="FAIL"))
        yield {"if": whole, "then": together(disputed, failed)}
        contradicted = having(contradictions={"contains": constant({"slice": kind.id})})
        yield {"if": contradicted, "then": failed}
    yield from _derived(house)


def _derived(house: House) -> Iterator[Schema]:
    """Thresholds exactly where the figures that they are derived from were measured."""
    measured = having(value={"type": "number"})
    for kind in house.window:
        if not kind.alerts_by:
            continue
        ends = dict.fromkeys(kind.alerts_by, measured)
        given = {"type": "object", "properties": ends, "required": list(ends)}
        yield together(
            having(metrics={"required": [kind.stem], "properties": {kind.stem: given}}),
            {"required": ["thresholds"], "properties": {"thresholds": {"type": "object"}}},
        )


def _adding_up(house: House) -> Iterator[Schema]:
    """The tally says what the checks say, and two requirements what slices and window say."""
    total = len(house.matrix)
    tallies = [
        having(
            checks=counting({"status": "PASS"}, passed, passed),
            summary=constant({"pass": passed, "fail": total - passed}),
        )
        for passed in range(total + 1)
    ]
    yield {"anyOf": tallies}
    settled = {
        "kinds": having(slices={"items": constant({"status": "PASS"})}),
        "window": having(evidence=having(window=constant({"coherent": True}))),
    }
    for level in house.levels:
        for place, requirement in enumerate(level.requirements):
            if requirement.based_on in settled:
                met = having(requirements=element(place, state="MET"))
                yield together(having(readiness=having(**{level.key: met})), settled[requirement.based_on])


def _verdicts(house: House) -> Iterator[Schema]:
    """A level by its requirements and the one below; checks, reasons and verdict by the levels."""
    levels = {level.key: level.name for level in house.levels}
    ready = [having(readiness=having(**{level: constant({"ready": True})})) for level in levels]
    below: list[Schema] = []
    for level, reached in zip(levels, ready, strict=True):
        met = having(requirements={"items": constant({"state": "MET"})})
        yield together({"allOf": [*below, having(readiness=having(**{level: met}))]}, reached)
        below = [*below, reached]
    yield together(ready[0], having(checks={"items": constant({"status": "PASS"})}))
    yield together(ready[0], having(reasons={"maxItems": 0}))
    verdict = having(verdict=matching(_not_ready(house)))
    for reached, name in zip(ready, levels.values(), strict=True):
        verdict = {"if": reached, "then": having(verdict={"const": name}), "else": verdict}
    yield verdict
    for place, check in enumerate(house.matrix):
        named = having(verdict={"pattern": check.id})
        yield together(having(checks=element(place, status="FAIL")), named)


def _not_ready(house: House) -> str:
    """`NOT READY (VAL26-02, VAL26-10)`: one check or more, in order, each once."""
    each = "".join(rf"({check.id}(, (?=V)|(?=\))))?" for check in house.matrix)
    return rf"^NOT READY \((?=V){each}\)(?![\s\S])"
