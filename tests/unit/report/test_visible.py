"""Hidden characters are written out, in text and in JSON."""

import json
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.render.visible import json_escaped, visible


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
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_every_hidden_character_that_this_python_knows_is_covered() -> None:
    hidden = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    for point in range(sys.maxunicode + 1):
        if unicodedata.category(chr(point)) in hidden:
            assert visible(chr(point)) == f"\\u{{{point:04X}}}"


@given(st.text())
def test_json_stays_the_same_document(text: str) -> None:
    document = json.dumps({"key": text, text: [text]}, ensure_ascii=False, indent=1)
    escaped = json_escaped(document)
    assert json.loads(escaped) == {"key": text, text: [text]}
    assert visible(escaped.replace("\n", "")) == escaped.replace("\n", "")
