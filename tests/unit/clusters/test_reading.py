"""Lines of a cluster's history: what is none is refused with its line and its fault."""

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cluster_history import Written, line
from haproof.core.histories.clusters.lines import read
from haproof.core.histories.clusters.reading import trials
from haproof.core.histories.codec import Malformed

HEAD = {"trial": "t-1", "t_ms": 5}
INVOKE = {**HEAD, "kind": "invoke", "op": "insert", "client": "w", "via": "pooled", "id": "a"}
OK = {**INVOKE, "t_ms": 6, "kind": "ok", "member": "pg1", "timeline": 1}
TXN = {
    **HEAD,
    "kind": "invoke",
    "op": "txn",
    "client": "x",
    "id": "b",
    "value": [["append", 1, 2], ["r", 3, None]],
}
TXN_OK = {**TXN, "t_ms": 6, "kind": "ok", "value": [["append", 1, 2], ["r", 3, [4]]]}
READ = {**HEAD, "kind": "invoke", "op": "read", "client": "r", "id": "q"}
FINAL = {**HEAD, "kind": "final", "member": "pg1", "read_write": True, "rows": []}


def test_a_whole_history() -> None:
    first, second = Written("control"), Written("cut-in-12")
    first.insert(5)
    second.insert(9)
    second.txn(9, 10, [["append", 1, 2]])
    found = list(trials([*first.lines, *second.lines]))
    assert [(trial.name, trial.series) for trial in found] == [
        ("control", "control"),
        ("cut-in-12", "cut-in"),
    ]
    assert [len(list(trial.writes())) for trial in found] == [1, 2]


def test_what_was_sent_and_what_was_answered_is_kept() -> None:
    trial = Written("host-kill-1")
    trial.insert(9.5, "pg2", 3, via="connect", sent=7)
    trial.insert(None, sent=8)
    trial.insert(12, kind="fail")
    trial.insert(13, "pg1", 1, warnings=["01000 cancelled"])
    trial.insert(14, kind="unknown")
    trial.read(15, 16, ["r3", "nobody", "r1"])
    trial.txn(20, 21, [["append", 1, 2], ["r", 3, [4]]], member="pg3", timeline=5)
    trial.txn(22, 23, [["append", 1, 6]], kind="fail", sqlstate="40001")
    trial.txn(24, 25, [["r", 1, []]], kind="fail", sqlstate="40P01")
    trial.txn(26, 27, [["append", 1, 7]], kind="fail", sqlstate="04000")
    trial.txn(28, 29, [["append", 1, 8]], kind="unknown", sqlstate="40001")
    trial.txn(30, 31, [["append", 1, 9]], sqlstate="40001")
    (found,) = trials(trial.lines)
    kept = [
        (row.client, row.id, row.via, row.sent_ms, row.outcome, row.done_ms, row.member, row.timeline)
        for row in found.rows
    ]
    assert kept == [
        ("c1", "r1", "connect", 7, "acknowledged", 9.5, "pg2", 3),
        ("c2", "r2", "pooled", 8, "unknown", inf, None, None),
        ("c3", "r3", "pooled", 11, "refused", 12, "pg1", 1),
        ("c4", "r4", "pooled", 12, "local", 13, "pg1", 1),
        ("c5", "r5", "pooled", 13, "unknown", inf, None, None),
    ]
    assert [(read.sent_ms, read.done_ms, [*read.rows]) for read in found.reads] == [(15, 16, [2, 0])]
    assert (found.strange, found.retried, found.end_ms) == ({"nobody"}, 1, 31)
    first = found.transactions.all[0]
    assert (first.client, first.id, first.via, first.appends) == ("c7", "t7", "pooled", ((1, 2),))
    assert (first.sent_ms, first.done_ms, first.outcome) == (20, 21, "acknowledged")
    assert (first.member, first.timeline, first.reads) == ("pg3", 5, ((3, 1),))
    assert [one.outcome for one in found.transactions.all] == [
        *("acknowledged", "refused", "refused", "refused", "unknown", "acknowledged")
    ]
    assert [write.id for write in found.writes()] == [
        *("r1", "r2", "r3", "r4", "r5", "t7", "t8", "t10", "t11", "t12")
    ]


