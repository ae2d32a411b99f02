"""JSON Schemas (draft 2020-12), generated from the types that validate and that are written."""

from typing import Any

import msgspec
from msgspec.structs import fields

from haproof.core.gathered import Gathered
from haproof.core.house import House
from haproof.core.instant import DATE_TIME, Instant
from haproof.core.kind import Kind
from haproof.core.model import Proof
from haproof.core.record import NotRunRecord
from haproof.proof_schema import tightened

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "urn:haproof:schema:{}:{}"

OTHERS = ("proof", "predicate")
"""Schemas of what this program writes."""

Schema = dict[str, Any]


def file_name(name: str) -> str:
    """The file below `haproof/schemas` that ships a schema."""
    return f"{name.lower()}.schema.json"


def names(house: House) -> tuple[str, ...]:
    """Every schema that is published."""
    return (*(kind.id for kind in house.kinds), *OTHERS)


def schema(name: str, house: House) -> Schema:
    """The schema of a report of one kind (by its id), of the artifact (`proof`) or of what `haproof sign`
    signs (`predicate`); of a kind of signed statements, that of what is signed. KeyError for others."""
    if name == "proof":
        return _document(name, "VAL26 HA Proof Report", *_written(Proof, house))
    if name == "predicate":
        from haproof.attest.statement import PREDICATE_TYPE, Predicate

        title, major = f"in-toto predicate {PREDICATE_TYPE}", PREDICATE_TYPE.rpartition(":")[2]
        return _document(name, title, *_written(Predicate, house), major)
    kind = {kind.id: kind for kind in house.kinds}[name]
    return report_schema(kind) if kind.gathered is None else _payload_schema(kind, kind.gathered)


def _payload_schema(kind: Kind, gathered: Gathered[Any]) -> Schema:
    """What one file of a kind holds that is gathered from several: the payload of its envelope."""
    refs, parts = _generated(gathered.payload())
    return _document(kind.id, f"{kind.id} {kind.name}: payload of one *{kind.ending}", refs, parts)


def report_schema(kind: Kind) -> Schema:
    """A report of one kind: run with its checks, or not run with a reason."""
    refs, parts = _generated(kind.record, NotRunRecord)
    ids = list(kind.check_ids)
    entry = parts["Entry"]["properties"]["id"]
    entry["enum"] = ids
    name = kind.record.__name__
    record = parts[name]["properties"]
    record["checks"] |= {"maxItems": len(ids), "minItems": len(ids)}
    record["checks"]["allOf"] = [
        {"contains": {"properties": {"id": {"const": check_id}}}, "minContains": 1, "maxContains": 1}
        for check_id in ids
    ]
    for part in (name, "NotRunRecord"):
        parts[part]["properties"]["slice"] = {"const": kind.id}
    record["not_run"] = {"type": "null"}
    parts[name]["anyOf"] = [_adds_up(passed, len(ids)) for passed in range(len(ids) + 1)]
    return _document(kind.id, f"{kind.id} {kind.name}: slice report", refs, parts)


def _adds_up(passed: int, total: int) -> Schema:
    """The summary says what the checks say, for one number of passed checks."""
    counted = {
        "contains": {"properties": {"status": {"const": "PASS"}}},
        "minContains": passed,
        "maxContains": passed,
    }
    says = {"total": {"const": total}, "passed": {"const": passed}, "failed": {"const": total - passed}}
    return {"properties": {"checks": counted, "summary": {"properties": says}}}


def _written(kind: Any, house: House) -> tuple[list[Schema], dict[str, Schema]]:
    """What this program writes: every key is there, whatever older versions left out."""
    refs, parts = _generated(kind)
    for part in parts.values():
        keys: Schema = part.get("properties", {})
        always = {key for key, value in keys.items() if "default" in value} | {*part.get("required", ())}
        if keys:
            part["required"] = [key for key in keys if key in always]
        for value in keys.values():
            value.pop("default", None)
    tightened(parts, {kind.id: _figures(kind) for kind in house.window}, house)
    return refs, parts


def _figures(kind: Kind) -> dict[str, Schema]:
    """The value of each figure of a kind, by name, as its record declares it."""
    group = next(field.type for field in fields(kind.record) if field.name == "metrics")
    _, parts = _generated(group)
    found: dict[str, Schema] = parts[group.__name__]["properties"]
    for value in found.values():
        value.pop("default", None)
    return found


def _generated(*types: Any) -> tuple[list[Schema], dict[str, Schema]]:
    """References to the types, and every definition that they need."""
    refs, parts = msgspec.json.schema_components(types, schema_hook=_instant, ref_template="#/$defs/{name}")
    return list(refs), dict(parts)


def _instant(kind: type) -> Schema:
    """The one type that msgspec does not know."""
    if kind is not Instant:
        raise NotImplementedError(kind)
    return {"type": "string", "format": "date-time", "pattern": DATE_TIME}


def _document(
    name: str, title: str, refs: list[Schema], parts: dict[str, Schema], major: str = "1"
) -> Schema:
    """A whole schema with its dialect and its name."""
    head: Schema = {"$schema": DIALECT, "$id": ADDRESS.format(name.lower(), major), "title": title}
    body: Schema = refs[0] if len(refs) == 1 else {"oneOf": refs}
    return {**head, **body, "$defs": parts}
