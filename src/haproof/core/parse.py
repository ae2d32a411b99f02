"""From the bytes of a slice report to its record, or the first place where it is not one.

Three passes: strict JSON (nothing that readers disagree about), the types of the contract, and the few
rules between keys that a type cannot say.
"""

import json
import math
from typing import Any

import msgspec

from haproof.core.figures import cut, in_words
from haproof.core.instant import Instant, parse_instant
from haproof.core.kind import Kind
from haproof.core.record import NotRunRecord, Record

DEEPEST = 100
"""Levels of nesting allowed (evidence contract)."""

OVERFLOWS = 2**1024 - 2**970
"""The smallest whole number that a double can only round to infinity."""


class Mismatch(Exception):
    """A report that does not match its schema; the message names the JSON path and the fault."""

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(f"{path}: {fault}")


class _Twice(dict[str, Any]):
    """An object in which a key stands twice."""

    key = ""


class _NotFinite(float):
    """NaN or an infinity, written as a word that is not JSON."""


def parse_report(content: bytes, kind: Kind) -> Record | NotRunRecord:
    """Validate one report of a kind. Raises Mismatch for everything that the evidence contract refuses."""
    tree = parse_json(content)
    _known_version(tree)
    not_run = isinstance(tree, dict) and tree.get("not_run") is not None
    known = NotRunRecord if not_run else kind.record
    try:
        record: Record | NotRunRecord = msgspec.convert(tree, known, dec_hook=_instant)
    except msgspec.ValidationError as fault:
        from haproof.core.type_words import mismatch

        raise Mismatch(*mismatch(fault)) from None
    _agree(record, kind)
    disagreement = None if not_run or kind.disagreement is None else kind.disagreement(record)
    if disagreement is not None:
        raise Mismatch(*disagreement)
    return record


def _known_version(tree: Any) -> None:
    """Say plainly that a report is of another major version, before its other differences are met."""
    version = tree.get("schema_version") if isinstance(tree, dict) else None
    if isinstance(version, str) and version.partition(".")[0] != "1":
        raise Mismatch(
            "$.schema_version", f"version {cut(version)!r} is not known; this reader knows 1 and 1.x"
        )


def parse_json(content: bytes) -> Any:
    """Strict JSON: see the evidence contract for what is refused beyond RFC 8259."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise Mismatch("$", "begins with a byte-order mark")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as fault:
        raise Mismatch("$", f"invalid UTF-8 at byte {fault.start}") from None
    try:
        tree = _DECODER.decode(text)
    except json.JSONDecodeError as fault:
        raise Mismatch("$", f"not JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}") from None
    except RecursionError:
        raise Mismatch("$", f"more than {DEEPEST} levels of nesting") from None
    except ValueError:
        raise Mismatch("$", "a number with too many digits") from None
    if "\\u" in text or not _sound(tree):
        _refuse(tree, "$", 1)
    return tree


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; one with a repeated key is marked, so that its place can be named later."""
    content = dict(pairs)
    if len(content) == len(pairs):
        return content
    twice, seen = _Twice(content), set[str]()
    for key, _ in pairs:
        if key in seen:
            twice.key = key
        seen.add(key)
    return twice


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_NotFinite)


def _sound(tree: Any) -> bool:
    """Whether surely nothing is to be refused, in a text without escaped characters, so without surrogates.
    Level by level, and without a path, it takes a fifth of the time of `_refuse`."""
    level = [tree]
    for _ in range(DEEPEST):
        below: list[Any] = []
        for node in level:
            kind = node.__class__
            if kind is dict:
                below.extend(node.values())
            elif kind is list:
                below.extend(node)
            elif kind is float:
                if not math.isfinite(node):
                    return False
            elif kind is int:
                if abs(node) >= OVERFLOWS:
                    return False
            elif not (kind is str or kind is bool or node is None):
                return False
        if not below:
            return True
        level = below
    return False


def _refuse(node: Any, path: str, depth: int) -> None:
    """Refuse what may stand nowhere in a report, whatever the key it stands under."""
    if isinstance(node, dict):
        _refuse_object(node, path, depth)
    elif isinstance(node, list):
        if depth > DEEPEST:
            raise Mismatch(cut(path), f"more than {DEEPEST} levels of nesting")
        for index, item in enumerate(node):
            if not (item.__class__ is float and math.isfinite(item)):
                _refuse(item, f"{path}[{index}]", depth + 1)
    elif isinstance(node, str):
        if not node.isascii():
            _refuse_surrogate(node, path)
    elif isinstance(node, float | int) and not (
        math.isfinite(node) if node.__class__ is float else abs(node) < OVERFLOWS
    ):
        raise Mismatch(path, "NaN, Infinity or a number that overflows to it")


def _refuse_object(node: dict[str, Any], path: str, depth: int) -> None:
    """An object: its depth, its keys, its values."""
    if depth > DEEPEST:
        raise Mismatch(cut(path), f"more than {DEEPEST} levels of nesting")
    if isinstance(node, _Twice):
        raise Mismatch(path, f"key {cut(node.key)!r} given twice")
    for key, value in node.items():
        if not key.isascii():
            _refuse_surrogate(key, path)
        _refuse(value, f"{path}.{key if len(key) < 80 else cut(key)}", depth + 1)


def _refuse_surrogate(text: str, path: str) -> None:
    """A lone surrogate is no character, and cannot be written as UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raise Mismatch(path, "a lone surrogate") from None


def _instant(kind: type, value: Any) -> Instant:
    """Read the one type that msgspec does not know."""
    if kind is not Instant:
        raise NotImplementedError(kind)
    return parse_instant(value)


def _agree(record: Record | NotRunRecord, kind: Kind) -> None:
    """The rules between keys: the right kind, its checks, each once, a summary that adds up."""
    if record.slice != kind.id:
        raise Mismatch("$.slice", f"expected '{kind.id}', got {cut(record.slice)!r}")
    for index, artifact in enumerate(record.artifacts or ()):
        if artifact.path.startswith("/") or ".." in artifact.path.split("/"):
            raise Mismatch(f"$.artifacts[{index}].path", f"leaves the slice's folder: {cut(artifact.path)!r}")
    if isinstance(record, NotRunRecord):
        return
    known_ids, total = kind.check_ids, len(kind.checks)
    ids = [entry.id for entry in record.checks]
    if len(ids) != total:
        word = ">=" if len(ids) < total else "<="
        raise Mismatch("$.checks", f"expected an array of length {word} {total}")
    for index, check_id in enumerate(ids):
        if check_id not in known_ids or check_id in ids[:index]:
            fault = (
                "given twice" if check_id in known_ids else f"not one of the slice's {in_words(total)} checks"
            )
            raise Mismatch(f"$.checks[{index}].id", f"{cut(check_id)!r} {fault}")
    passed = sum(entry.status == "PASS" for entry in record.checks)
    summary = record.summary
    if (summary.total, summary.passed, summary.failed) != (total, passed, total - passed):
        raise Mismatch(
            "$.summary",
            f"says {summary.passed} passed and {summary.failed} failed of {summary.total}, "
            f"but the checks say {passed} and {total - passed} of {total}",
        )