def test_a_trial_without_an_end_lasts_to_its_latest_line() -> None:
    trial = Written("host-kill-1")
    trial.insert(None, sent=0)
    assert [one.end_ms for one in trials(trial.lines)] == [0]
    trial.insert(None, sent=9)
    trial.insert(None, sent=3)
    assert [one.end_ms for one in trials(trial.lines)] == [9]
    trial.put("end", 5)
    assert [one.end_ms for one in trials(trial.lines)] == [5]


def test_nothing_is_a_history_without_trials() -> None:
    assert list(trials([])) == []


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        ([b""], "line 1: has no end: the file was cut off"),
        ([line(**INVOKE)[:-1]], "line 1: has no end: the file was cut off"),
        ([b"\n"], "line 1: not JSON"),
        ([b"[]\n"], "line 1: $: expected an object, got an array"),
        ([line(**INVOKE)[:-1] + b" {}\n"], "line 1: not JSON"),
        ([b'\xff{"t_ms":1}\n'], "line 1: not JSON"),
        ([line(**INVOKE).replace(b'"a"', b'"\\ud800"')], "line 1: not JSON"),
        ([line(**INVOKE).replace(b"5", b"NaN")], "line 1: not JSON"),
        ([line(**INVOKE).replace(b'"a"', b'"\xff"')], "line 1: not JSON"),
        ([line(**INVOKE)[:-2] + b',"more":' + b"[" * 5000 + b"]" * 5000 + b"}\n"], "line 1: not JSON"),
        ([line(**INVOKE).replace(b'"a"', b'"a","id":"b"')], "line 1: $: key 'id' given twice"),
        ([line(**INVOKE).replace(b'"a"', b'"a","id" :"b"')], "line 1: $: key 'id' given twice"),
        ([line(**INVOKE).replace(b'"a"', b'"a","\\u0069d":"b"')], "line 1: $: key 'id' given twice"),
        ([line(**INVOKE).replace(b'"a"', b'"a","id"\t:"b"')], "line 1: $: key 'id' given twice"),
        ([line(**INVOKE).replace(b'"a"', b'"a","id"\r:"b"')], "line 1: $: key 'id' given twice"),
        (
            [line(**INVOKE).replace(b'"a"', b'"a","more":{"k":1,"k":2}')],
            "line 1: $.more: key 'k' given twice",
        ),
        (
            [line(**FINAL, lists={"1": []}).replace(b'"1":[]', b'"1":[],"1":[2]')],
            "line 1: $.lists: key '1' given twice",
        ),
        ([line(**{**INVOKE, "t_ms": -1})], "line 1: $.t_ms: expected a whole number >= 0"),
        ([line(**{**INVOKE, "t_ms": "1"})], "line 1: $.t_ms: expected a number, got a text"),
        (
            [line(**{**INVOKE, "kind": "gone"})],
            "line 1: $.kind: 'gone' is not one of the values that are taken here",
        ),
        (
            [line(**{**INVOKE, "op": "status"})],
            "line 1: $.op: 'status' is not one of the values that are taken here",
        ),
        (
            [line(**{**INVOKE, "timeline": True})],
            "line 1: $.timeline: expected a whole number or null, got true or false",
        ),
        (
            [line(**{key: INVOKE[key] for key in INVOKE if key != "trial"})],
            "line 1: $: key 'trial' is missing",
        ),
        ([line(**HEAD, kind="invoke")], "line 1: $.op: missing in invoke"),
        ([line(**{**INVOKE, "client": None})], "line 1: $.client: missing in invoke of insert"),
        ([line(**{**INVOKE, "id": None})], "line 1: $.id: missing in invoke of insert"),
        (
            [line(**{key: TXN[key] for key in TXN if key != "value"})],
            "line 1: $.value: missing in invoke of txn",
        ),
        ([line(**{**TXN, "value": [["append", 1]]})], "line 1: $.value[0]: expected an array of length 3"),
        (
            [line(**{**TXN, "value": [["pop", 1, 2]]})],
            "line 1: $.value[0][0]: 'pop' is not one of the values that are taken here",
        ),
        (
            [line(**{**TXN, "value": [["append", 1, None]]})],
            "line 1: $.value[0][2]: expected the number that is appended",
        ),
        ([line(**{**TXN, "value": "x"})], "line 1: $.value: expected an array, got a text"),
        ([line(**{**FINAL, "rows": [1]})], "line 1: $.rows[0]: expected a text, got a whole number"),
        ([line(**{**FINAL, "rows": None})], "line 1: $.rows: missing in final"),
        ([line(**{**FINAL, "member": None})], "line 1: $.member: missing in final"),
        ([line(**{**FINAL, "read_write": None})], "line 1: $.read_write: missing in final"),
        ([line(**FINAL), line(**FINAL)], "line 2: the table of 'pg1' is there twice"),
        ([line(**OK)], "line 1: ends 'a', which was never begun"),
        ([line(**INVOKE), line(**{**OK, "client": "v"})], "line 2: ends 'a', which was never begun"),
        ([line(**INVOKE), line(**OK), line(**OK)], "line 3: ends 'a', which was never begun"),
        ([line(**INVOKE), line(**INVOKE)], "line 2: begins 'a' again, which has not ended"),
        ([line(**INVOKE), line(**OK), line(**INVOKE)], "line 3: row 'a' is sent twice"),
        ([line(**INVOKE), line(**{**OK, "t_ms": 4})], "line 2: ends 'a' before it was sent"),
        (
            [line(**TXN), line(**{**TXN_OK, "value": TXN["value"]})],
            "line 2: $.value[1][2]: expected the list that was read",
        ),
        (
            [line(**TXN), line(**{**TXN_OK, "value": [["append", 1, 9]]})],
            "line 2: appends something else than was sent",
        ),
        ([line(**READ), line(**{**READ, "kind": "ok"})], "line 2: $.value: expected the ids that were read"),
        (
            [line(**READ), line(**{**READ, "kind": "ok", "value": [1]})],
            "line 2: $.value: expected the ids that were read",
        ),
        ([line(**HEAD, kind="heal")], "line 1: heal without a fault"),
        (
            [line(**HEAD, kind="fault"), line(trial="t-1", t_ms=4.9, kind="end")],
            "line 2: end is earlier than the mark before it",
        ),
        (
            [
                line(trial="t-1", t_ms=1, kind="fault"),
                line(trial="t-1", t_ms=9, kind="heal"),
                line(trial="t-1", t_ms=8, kind="end"),
            ],
            "line 3: end is earlier than the mark before it",
        ),
        ([line(**HEAD, kind="end")] * 2, "line 2: end is there twice in trial 't-1'"),
        (
            [line(**HEAD, kind="fault"), line(**HEAD, kind="fault")],
            "line 2: fault is there twice in trial 't-1'",
        ),
        (
            [line(**HEAD, kind="fault"), line(trial="t-1", t_ms=4, kind="heal")],
            "line 2: heal is earlier than the mark before it",
        ),
        (
            [
                line(trial="a", t_ms=1, kind="end"),
                line(trial="b", t_ms=1, kind="end"),
                line(trial="a", t_ms=1, kind="fault"),
            ],
            "line 3: trial 'a' goes on after another has begun",
        ),
    ],
)
def test_these_are_none(lines: list[bytes], fault: str) -> None:
    with pytest.raises(Malformed) as raised:
        list(trials(lines))
    assert str(raised.value) == fault


