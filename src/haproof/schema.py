"""JSON Schemas (draft 2020-12), generated from the types that validate and that are written."""

from typing import Any

import msgspec
from msgspec.structs import fields

from haproof.core.check import AnySlice
from haproof.core.instant import DATE_TIME, Instant
from haproof.core.model import Proof
from haproof.core.record import NotRunRecord
from haproof.core.slices import SLICES
from haproof.proof_schema import tightened

DIALECT = "https://json-schema.org/draft/2020-12/schema"
ADDRESS = "urn:haproof:schema:{}:{}"

NAMES = (*(slice_.id for slice_ in SLICES), "proof", "predicate")
"""Every schema that is published."""

Schema = dict[str, Any]


def file_name(name: str) -> str:
    """The file below `haproof/schemas` that ships a schema."""
    return f"{name.lower()}.schema.json"


def schema(name: str) -> Schema:
    """The schema of a slice report (`VAL13` … `VAL17`), of the artifact (`proof`) or of what `haproof sign`
    signs (`predicate`). KeyError for others."""
    if name == "proof":
        return _document(name, "VAL26 HA Proof Report", *_written(Proof))
    if name == "predicate":
        from haproof.attest.statement import PREDICATE_TYPE, Predicate

        title, major = f"in-toto predicate {PREDICATE_TYPE}", PREDICATE_TYPE.rpartition(":")[2]
        return _document(name, title, *_written(Predicate), major)
    slice_ = {slice_.id: slice_ for slice_ in SLICES}[name]
    return slice_schema(slice_)


def slice_schema(slice_: AnySlice) -> Schema:
    """A slice report: run with its ten checks, or not run with a reason."""
    refs, parts = _generated(slice_.record, NotRunRecord)
    ids = [check.id for check in slice_.checks]
    entry = parts["Entry"]["properties"]["id"]
    entry["enum"] = ids
    record = parts[slice_.record.__name__]["properties"]
    record["checks"]["allOf"] = [
        {"contains": {"properties": {"id": {"const": check_id}}}, "minContains": 1, "maxContains": 1}
        for check_id in ids
    ]
    for kind in (slice_.record.__name__, "NotRunRecord"):
        parts[kind]["properties"]["slice"] = {"const": slice_.id}
    record["not_run"] = {"type": "null"}
    parts[slice_.record.__name__]["anyOf"] = [_adds_up(passed, len(ids)) for passed in range(len(ids) + 1)]
    return _document(slice_.id, f"{slice_.id} {slice_.name}: slice report", refs, parts)


def _adds_up(passed: int, total: int) -> Schema:
    """The summary says what the checks say, for one number of passed checks."""
    counted = {
        "contains": {"properties": {"status": {"const": "PASS"}}},
        "minContains": passed,
        "maxContains": passed,
    }
    says = {"total": {"const": total}, "passed": {"const": passed}, "failed": {"const": total - passed}}
    return {"properties": {"checks": counted, "summary": {"properties": says}}}


def _written(kind: Any) -> tuple[list[Schema], dict[str, Schema]]:
    """What this program writes: every key is there, whatever older versions left out."""
    refs, parts = _generated(kind)
    for part in parts.values():
        keys: Schema = part.get("properties", {})
        always = {key for key, value in keys.items() if "default" in value} | {*part.get("required", ())}
        if keys:
            part["required"] = [key for key in keys if key in always]
        for value in keys.values():
            value.pop("default", None)
    tightened(parts, {slice_.id: _figures(slice_) for slice_ in SLICES})
    return refs, parts


def _figures(slice_: AnySlice) -> dict[str, Schema]:
    """The value of each figure of a slice, by name, as its record declares it."""
    kind = next(field.type for field in fields(slice_.record) if field.name == "metrics")
    _, parts = _generated(kind)
    found: dict[str, Schema] = parts[kind.__name__]["properties"]
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
