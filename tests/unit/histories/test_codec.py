"""Lines of a history: what is read back is what was written, and what is none is refused with its place."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from haproof.core.histories.codec import LONGEST_LINE, MOST_LINES, Malformed, decode, encode
from haproof.core.histories.operation import Operation

DOCS = Path(__file__).parents[3] / "docs" / "histories.md"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe_text = st.none() | texts
counts = st.none() | st.integers(0, 2**53 - 1)
flags = st.none() | st.booleans()
statuses = st.builds(
    Operation,
    t_ms=st.integers(0, 2**53 - 1) | st.floats(0, 1e9, allow_nan=False),
    kind=st.sampled_from(["ok", "fail", "unknown"]),
    op=st.just("status"),
    node=texts,
    holder=maybe_text,
    role=maybe_text,
    epoch=counts,
    timeline=counts,
    write_block_active=flags,
    can_accept_protected_writes=flags,
    read_write=flags,
    warnings=st.none() | st.lists(texts, max_size=2),
)


@given(st.lists(statuses, max_size=4))
def test_what_was_written_is_read_back(operations: list[Operation]) -> None:
    assert decode(encode(operation) for operation in operations) == operations


def test_a_line_carries_only_what_applies() -> None:
    line = encode(Operation(t_ms=1.25, kind="ok", op="insert", client="w", id="row-1", node="é", status=201))
    assert line.decode() == (
        '{"t_ms":1.25,"kind":"ok","op":"insert","client":"w","id":"row-1","node":"é","status":201}\n'
    )


INVOKE = b'{"t_ms": 1, "kind": "invoke", "op": "insert", "client": "w", "id": "a", "value": "x"}\n'
OK = b'{"t_ms": 2, "kind": "ok", "op": "insert", "client": "w", "id": "a"}\n'
FAIL = OK.replace(b'"ok"', b'"fail"')


@pytest.mark.parametrize(
    "lines",
    [
        [],
        [INVOKE],
        [INVOKE, OK],
        [INVOKE, FAIL, INVOKE, OK],
        [INVOKE, INVOKE.replace(b'"w"', b'"v"'), OK],
        [INVOKE, INVOKE.replace(b'"a"', b'"b"')],
        [INVOKE, INVOKE.replace(b'"id"', b'"trial": "t", "id"'), OK],
        [b'{"t_ms":1,"kind":"ok","op":"read","value":[]}\n'],
        [b'{"t_ms":1,"kind":"unknown","op":"read"}\n'],
        [b'{"t_ms":0,"kind":"final","rows":["a",["b","c",1],["d",null,null]],"lists":{"k":[1,2]}}\n'],
        [b'{"t_ms":1,"kind":"heal","trial":"x","future":{"t_ms":1}}\n'],
        [b'{"t_ms":1,"kind":"heal","trial":"kind\\"kind\\": \\u00e9"}\n'],
        [b'{"t_ms":1,"kind":"end","tri\\u0061l":"x"}\n'],
        [b'{"t_ms":1,"kind":"fault","op":"insert","trial":"x"}\n'],
        [b'{"t_ms":1,"kind":"ok","op":"status","member":"pg1"}\n'],
        [b'{"t_ms":9007199254740991,"kind":"end","trial":"x"}\n'],
    ],
)
def test_these_are_histories(lines: list[bytes]) -> None:
    assert len(decode(lines)) == len(lines)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (b"", "has no end: the file was cut off"),
        (b'{"t_ms":1,"kind":"end","trial":"x"}', "has no end: the file was cut off"),
        (b"\n", "not JSON"),
        (b"[]\n", "$: expected an object, got an array"),
        (b'{"t_ms":1,"kind":"end","trial":"x"} {}\n', "not JSON"),
        (b'\xef\xbb\xbf{"t_ms":1,"kind":"end","trial":"x"}\n', "not JSON"),
        (b'{"t_ms":1,"kind":"end","trial":"\xff"}\n', "not JSON"),
        (b'{"t_ms":1,"kind":"end","trial":"\\ud800"}\n', "not JSON"),
        (b'{"t_ms":NaN,"kind":"end","trial":"x"}\n', "not JSON"),
        (b'{"t_ms":1,"kind":"end","trial":"x","more":' + b"[" * 5000 + b"]" * 5000 + b"}\n", "not JSON"),
        (b'{"t_ms":1,"kind":"end","trial":"x","t_ms":2}\n', "$: key 't_ms' given twice"),
        (b'{"t_ms":1,"kind":"end","trial":"x","tri\\u0061l":"y"}\n', "$: key 'trial' given twice"),
        (b'{"t_ms":1,"kind":"end","trial":"x","more":{"k":1,"k":2}}\n', "$.more: key 'k' given twice"),
        (b'{"kind":"end","trial":"x"}\n', "$: key 't_ms' is missing"),
        (b'{"t_ms":-1,"kind":"end","trial":"x"}\n', "$.t_ms: expected a whole number >= 0"),
        (b'{"t_ms":"1","kind":"end","trial":"x"}\n', "$.t_ms: expected a number, got a text"),
        (
            b'{"t_ms":9007199254740992,"kind":"end","trial":"x"}\n',
            "$.t_ms: expected a whole number <= 9007199254740991",
        ),
        (
            b'{"t_ms":1,"kind":"ended","trial":"x"}\n',
            "$.kind: 'ended' is not one of the values that are taken here",
        ),
        (b'{"t_ms":1,"kind":"fault"}\n', "$.trial: missing in fault"),
        (b'{"t_ms":1,"kind":"gone"}\n', "$.trial: missing in gone"),
        (b'{"t_ms":1,"kind":"heal"}\n', "$.trial: missing in heal"),
        (b'{"t_ms":1,"kind":"end"}\n', "$.trial: missing in end"),
        (b'{"t_ms":1,"kind":"final"}\n', "$.rows: missing in final"),
        (
            b'{"t_ms":1,"kind":"final","rows":[["a","b"]]}\n',
            "$.rows[0]: expected an array of length 3",
        ),
        (
            b'{"t_ms":1,"kind":"final","rows":[["a","b",true]]}\n',
            "$.rows[0][2]: expected a whole number or null, got true or false",
        ),
        (b'{"t_ms":1,"kind":"ok"}\n', "$.op: missing in ok"),
        (b'{"t_ms":1,"kind":"ok","op":"status"}\n', "$.node: missing in ok of status"),
        (b'{"t_ms":1,"kind":"invoke","op":"insert","id":"a"}\n', "$.client: missing in invoke of insert"),
        (b'{"t_ms":1,"kind":"invoke","op":"txn","client":"a"}\n', "$.id: missing in invoke of txn"),
        (b'{"t_ms":1,"kind":"ok","op":"read"}\n', "$.value: expected the ids that were read"),
        (b'{"t_ms":1,"kind":"ok","op":"read","value":[1]}\n', "$.value: expected the ids that were read"),
        (OK, "ends 'a', which was never begun"),
        (
            b'{"t_ms":1,"kind":"ok","op":"insert","client":"w","id":"a","status":99}\n',
            "$.status: expected a whole number >= 100",
        ),
    ],
)
def test_these_are_none(line: bytes, fault: str) -> None:
    with pytest.raises(Malformed) as raised:
        decode([INVOKE.replace(b'"a"', b'"b"'), line])
    assert str(raised.value) == f"line 2: {fault}"
    assert raised.value.line == 2


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([INVOKE, INVOKE], "line 2: begins 'a' again, which has not ended"),
        ([INVOKE, OK, OK], "line 3: ends 'a', which was never begun"),
        ([INVOKE, FAIL, FAIL], "line 3: ends 'a', which was never begun"),
        ([INVOKE, OK.replace(b'"w"', b'"v"')], "line 2: ends 'a', which was never begun"),
        (
            [INVOKE, OK.replace(b'"id"', b'"trial": "t", "id"')],
            "line 2: ends 'a', which was never begun",
        ),
    ],
)
def test_an_operation_ends_once_where_it_began(lines: list[bytes], fault: str) -> None:
    with pytest.raises(Malformed, match=f"^{re.escape(fault)}$"):
        decode(lines)


def test_a_line_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert LONGEST_LINE == 64 * 1024 * 1024
    monkeypatch.setattr("haproof.core.histories.codec.LONGEST_LINE", 1024 * 1024)
    whole = b'{"t_ms":1,"kind":"end","trial":"' + b"x" * (1024 * 1024 - 35) + b'"}\n'
    assert len(whole) == 1024 * 1024
    assert len(decode([whole])) == 1
    with pytest.raises(Malformed) as raised:
        decode([whole.replace(b"x", b"xx", 1)])
    assert str(raised.value) == "line 1: longer than 1 MiB"


def test_only_a_line_that_may_have_a_key_twice_is_read_by_the_full_parser(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read: list[bytes] = []
    monkeypatch.setattr("haproof.core.histories.codec.parse_json", read.append)
    suspect = [
        b'{"t_ms":1,"kind":"heal","trial":"x","future":{"t_ms":1}}\n',
        b'{"t_ms":1,"kind":"heal","tri\\u0061l":"x"}\n',
    ]
    plain = [INVOKE, OK, b'{"t_ms":0,"kind":"final","rows":["a",["b","\\"",1]],"lists":{"k":[1,2]}}\n']
    assert len(decode([*plain, *suspect])) == 5
    assert read == suspect


def test_a_history_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_LINES == 10_000_000
    monkeypatch.setattr("haproof.core.histories.codec.MOST_LINES", 2)
    assert len(decode([INVOKE, OK])) == 2
    with pytest.raises(Malformed) as raised:
        decode([INVOKE, OK, INVOKE])
    assert str(raised.value) == "line 3: more than 2 lines"


def test_the_document_names_every_key_and_every_kind() -> None:
    page = DOCS.read_text(encoding="utf-8")
    keys = page.partition("\n## Keys\n")[2].partition("\n## ")[0]
    named = re.findall(r"`(\w+)`", " ".join(re.findall(r"^\| (.+?) \|", keys, re.MULTILINE)))
    assert sorted(named) == sorted(Operation.__struct_fields__)
    kinds = page.partition("\n## Kinds\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", kinds, re.MULTILINE) == [
        *("invoke", "ok", "fail", "unknown", "fault", "gone", "heal", "end", "final")
    ]


def test_the_document_shows_a_history() -> None:
    shown = DOCS.read_text(encoding="utf-8").partition("```\n")[2].partition("```")[0]
    assert len(decode(line.encode() for line in shown.splitlines(keepends=True))) == 6