@pytest.mark.parametrize(
    "lines",
    [
        [line(**INVOKE, more={"id": 1, "deep": [{"x": 1}]})],
        [line(**{**INVOKE, "id": 'quote " and colon ": and \\'})],
        [line(**{**INVOKE, "id": "spaced out: é"})],
        [line(**INVOKE).replace(b":", b" : ")],
        [line(**INVOKE), line(**{**OK, "warnings": ["01000 x", "y"], "sqlstate": "00000"})],
        [line(**FINAL, lists={"1": [1, 2], "2": []})],
        [line(**READ), line(**{**READ, "kind": "ok", "value": []}), line(**READ)],
        [line(**READ), line(**{**READ, "kind": "unknown"})],
        [line(**READ), line(**{**READ, "kind": "fail"}), line(**READ)],
        [line(**INVOKE), line(**{**OK, "t_ms": 5})],
        [line(**{**INVOKE, "client": "", "id": ""}), line(**{**OK, "client": "", "id": ""})],
        [line(**INVOKE), line(**{**INVOKE, "client": "v", "id": "b"})],
        [line(**INVOKE), line(**{**READ, "client": "w", "id": "a"})],
        [line(**READ), line(**{**READ, "client": "v"}), line(**{**READ, "id": "p"})],
        [line(**HEAD, kind="end"), line(trial="t-1", t_ms=1, kind="fault")],
        [line(**FINAL), line(**{**FINAL, "member": "pg2"})],
        [line(**TXN), line(**{**TXN, "kind": "fail", "value": TXN["value"]})],
        [
            line(**TXN),
            line(**{key: value for key, value in (TXN | {"kind": "fail"}).items() if key != "value"}),
        ],
        [
            line(**HEAD, kind="fault", member="pg1", timeline=1),
            line(**HEAD, kind="heal"),
            line(**HEAD, kind="end"),
        ],
    ],
)
def test_these_are_histories(lines: list[bytes]) -> None:
    assert len(list(trials(lines))) == 1


