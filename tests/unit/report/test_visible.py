"""Hidden characters are written out, in text and in JSON."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.render.visible import _harmless, _hidden, json_escaped, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain × ≤ ✓ ü 漢", "plain × ≤ ✓ ü 漢"),
        ("a\nb\tc", r"a\u{000A}b\u{0009}c"),
        ("\x1b[31m", r"\u{001B}[31m"),
        ("\x7f\x85\xad", r"\u{007F}\u{0085}\u{00AD}"),
        ("\u202eabc\u2066", r"\u{202E}abc\u{2066}"),
        ("\u2028\u2029\ufeff", r"\u{2028}\u{2029}\u{FEFF}"),
        ("\U000e0041", r"\u{E0041}"),
        ("\udcff", r"\u{DCFF}"),
        ("\ufffe\uffff\ufdd0", r"\u{FFFE}\u{FFFF}\u{FDD0}"),
        ("\U0001ffff\U0010fffe", r"\u{1FFFF}\u{10FFFE}"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_hidden_character_that_this_python_knows_is_covered() -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in hidden:
            assert visible(chr(point)) == f"\\u{{{point:04X}}}"


def test_nothing_that_is_hidden_is_called_harmless() -> None:
    """Whatever version of Unicode this Python knows."""
    for point in range(sys.maxunicode + 1):
        if _hidden().match(chr(point)):
            assert not _harmless(chr(point))


def test_noncharacters_reach_no_page() -> None:
    """HTML calls each of them a parse error, and XML 1.0 forbids the first two."""
    points = [
        *range(0xFDD0, 0xFDF0),
        *(plane << 16 | last for plane in range(17) for last in (0xFFFE, 0xFFFF)),
    ]
    assert len(points) == 66
    for point in points:
        assert visible(f"a{chr(point)}b") == f"a\\u{{{point:04X}}}b"
        assert json.loads(json_escaped(json.dumps(chr(point), ensure_ascii=False))) == chr(point)
    assert visible("\ufdcf\ufdf0\ufffd\U0001fffd") == "\ufdcf\ufdf0\ufffd\U0001fffd"


@given(st.text())
def test_json_stays_the_same_document(text: str) -> None:
    document = json.dumps({"key": text, text: [text]}, ensure_ascii=False, indent=1)
    escaped = json_escaped(document)
    assert json.loads(escaped) == {"key": text, text: [text]}
    assert visible(escaped.replace("\n", "")) == escaped.replace("\n", "")
