"""What the types of the artifact cannot say, added to their JSON Schema: ids and their order, states that
belong together, counts that add up. Everything is asked of the lists and the rules that judge."""

from collections.abc import Iterator, Sequence

from haproof.core.check import AnySlice
from haproof.core.checks import MATRIX, PASSES
from haproof.core.instant import WRITTEN
from haproof.core.levels import NAMES, REQUIREMENTS
from haproof.core.model import GENERATOR, REPORT, SCHEMA_VERSION, TITLE
from haproof.core.reasons import SEVERITIES_OF
from haproof.core.risks import GAPS
from haproof.core.shape import CHECKS, POINTER, RUN_RISKS, SHA256, report_path
from haproof.core.slices import SLICES
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


def tightened(parts: dict[str, Schema], records: dict[str, dict[str, Schema]]) -> None:
    """Add to the definitions of an artifact's types; `records` has each slice's figures by name."""
    for name in _reached(parts, "Proof"):
        if "properties" in parts[name]:
            parts[name]["additionalProperties"] = False
    parts["Time"] = {"type": "string", "format": "date-time", "pattern": WRITTEN}
    _heads(parts)
    _evidence(parts)
    parts["SliceRow"]["anyOf"] = list(_row())
    parts["SliceRow"]["properties"]["generated_at"] = nullable(TIME)
    named = kinds(parts, records)
    parts["Metrics"]["properties"] = {
        slice_.stem: nullable(group(slice_, named[slice_.id])) for slice_ in SLICES
    }
    _places(parts)
    _judgement(parts)
    proof = parts["Proof"]
    proof["allOf"] = [*_joined(), *_adding_up(), *_verdicts(), *agreement()]


def _reached(parts: dict[str, Schema], name: str) -> list[str]:
    """The definitions that one needs, itself included."""
    found, text = [name], [name]
    while text:
        said = repr(parts[text.pop()])
        more = [other for other in parts if f"'#/$defs/{other}'" in said and other not in found]
        found += more
        text += more
    return found


def _heads(parts: dict[str, Schema]) -> None:
    """Version, title, program, time, options."""
    proof = parts["Proof"]["properties"]
    proof["schema_version"] = {"const": SCHEMA_VERSION}
    proof["report"], proof["title"] = {"const": REPORT}, {"const": TITLE}
    proof["generated_at"] = TIME
    proof["evidence_dir"] = SAID
    proof["beyond"] = {"type": "array", "maxItems": 0}
    parts["GeneratorName"]["properties"] |= {
        "name": {"const": GENERATOR},
        "version": SAID,
    }
    parts["Topology"]["properties"] = dict.fromkeys(parts["Topology"]["properties"], SAID)
    parts["Options"]["properties"] |= {
        "max_age_seconds": nullable({"type": "integer", "minimum": 1}),
        "trusted_keys": {"type": "array", "uniqueItems": True, "items": matching(SHA256)},
    }


def _evidence(parts: dict[str, Schema]) -> None:
    """The window, and the report files: each slice's at most once, in its folder."""
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
    parts["EvidenceFile"]["oneOf"] = [_in_folder(slice_id) for slice_id in CHECKS]
    parts["EvidenceList"]["properties"]["files"] |= {
        "maxItems": len(CHECKS),
        "allOf": [counting({"slice": slice_id}, 0, 1) for slice_id in CHECKS],
    }


def _in_folder(slice_id: str) -> Schema:
    return {"properties": {"slice": {"const": slice_id}, "path": matching(report_path(slice_id))}}


def _row() -> Iterator[Schema]:
    """A row of the coverage: without evidence and without counts, or with counts that add up. A slice fails
    with all its checks passed where a recount contradicts a figure that none of them ties (`_joined`)."""
    counts = ("passed", "failed", "total", "rejudged")
    missing: Schema = {"status": {"const": "MISSING"}, "detail": SAID}
    yield {"properties": missing | dict.fromkeys(counts, NULL)}
    for total in {len(checks): None for checks in CHECKS.values()}:
        for passed in range(total + 1):
            status = ["PASS", "FAIL"] if passed == total else ["FAIL"]
            said = constant({"passed": passed, "failed": total - passed, "total": total})
            found: Schema = {"status": {"enum": status}}
            found |= {"rejudged": {"type": "integer", "minimum": 0, "maximum": total}}
            yield {"properties": said["properties"] | found | dict.fromkeys(("path", "generated_at"), TEXT)}