@pytest.mark.parametrize("key", ["x", "", "-1", "1.0", "\u0661"])
def test_a_list_whose_key_is_no_number_is_refused(key: str) -> None:
    trial = Written()
    trial.final("pg1", [], writes=True, lists={key: []})
    with pytest.raises(ValueError, match="a list's key is a whole number"):
        trial.figures()


EVERY = {
    "op": "insert",
    "client": "w",
    "via": "pooled",
    "id": "a",
    "value": [],
    "member": "pg1",
    "timeline": 1,
    "sqlstate": "00000",
    "warnings": ["01000"],
    "read_write": True,
    "rows": ["a"],
    "lists": {"1": [2], "3": []},
}


@pytest.mark.parametrize("keys", [{}, *({key: value} for key, value in EVERY.items()), EVERY], ids=list)
def test_a_line_without_spaces_and_escapes_whose_keys_are_all_known_is_read_once(
    keys: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: list[bytes] = []
    monkeypatch.setattr("haproof.core.histories.clusters.lines.parse_json", parsed.append)
    assert len(list(read([line(**HEAD, kind="end", **keys)]))) == 1
    assert parsed == []
    assert len(list(read([line(**HEAD, kind="end", **keys, more=1)]))) == 1
    assert len(parsed) == 1


def test_a_line_and_a_history_have_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("haproof.core.histories.clusters.lines.MOST_LINES", 1)
    with pytest.raises(Malformed, match="line 2: more than 1 lines"):
        list(trials([line(**INVOKE), line(**OK)]))
    monkeypatch.setattr("haproof.core.histories.clusters.lines.MOST_LINES", 2)
    assert len(list(read([line(**INVOKE), line(**OK)]))) == 2
    monkeypatch.setattr("haproof.core.histories.clusters.lines.LONGEST_LINE", 1024 * 1024)
    whole = line(**{**INVOKE, "id": "x" * (1024 * 1024 - len(line(**{**INVOKE, "id": ""})))})
    assert len(whole) == 1024 * 1024
    assert len(list(read([whole]))) == 1
    with pytest.raises(Malformed, match="line 1: longer than 1 MiB"):
        list(read([whole.replace(b"x", b"xx", 1)]))


keys = st.sampled_from(["trial", "t_ms", "kind", "id", "op", "client", "more", "lists", "value", "x"])
pairs = st.tuples(
    keys, st.sampled_from(['"t"', "1", '"end"', '"final"', "null", "[]", '{"a":1}', '{"a":1,"a":2}', '"\\""'])
)


@given(st.lists(pairs, max_size=7), st.sampled_from([":", " :", ": ", "\t:"]))
def test_a_key_that_is_there_twice_is_never_overlooked(given_: list[tuple[str, str]], colon: str) -> None:
    text = "{" + ",".join(f'"{key}"{colon}{value}' for key, value in given_) + "}\n"
    names = [key for key, _ in given_]
    twice = len(set(names)) != len(names) or '{"a":1,"a":2}' in text
    try:
        list(read([text.encode()]))
    except Malformed:
        return
    assert not twice
