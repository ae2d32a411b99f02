"""What does not fit its type is said in words: none of Python's, for whatever is wrong, wherever it is."""

import copy
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from builders import full, judged
from haproof.attest.statement import SignedStatement
from haproof.core.artifact import parse_artifact
from haproof.core.histories.operation import Operation
from haproof.core.history_line import Line
from haproof.core.model import Proof
from haproof.core.parse import Mismatch, parse_report
from haproof.core.type_words import FRACTION, in_words, mismatch
from haproof.kinds import HOUSE
from haproof.render import render

PYTHON = re.compile(r"\b(int|float|str|bool|None|dict|list|enum|regex|Expected|Invalid)\b|[`|\\^]")
"""Words and signs of Python, of msgspec, and of regular expressions."""

WRONG: tuple[Any, ...] = (None, True, -1, 7, 1.5, 2**53, 2**70, "x", "", [], [1], {}, {"a": 1})


@pytest.mark.parametrize(
    ("message", "words"),
    [
        ("Expected `int | float | null`, got `str`", "expected a number or null, got a text"),
        ("Expected `float`, got `null`", "expected a number, got null"),
        (
            "Expected `int`, got `float`",
            f"expected a whole number, got {FRACTION}",
        ),
        ("Expected `bool | null`, got `int`", "expected true, false or null, got a whole number"),
        ("Expected `array`, got `object`", "expected an array, got an object"),
        (
            "Expected `int | float | str | bool | array | null`, got `object`",
            "expected a number, a text, true, false, an array or null, got an object",
        ),
        ("Expected `int` >= 0", "expected a whole number >= 0"),
        ("Expected `float` <= 9007199254740991.0", "expected a number <= 9007199254740991.0"),
        ("Expected `array` of length 3, got 2", "expected an array of length 3, got 2"),
        ("Expected `array` of length >= 3", "expected an array of length >= 3"),
        ("Expected `str` of length >= 1", "expected a text of length >= 1"),
        ("Expected `str` matching regex '^[a-z]$'", "expected a text of another form"),
        ("Object missing required field `checks`", "key 'checks' is missing"),
        ("Object contains unknown field `x`", "key 'x' is not known"),
        ("Invalid enum value 'pass'", "'pass' is not one of the values that are taken here"),
        ("Invalid value 7", "7 is not one of the values that are taken here"),
        ("Integer value out of range", "a number out of range"),
        ("not an RFC 3339 date-time", "not an RFC 3339 date-time"),
    ],
)
def test_each_message_in_words(message: str, words: str) -> None:
    assert in_words(message) == words


def variants(tree: Any, way: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place of a tree."""
    yield way
    steps = tree.items() if isinstance(tree, dict) else enumerate(tree[:2]) if isinstance(tree, list) else ()
    for step, part in steps:
        yield from variants(part, (*way, step))


def spoilt(tree: Any) -> Iterator[Any]:
    """The tree with something else in one place, or with one key left out."""
    for way in variants(tree):
        for wrong in WRONG if way else ():
            copied = copy.deepcopy(tree)
            owner = copied
            for step in way[:-1]:
                owner = owner[step]
            owner[way[-1]] = wrong
            yield copied
            if isinstance(owner, dict):
                del owner[way[-1]]
                yield copied
    yield from WRONG


def assert_in_words(fault: str) -> None:
    place, _, words = fault.partition(": ")
    assert place.startswith("$"), fault
    assert not PYTHON.search(re.sub(r"'[^']*'", "", words)), fault


@pytest.mark.parametrize("kind", HOUSE.window, ids=lambda kind: kind.id)
def test_every_slice_report_that_does_not_fit(kind: Any) -> None:
    seen = 0
    for whole in (full()[kind.id], full()[kind.id] | {"not_run": "no PostgreSQL found"}):
        for tree in spoilt(whole):
            try:
                parse_report(json.dumps(tree).encode(), kind)
            except Mismatch as fault:
                seen += 1
                assert_in_words(str(fault))
    assert seen > 500


def test_every_artifact_that_does_not_fit(tmp_path: Path) -> None:
    whole = json.loads(render(judged(tmp_path, {"VAL13": full()["VAL13"]}), "json"))
    whole["metrics"]["failover"] = dict(list(whole["metrics"]["failover"].items())[:3])
    for name in ("checks", "risks", "slices"):
        whole[name] = whole[name][:2]
    for tree in spoilt(whole):
        try:
            parse_artifact(json.dumps(tree).encode(), HOUSE)
        except Mismatch as fault:
            assert_in_words(str(fault))


@pytest.mark.parametrize("kind", [Proof, Line, Operation, SignedStatement])
def test_what_else_is_read_is_told_in_the_same_words(kind: Any) -> None:
    for wrong in WRONG:
        try:
            msgspec.convert(wrong, kind)
        except msgspec.ValidationError as fault:
            assert_in_words(": ".join(mismatch(fault)))
