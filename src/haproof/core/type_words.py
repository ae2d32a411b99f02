"""What is wrong with a value's type or form, in words for people who never saw Python."""

import re

import msgspec

from haproof.core.figures import cut
from haproof.core.record import FORMS

KINDS = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
"""What JSON calls each kind of value that msgspec names."""

FRACTION = "a number with a fraction or an exponent"
"""What a number is where only a whole one is taken."""

_EXPECTED = re.compile(r"Expected `([^`]+)`(?: (.+?))?(?:, got (?:`(\w+)`|(\d+)))?", re.DOTALL)
_MISSING = re.compile(r"Object missing required field `(.*)`", re.DOTALL)
_UNKNOWN = re.compile(r"Object contains unknown field `(.*)`", re.DOTALL)
_OTHER = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)
_RANGE = re.compile(r"(?:Integer value|Number) out of range")


def mismatch(fault: msgspec.ValidationError) -> tuple[str, str]:
    """The JSON path of the first place where a value does not fit, and the fault in words."""
    message, at, path = str(fault).rpartition(" - at ")
    return (path.strip("`") if at else "$"), in_words(message if at else path)


def in_words(message: str) -> str:
    """One message of msgspec, without its place: which kinds of value are taken, and which one is there."""
    if found := _EXPECTED.fullmatch(message):
        return _expected(*found.groups())
    if found := _MISSING.fullmatch(message):
        return f"key '{cut(found[1])}' is missing"
    if found := _UNKNOWN.fullmatch(message):
        return f"key '{cut(found[1])}' is not known"
    if found := _OTHER.fullmatch(message):
        return f"{cut(found[1])} is not one of the values that are taken here"
    if _RANGE.fullmatch(message):
        return "a number out of range"
    return cut(message).replace("`", "'")


def _expected(kinds: str, rule: str | None, got: str | None, length: str | None) -> str:
    """The kinds of value that are taken, a rule that they follow, and what is there."""
    _, _, pattern = (rule or "").partition("matching regex ")
    if pattern:
        return f"expected {FORMS.get(pattern, 'a text of another form')}"
    said = f"expected {kinds_in_words(kinds)}{f' {rule}' if rule else ''}"
    if got is None:
        return f"{said}, got {length}" if length else said
    return f"{said}, got {FRACTION if got == 'float' else KINDS.get(got, got)}"


def kinds_in_words(kinds: str) -> str:
    """`int | float | null` as `a number or null`."""
    names = kinds.split(" | ")
    if "float" in names and "int" in names:
        names.remove("int")
    said = [KINDS.get(name, name) for name in names]
    if len(said) < 2:
        return said[0]
    others = ", ".join(said[:-1]).replace("true or false", "true, false")
    return f"{others} or {said[-1]}"
