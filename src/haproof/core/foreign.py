"""What a newer version wrote and this one has no words for: it is carried and shown, never judged."""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from msgspec import Struct

from haproof.core.figures import cut
from haproof.core.house import House
from haproof.core.model import SCHEMA_VERSION, Beyond, Proof, SliceRow


class Artifact(Struct, frozen=True):
    """A JSON artifact as it was read. `unread` names what is left out of the proof, because it is of a form
    that only a newer version knows: JSON paths."""

    proof: Proof
    unread: tuple[str, ...] = ()


def newer(tree: Any) -> bool:
    """Whether a later minor version than this one wrote a JSON object."""
    version = tree.get("schema_version") if isinstance(tree, dict) else None
    return isinstance(version, str) and _minor(version) > _minor(SCHEMA_VERSION)


def _minor(version: str) -> int:
    digits = version.partition(".")[2]
    return int(digits) if digits.isascii() and digits.isdecimal() else 0


def without_unknown(
    tree: dict[str, Any], lists: Mapping[str, Any], groups: Mapping[str, tuple[set[str], Any]]
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """A JSON object without the entries of `lists` (name to the type of an entry) that are none, and without
    the members of `groups` (name to the keys known here and the type of a member) that are none and not known
    here; and the JSON paths of what was left out."""
    kept: dict[str, Any] = {}
    unread: list[str] = []
    for name, kind in lists.items():
        entries = tree.get(name)
        if isinstance(entries, list):
            kept[name] = [entry for entry in entries if _is(entry, kind)]
            unread += [f"$.{name}[{n}]{_called(one)}" for n, one in enumerate(entries) if not _is(one, kind)]
    for name, (known, kind) in groups.items():
        members = tree.get(name)
        if isinstance(members, dict):
            kept[name] = {key: one for key, one in members.items() if key in known or _is(one, kind)}
            unread += [f"$.{name}.{cut(key)}" for key in members.keys() - kept[name].keys()]
    return tree | kept, tuple(sorted(unread))


def _is(tree: Any, kind: Any) -> bool:
    try:
        msgspec.convert(tree, kind)
    except msgspec.ValidationError:
        return False
    return True


def _called(entry: Any) -> str:
    """The id of an entry, where it has one."""
    name = entry.get("id") if isinstance(entry, dict) else None
    return f" ({cut(name)})" if isinstance(name, str) else ""


def foreign_kinds(proof: Proof, house: House) -> set[str]:
    """Kinds beyond the required ones that an artifact lists and this version does not know."""
    return {row.id for row in proof.beyond if house.kind(row.id) is None}


def not_judged(proof: Proof, house: House) -> dict[str, str]:
    """What a readable artifact lists and this version does not know, each with its state as reported."""
    return dict(_not_judged(proof, house))


def _not_judged(proof: Proof, house: House) -> Iterator[tuple[str, str]]:
    checks = {check.id for check in house.matrix}
    requirements = {one.id for level in house.levels for one in level.requirements}
    levels, stems = {level.key for level in house.levels}, {kind.stem for kind in house.kinds}
    rows: tuple[SliceRow | Beyond, ...] = (*proof.slices, *proof.beyond)
    for row in rows:
        if house.kind(row.id) is None:
            yield f"{cut(row.id)} {cut(row.name)}", row.status
    for check in proof.checks:
        if check.id not in checks:
            yield f"check {cut(check.id)}", check.status
    for key, level in proof.readiness.items():
        if key not in levels:
            yield f"level {cut(key)}", "ready" if level.ready else "not ready"
        for one in level.requirements:
            if one.id not in requirements:
                yield f"requirement {cut(one.id)}", one.state
    for stem, figures in proof.metrics.items():
        if stem not in stems:
            yield f"figures of {cut(stem)}", "MISSING" if figures is None else "given"
