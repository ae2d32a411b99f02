"""JSON as the standard library writes it, whoever writes it here."""

import json

from hypothesis import example, given
from hypothesis import strategies as st

from haproof.core.record import LARGEST
from haproof.render.json_text import indented, one_line
from haproof.render.visible import json_escaped

NUMBERS = st.integers(-LARGEST, LARGEST) | st.floats(allow_nan=False, allow_infinity=False)
TREES = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)
UNDECODABLE = "evidence-\udcff"
"""As Python has a path whose bytes are no UTF-8."""


@given(TREES)
@example({"value": 1e-05, "others": [1e16, 5e-324, -0.0, 0.0001]})
@example({"evidence_dir": UNDECODABLE, "nothing": [{}, []]})
def test_the_bytes_are_those_of_the_standard_library(tree: object) -> None:
    whole = json.dumps(tree, indent=2, ensure_ascii=False) + "\n"
    assert indented(tree) == json_escaped(whole).encode("utf-8")
    line = json.dumps(tree, ensure_ascii=False, separators=(",", ":"))
    assert one_line(tree) == json_escaped(line).encode("utf-8")
