"""Requests and refusals of the HTTP contract, and how their fields are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

MAX_ID_CHARACTERS = 128
MAX_PAYLOAD_BYTES = 64 * 1024
MAX_TEXT_CHARACTERS = 1024

Answer = tuple[int, dict[str, object]]


class Refused(Exception):
    """The request is not carried out: an HTTP status, one sentence, and what else the answer carries."""

    def __init__(self, status: int, sentence: str, **more: object) -> None:
        super().__init__(sentence)
        self.status = status
        self.body: dict[str, object] = {"error": sentence, **more}


@dataclass(frozen=True, slots=True)
class Request:
    """A request that is well formed and, where it changes something, authorized."""

    body: Mapping[str, object] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    operator: str = ""

    def text(self, name: str, *, required: bool = False, most: int = MAX_TEXT_CHARACTERS) -> str:
        """Read a string field of at most `most` characters; the empty string where it is left out."""
        value = self.body.get(name)
        if value is None and name not in self.body:
            if required:
                raise Refused(400, f"{name} is required")
            return ""
        if not isinstance(value, str):
            raise Refused(400, f"{name} must be a string")
        if len(value) > most:
            raise Refused(400, f"{name} must not be longer than {most} characters")
        if required and not value:
            raise Refused(400, f"{name} must not be empty")
        _storable(name, value)
        return value

    def payload(self) -> str:
        """Read the payload of a rollout: a string of at most 64 KiB in UTF-8."""
        value = self.body.get("payload")
        if not isinstance(value, str):
            raise Refused(400, "payload is required" if value is None else "payload must be a string")
        _storable("payload", value)
        if len(value.encode()) > MAX_PAYLOAD_BYTES:
            raise Refused(413, f"payload must not be larger than {MAX_PAYLOAD_BYTES} bytes")
        return value

    def flag(self, name: str) -> bool:
        """Read a boolean field; false where it is left out."""
        value = self.body.get(name, False)
        if not isinstance(value, bool):
            raise Refused(400, f"{name} must be true or false")
        return value

    def whole(self, name: str, default: int, most: int) -> int:
        """Read a whole number from 1 to `most` of the query."""
        text = self.query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and len(text) <= 9 and 1 <= int(text) <= most):
            raise Refused(400, f"{name} must be a whole number from 1 to {most}")
        return int(text)


@dataclass(frozen=True, slots=True)
class Route:
    """What answers one method of one path, and the fields and query parameters that it knows."""

    handler: Callable[[Request], Answer]
    fields: frozenset[str] = frozenset()
    query: frozenset[str] = frozenset()


def _storable(name: str, value: str) -> None:
    """Refuse what PostgreSQL cannot hold as text."""
    if "\x00" in value:
        raise Refused(400, f"{name} must not contain the NUL character")
    if any("\ud800" <= character <= "\udfff" for character in value):
        raise Refused(400, f"{name} must not contain half of a surrogate pair")
