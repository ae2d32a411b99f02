"""Small pieces that JSON Schemas are made of."""

from typing import Any

Schema = dict[str, Any]

NULL: Schema = {"type": "null"}
TEXT: Schema = {"type": "string"}
SAID: Schema = {"type": "string", "minLength": 1}


def having(**properties: Schema) -> Schema:
    """An object some of whose properties are like this."""
    return {"properties": properties}


def constant(values: dict[str, Any]) -> Schema:
    """An object some of whose properties have these values."""
    return {"properties": {name: {"const": value} for name, value in values.items()}}


def holding(**values: Any) -> Schema:
    """An array one of whose elements, at least, is an object with these values."""
    return {"contains": {**constant(values), "required": list(values)}}


def element(place: int, **values: Any) -> Schema:
    """An array whose element at this place is an object with these values."""
    return {"prefixItems": [*[True] * place, constant(values)]}


def counting(values: dict[str, Any], least: int, most: int) -> Schema:
    """An array in which so many elements are objects with these values."""
    return {"contains": constant(values), "minContains": least, "maxContains": most}


def together(one: Schema, other: Schema) -> Schema:
    """The one exactly where the other."""
    return {"if": one, "then": other, "else": {"not": other}}


def nullable(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [schema, NULL]}


def matching(pattern: str) -> Schema:
    """A text of this form."""
    return {"type": "string", "pattern": pattern}
