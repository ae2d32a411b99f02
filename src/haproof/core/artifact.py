"""From the bytes of a JSON artifact back to its Proof, or the first place where it is not one.

An artifact is taken at its word (`haproof verify` is what checks it), but not where it contradicts itself or
leaves something out: a check that is not listed must never look like one that passes. Every version is read:
1.0, which lacks what came with 1.1, and newer ones, of which unknown keys are ignored, and what is of an
unknown form is left out and named.
"""

from typing import Any, TypeVar

import msgspec
from msgspec import to_builtins

from haproof.core.conformance import strict
from haproof.core.figures import cut
from haproof.core.foreign import Artifact, newer, without_unknown
from haproof.core.house import House
from haproof.core.model import SCHEMA_VERSION, Beyond, Contradiction, Metric, Proof, Readiness, Reason, Risk
from haproof.core.parse import Mismatch, parse_json
from haproof.core.soundness import disagreements
from haproof.core.type_words import mismatch

Kind = TypeVar("Kind")

MAJOR = SCHEMA_VERSION.partition(".")[0]
"""The major version of the artifact that this program knows."""


def parse_artifact(content: bytes, house: House) -> Artifact:
    """The artifact as a record, and what of it could not be read. Raises Mismatch with the JSON path and
    the fault."""
    tree = parse_json(content)
    _known_version(tree)
    known, unread = understood(tree, house)
    proof = converted(known, Proof)
    ours = proof.schema_version == SCHEMA_VERSION
    if ours:
        exactly(tree, to_builtins(proof), "$")
    for path, fault in disagreements(proof, house):
        raise Mismatch(path, fault)
    for path, fault in strict(proof, house) if ours else ():
        raise Mismatch(path, fault)
    return Artifact(proof, unread)


def _known_version(tree: Any) -> None:
    """Say plainly that an artifact is of another major version, before its other differences are met."""
    version = tree.get("schema_version") if isinstance(tree, dict) else None
    if isinstance(tree, dict) and "slice" in tree and "report" not in tree:
        raise Mismatch("$.slice", "this is the report of one kind of evidence, not the proof report of a run")
    if isinstance(version, str):
        major, dot, minor = version.partition(".")
        if major != MAJOR or not dot or not (minor.isascii() and minor.isdecimal()):
            raise Mismatch(
                "$.schema_version", f"version {cut(version)!r} is not known; this reader knows {MAJOR}.x"
            )


LISTS: dict[str, Any] = {"beyond": Beyond, "contradictions": Contradiction, "risks": Risk, "reasons": Reason}
"""Lists whose entries stand for themselves: what a newer version adds there changes nothing of the rest."""


def understood(tree: Any, house: House) -> tuple[Any, tuple[str, ...]]:
    """An artifact of a newer version without what it holds in a form that this version does not know, and the
    paths of that; any other artifact as it is."""
    if not newer(tree):
        return tree, ()
    groups: dict[str, tuple[set[str], Any]] = {
        "metrics": ({kind.stem for kind in house.window}, dict[str, Metric] | None),
        "readiness": ({level.key for level in house.levels}, Readiness),
    }
    return without_unknown(tree, LISTS, groups)


def exactly(tree: Any, known: Any, path: str) -> None:
    """Raise Mismatch where the tree has keys that its record does not have, or lacks some of them."""
    if isinstance(tree, dict) and isinstance(known, dict):
        for key in [*(tree.keys() - known.keys()), *(known.keys() - tree.keys())]:
            word = "no key of this version" if key in tree else "left out"
            raise Mismatch(f"{path}.{cut(key)}", word)
        for key, value in tree.items():
            exactly(value, known[key], f"{path}.{cut(key)}")
    elif isinstance(tree, list):
        for index, value in enumerate(tree):
            exactly(value, known[index], f"{path}[{index}]")


def converted(tree: Any, kind: type[Kind]) -> Kind:
    """A record of this kind. Raises Mismatch with the first place where the tree is none."""
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as fault:
        raise Mismatch(*mismatch(fault)) from None