def _places(parts: dict[str, Schema]) -> None:
    """Slices, checks and places that claims, contradictions and reasons name."""
    parts["Pointer"]["properties"]["pointer"] = matching(POINTER)
    parts["Pointer"]["oneOf"] = [
        {"properties": _in_folder(slice_id)["properties"] | {"check": {"enum": list(checks)}}}
        for slice_id, checks in CHECKS.items()
    ]
    parts["Contradiction"]["properties"] |= dict.fromkeys(("metric", "rule", "detail"), SAID)
    parts["Contradiction"]["oneOf"] = [
        {"properties": {"slice": {"const": slice_id}, "check": {"enum": [*checks, None]}}}
        for slice_id, checks in CHECKS.items()
    ]
    reason = parts["Reason"]
    every = [check for checks in CHECKS.values() for check in checks]
    reason["properties"] |= {
        "id": {"enum": [*every, *RUN_RISKS]},
        "sentence": SAID,
        "next": SAID,
        "pointer": nullable(matching(POINTER)),
    }
    reason["allOf"] = [
        {"if": having(id=matching(of)), "then": having(severity={"enum": list(severities)})}
        for of, severities in SEVERITIES_OF.items()
    ]
    nowhere = dict.fromkeys(("slice", "check", "path", "pointer"), NULL)
    reason["oneOf"] = [
        {"properties": nowhere},
        *(
            {
                "properties": {
                    "slice": {"const": slice_id},
                    "check": {"enum": [*checks, None]},
                    "path": nullable(matching(report_path(slice_id))),
                }
            }
            for slice_id, checks in CHECKS.items()
        ),
    ]
    reason["if"] = {"properties": {"path": NULL}}
    reason["then"] = {"properties": {"pointer": NULL}}


def _judgement(parts: dict[str, Schema]) -> None:
    """Coverage, matrix, risks and levels: every id in its place."""
    proof = parts["Proof"]["properties"]
    proof["slices"] = _these("SliceRow", [_whose(slice_) for slice_ in SLICES])
    fixed = ("id", "when", "description", "criterion")
    rows = [constant({name: getattr(check, name) for name in fixed})["properties"] for check in MATRIX]
    proof["checks"] = _these("MatrixRow", rows)
    parts["MatrixRow"]["properties"]["detail"] = SAID
    parts["MatrixRow"]["if"] = {"properties": {"status": {"const": "PASS"}}}
    parts["MatrixRow"]["then"] = {"properties": {"evidence": {"minItems": 1}}}
    tally = {"type": "integer", "minimum": 0, "maximum": len(MATRIX)}
    parts["Tally"]["properties"] = dict.fromkeys(parts["Tally"]["properties"], tally)
    parts["Risk"]["properties"] |= dict.fromkeys(("title", "detail", "closed_by"), SAID)
    gaps = [{"$ref": "#/$defs/Risk", **constant({"id": gap.id, "title": gap.title})} for gap in GAPS]
    own = {"id": {"enum": list(RUN_RISKS)}, "state": {"const": "OPEN"}}
    proof["risks"] = {
        "type": "array",
        "prefixItems": gaps,
        "items": {"$ref": "#/$defs/Risk", "properties": own},
        "minItems": len(gaps),
        "uniqueItems": True,
    }
    parts["Requirement"]["properties"]["detail"] = SAID
    for level, texts in REQUIREMENTS.items():
        each = [constant({"id": name, "text": text})["properties"] for name, text in texts.items()]
        these = _these("Requirement", each)
        parts["Levels"]["properties"][level] = {
            "$ref": "#/$defs/Readiness",
            "properties": {"requirements": these},
        }
    parts["Thresholds"]["properties"] = {
        name: {"const": True} if name == "derived" else {"type": "number", "minimum": 0}
        for name in parts["Thresholds"]["properties"]
    }


def _whose(slice_: AnySlice) -> Schema:
    """A slice's own row: its id, its name, its checks, its folder."""
    named = constant({"id": slice_.id, "name": slice_.name})["properties"]
    total, path = {"enum": [len(slice_.checks), None]}, nullable(matching(report_path(slice_.id)))
    return {**named, "total": total, "path": path}


