"""The figures of the artifact in its JSON Schema: which there are, their units, targets and ties."""

from haproof.core.kind import Kind
from haproof.core.shape import FigureShape, figures
from haproof.json_schema import NULL, TEXT, Schema, constant, having


def group(kind: Kind, values: dict[str, str]) -> Schema:
    """The figures of one kind: which there are, and what the rules say of each."""
    known = figures(kind)
    return {
        "type": "object",
        "properties": {name: _figure(shape, values[name]) for name, shape in known.items()},
        "required": [name for name, shape in known.items() if shape.required],
        "additionalProperties": False,
    }


def _figure(shape: FigureShape, kind: str) -> Schema:
    """A figure: its value and unit; its target and status where a rule looks at it, and where none does."""
    tied: Schema = {"target": _target(shape), "status": TEXT}
    free: Schema = {"target": NULL, "status": NULL}
    says = {"always": tied, "never": free, "sometimes": {}}[shape.ties]
    value, unit = {"$ref": f"#/$defs/{kind}"}, {"const": shape.unit}
    figure: Schema = {"$ref": "#/$defs/Metric", "properties": {"value": value, "unit": unit, **says}}
    if shape.ties == "sometimes":
        figure["anyOf"] = [{"properties": tied}, {"properties": free}]
    if shape.ties != "never":
        figure["if"] = constant({"status": "PASS"})
        figure["then"] = having(value=_within(shape, kind))
    return figure


def _target(shape: FigureShape) -> Schema:
    """What it is held against; a limit that is another figure's may be any."""
    if shape.target is None:
        return NULL
    limit = {"value": shape.target.value} if shape.target.value is not None else {}
    return {"$ref": "#/$defs/Target", "type": "object", **constant({"op": shape.target.op, **limit})}


def _within(shape: FigureShape, kind: str) -> Schema:
    """What a value is that passes: measured, and within its limit; each element of an array likewise."""
    bound: Schema = {"not": NULL}
    if shape.target is not None and shape.target.value is not None:
        word = {"<=": "maximum", ">=": "minimum"}.get(shape.target.op, "const")
        bound |= {word: shape.target.value}
    return {"type": "array", "minItems": 1, "items": bound} if kind.endswith("Series") else bound


def kinds(parts: dict[str, Schema], records: dict[str, dict[str, Schema]]) -> dict[str, dict[str, str]]:
    """The types of the figures as definitions of their own; slice to figure to the name of its definition."""
    return {
        slice_id: {name: _kind(parts, name, value) for name, value in values.items()}
        for slice_id, values in records.items()
    }


def _kind(parts: dict[str, Schema], figure: str, value: Schema) -> str:
    """The definition of a figure's type, named after the first figure that has it."""
    series = any(option.get("type") == "array" for option in value.get("anyOf", [value]))
    words = "".join(word.capitalize() for word in figure.removesuffix("_ms").split("_"))
    same = (name for name, part in parts.items() if name.startswith("Value") and part == value)
    name = next(same, f"Value{words}{'Series' if series else ''}")
    parts[name] = value
    return name
