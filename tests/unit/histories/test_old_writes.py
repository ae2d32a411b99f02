"""`writes.jsonl` as haproof 0.1.0 wrote it: told apart by its first line, counted by outcome."""

import json
from typing import Any

import pytest

from haproof.core.histories.codec import Malformed
from haproof.core.histories.old_writes import old_figures, told_apart

OLD = {
    "id": "a",
    "payload": "A",
    "outcome": "acknowledged",
    "node": "node1",
    "status": 201,
    "sent_s": 1.5,
    "done_s": 1.6,
}


def attempt(**keys: Any) -> bytes:
    return json.dumps(OLD | keys).encode() + b"\n"


@pytest.mark.parametrize(
    ("lines", "old"),
    [
        ([attempt(), attempt(id="b")], True),
        ([attempt(), b'{"t_ms":1,"kind":"end"}\n'], True),
        ([b'{"t_ms":1,"kind":"end"}\n', attempt()], False),
        ([b'{"outcome":"refused","kind":"end"}\n'], False),
        ([b"nothing\n"], False),
        ([], False),
    ],
)
def test_the_first_line_says_which_form_it_is_and_none_is_lost(lines: list[bytes], old: bool) -> None:
    found, again = told_apart(lines)
    assert found is old
    assert list(again) == lines


def test_rows_are_counted_once_and_attempts_each() -> None:
    lines = [
        *(attempt(), attempt(), attempt(id="b")),
        *(attempt(outcome="refused"), attempt(outcome="refused"), attempt(outcome="refused", status=None)),
        *(attempt(outcome="unknown", node=None), attempt(outcome="unknown")),
    ]
    assert old_figures(lines) == {"rows_acknowledged": 2, "rows_refused": 3, "rows_unknown": 2}
    assert old_figures([]) == {"rows_acknowledged": 0, "rows_refused": 0, "rows_unknown": 0}


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (attempt(sent_s="1"), "$.sent_s: expected a number, got a text"),
        (attempt(outcome="lost"), "$.outcome: 'lost' is not one of the values that are taken here"),
        (b"nothing\n", "not JSON"),
        (attempt().replace(b'"A"', b'"\xff"'), "not JSON"),
        (b'{"more":' + b"[" * 100_000 + b"\n", "not JSON"),
    ],
)
def test_a_line_that_is_none_is_named(line: bytes, fault: str) -> None:
    with pytest.raises(Malformed) as raised:
        old_figures([attempt(), line])
    assert str(raised.value) == f"line 2: {fault}"