def _these(part: str, each: Sequence[Schema]) -> Schema:
    """An array of exactly these, in this order."""
    items = [{"$ref": f"#/$defs/{part}", "properties": properties} for properties in each]
    return {"type": "array", "prefixItems": items, "items": False, "minItems": len(items)}


def _joined() -> Iterator[Schema]:
    """A slice's status, its figures, its report file and the check that asks whether it passes."""
    for index, slice_ in enumerate(SLICES):
        file = {"contains": {"properties": {"slice": {"const": slice_.id}}}}
        found = having(metrics=having(**{slice_.stem: {"type": "object"}}), evidence=having(files=file))
        lost = having(metrics=having(**{slice_.stem: NULL}))
        yield {"if": having(slices=element(index, status="MISSING")), "then": lost, "else": found}
        asks = next(place for place, check in enumerate(MATRIX) if PASSES.get(check.id) == slice_.id)
        yield together(
            having(slices=element(index, status="PASS")), having(checks=element(asks, status="PASS"))
        )
        untied = {"contains": constant({"slice": slice_.id, "check": None})}
        disputed = having(contradictions=untied)
        whole = having(slices=element(index, passed=len(slice_.checks)))
        failed = having(slices=element(index, status="FAIL"))
        yield {"if": whole, "then": together(disputed, failed)}
        contradicted = having(contradictions={"contains": constant({"slice": slice_.id})})
        yield {"if": contradicted, "then": failed}
    yield from _derived()


def _derived() -> Iterator[Schema]:
    """Thresholds exactly where both p95 that they are derived from were measured."""
    measured = having(value={"type": "number"})
    ends = dict.fromkeys(("idle_p95_ms", "light_p95_ms"), measured)
    lag = {"type": "object", "properties": ends, "required": list(ends)}
    yield together(
        having(metrics={"required": ["replication_lag"], "properties": {"replication_lag": lag}}),
        {"required": ["thresholds"], "properties": {"thresholds": {"type": "object"}}},
    )


def _adding_up() -> Iterator[Schema]:
    """The tally says what the checks say, and two requirements what slices and window say."""
    total = len(MATRIX)
    tallies = [
        having(
            checks=counting({"status": "PASS"}, passed, passed),
            summary=constant({"pass": passed, "fail": total - passed}),
        )
        for passed in range(total + 1)
    ]
    yield {"anyOf": tallies}
    settled = {
        "DP-1": having(slices={"items": constant({"status": "PASS"})}),
        "DP-6": having(evidence=having(window=constant({"coherent": True}))),
    }
    for requirement, settles in settled.items():
        level, place = next(
            (level, [*texts].index(requirement))
            for level, texts in REQUIREMENTS.items()
            if requirement in texts
        )
        met = having(requirements=element(place, state="MET"))
        yield together(having(readiness=having(**{level: met})), settles)


def _verdicts() -> Iterator[Schema]:
    """A level by its requirements and the one below; checks, reasons and verdict by the levels."""
    ready = [having(readiness=having(**{level: constant({"ready": True})})) for level in NAMES]
    below: list[Schema] = []
    for level, reached in zip(NAMES, ready, strict=True):
        met = having(requirements={"items": constant({"state": "MET"})})
        yield together({"allOf": [*below, having(readiness=having(**{level: met}))]}, reached)
        below = [*below, reached]
    yield together(ready[0], having(checks={"items": constant({"status": "PASS"})}))
    yield together(ready[0], having(reasons={"maxItems": 0}))
    verdict = having(verdict=matching(_not_ready()))
    for reached, name in zip(ready, NAMES.values(), strict=True):
        verdict = {"if": reached, "then": having(verdict={"const": name}), "else": verdict}
    yield verdict
    for place, check in enumerate(MATRIX):
        named = having(verdict={"pattern": check.id})
        yield together(having(checks=element(place, status="FAIL")), named)


def _not_ready() -> str:
    """`NOT READY (VAL26-02, VAL26-10)`: one check or more, in order, each once."""
    each = "".join(rf"({check.id}(, (?=V)|(?=\))))?" for check in MATRIX)
    return rf"^NOT READY \((?=V){each}\)(?![\s\S])"
