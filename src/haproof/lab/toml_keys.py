"""Reading a TOML file of the lab strictly: one sentence for each fault, with the key at fault."""

import tomllib
from pathlib import Path
from typing import Any

from haproof.core.figures import SHOWN_CHARACTERS
from haproof.errors import UsageError
from haproof.lab.target import PLACEHOLDER
from haproof.named_file import NotAFile, read_named

LARGEST_FILE_BYTES = 1024 * 1024
NO_NAMES: frozenset[str] = frozenset()
NAME_ONE = "name a TOML file as docs/target-file.md or docs/own-cluster.md describes it"


class Fault(Exception):
    """What is wrong, and at which key."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(f"{place}: {reason}" if place else reason)


def read_table(path: Path) -> dict[str, Any]:
    """The whole file as a table. Raises UsageError where it is none."""
    try:
        content = read_named(str(path), LARGEST_FILE_BYTES).content
        return tomllib.loads(content.decode("utf-8"))
    except NotAFile as fault:
        raise UsageError(f"target file {path} is {fault.so(NAME_ONE)}") from None
    except UnicodeDecodeError:
        raise UsageError(f"target file {path} is not UTF-8 text: {NAME_ONE}") from None
    except tomllib.TOMLDecodeError as fault:
        raise UsageError(f"target file {path} is not TOML: {fault}: mend it, or {NAME_ONE}") from None


def only_known(table: dict[str, Any], place: str, known: set[str]) -> None:
    """Raises Fault for a key that nobody reads."""
    for key in table:
        if key not in known:
            raise Fault(
                f"{place}.{key}" if place else key, f"unknown key; known are {', '.join(sorted(known))}"
            )


def table_at(table: dict[str, Any], key: str, place: str) -> dict[str, Any]:
    """A table in a table; an empty one where it is left out."""
    value = table.get(key, {})
    if not isinstance(value, dict):
        raise Fault(f"{place}.{key}" if place else key, "must be a table")
    return value


def required_text(table: dict[str, Any], key: str, place: str) -> str:
    """A text that cannot be left out."""
    value = text_at(table, key, place, NO_NAMES)
    if value is None:
        raise Fault(f"{place}.{key}" if place else key, "is missing")
    return value


def text_at(table: dict[str, Any], key: str, place: str, names: frozenset[str] | None) -> str | None:
    """A text; `names` are the template names allowed in it (None: it is no template)."""
    value = table.get(key)
    where = f"{place}.{key}" if place else key
    if value is None:
        return None
    if not isinstance(value, str) or not value or "\0" in value:
        raise Fault(where, "must be a text that is not empty")
    if names is not None:
        only_names(value, where, names)
    return value


def line_at(table: dict[str, Any], key: str) -> str | None:
    """A line of the report's topology, no longer than a report shows it."""
    value = text_at(table, key, "", NO_NAMES)
    if value is not None and (not value.isprintable() or len(value) > SHOWN_CHARACTERS or not value.strip()):
        raise Fault(key, f"must be one line of at most {SHOWN_CHARACTERS} characters")
    return value


def argv_at(table: dict[str, Any], key: str, place: str, names: frozenset[str]) -> tuple[str, ...] | None:
    """A command line, with the template names that may stand in it; None where it is left out."""
    value = table.get(key)
    where = f"{place}.{key}" if place else key
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(word, str) for word in value) or not any(value[:1]):
        raise Fault(where, "must be a command line: an array of texts, the program first")
    for word in value:
        if "\0" in word:
            raise Fault(where, "must not contain a null character")
        only_names(word, where, names)
    return tuple(value)


def only_names(text: str, place: str, names: frozenset[str]) -> None:
    """Raises Fault for a template name that is not filled in there."""
    for match in PLACEHOLDER.finditer(text):
        if match[1] not in names:
            known = ", ".join(sorted(names)) or "none here"
            raise Fault(place, f"unknown template name {{{match[1]}}}; known are {known}")
