"""Transactions at the limits: the end of a read, the moment of an answer, copies, and what is explained."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from haproof.core.histories.transactions.check import Isolation
from haproof.core.histories.transactions.cycles import NAMES
from haproof.core.histories.transactions.dependencies import REALTIME, RW, SESSION, WR, WW, dependencies
from haproof.core.histories.transactions.order import NOBODY, ordered
from haproof.core.histories.transactions.recorder import Transactions
from haproof.core.histories.transactions.transaction import steps
from haproof.core.histories.transactions.words import MEANINGS
from list_append import T, judged, lists, recorded


def known(written: Sequence[T], end: str | None) -> list[list[tuple[int, int]]]:
    """Of each transaction what must come before it, and why."""
    history = recorded(written)
    final = None if end is None else lists(end)
    found = dependencies(history.all, ordered(history, final, forgive=False, timeline=None))
    return [sorted(found.edges(number)) for number in range(len(written))]


# What depends on what ---------------------------------------------------------------------------------------


def test_a_write_comes_after_the_one_before_and_a_read_between_what_it_shows_and_what_is_next() -> None:
    written = [
        *(T("a", 0, 99, "+x1"), T("b", 0, 99, "+x2 +x3"), T("c", 0, 99, "+x4")),
        *(T("d", 0, 99, "x=1"), T("e", 0, 99, "x="), T("f", 0, 99, "x=1234")),
    ]
    assert known(written, "x=1234") == [
        [(4, RW)],
        [(0, WW), (3, RW)],
        [(1, WW)],
        [(0, WR)],
        [],
        [(2, WR)],
    ]


def test_numbers_of_nobody_and_of_refused_transactions_are_passed_over() -> None:
    written = [
        *(T("a", 0, 99, "+x1"), T("b", 0, 99, "+x2", "refused"), T("c", 0, 99, "+x3")),
        *(T("d", 0, 99, "x=1"), T("e", 0, 99, "x=12"), T("f", 0, 99, "x=1239"), T("g", 0, 99, "x=12394")),
    ]
    assert known(written, "x=12394") == [
        [],
        [],
        [(0, WW), (3, RW), (4, RW)],
        [(0, WR)],
        [],
        [],
        [],
    ]


def test_nothing_depends_on_itself() -> None:
    assert known([T("a", 0, 9, "x= +x1 x=1 +x2"), T("b", 0, 9, "y=")], "x=12") == [[], []]


def test_a_session_is_what_was_answered_and_the_time_what_had_ended_before() -> None:
    written = [
        *(T("a", 0, 1, "+x1"), T("a", 2, 3, "+y1", "unknown"), T("a", 4, 5, "+z1", "local")),
        *(T("a", 6, 7, "x=1"), T("b", 1, 2, "x=1"), T("b", 1.5, 9, "x=1"), T("c", 9, 10, "x=1")),
        T("d", 9.5, 10, "x=1"),
    ]
    found = known(written, "x=1 y=1 z=1")
    of_time = [[one for one, kind in edges if kind == REALTIME] for edges in found]
    of_sessions = [[one for one, kind in edges if kind == SESSION] for edges in found]
    assert of_sessions == [[], [0], [0], [2], [], [4], [], []]
    assert of_time == [[], [0], [0, 4], [2], [], [0], [3], [3, 5]]


def test_all_that_began_between_two_ends_share_what_came_before_them() -> None:
    written = [
        *(T("a", 0, 1, "+x1"), T("b", 0, 4, "+y1"), T("c", 2, 9, "x=1"), T("d", 3, 9, "x=1")),
        *(T("e", 4, 9, "x=1"), T("f", 5, 9, "x=1")),
    ]
    history = recorded(written)
    found = dependencies(history.all, ordered(history, None, forgive=False, timeline=None)).realtime
    assert found == [(), (), (0,), (0,), (0,), (0, 1)]
    assert found[2] is found[3]
    assert found[3] is found[4], "what ended at the very moment had not ended before"


# The order, and what is wrong with it -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "end", "anomalies"),
    [
        # of a refused transaction's number the reads that show it, not those that end before it
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2", "refused"), T("c", 4, 5, "x=1")], "x=12", {}),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2", "refused"), T("c", 4, 5, "x=12")], "x=12", {"G1a": 1}),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2", "refused"), T("c", 4, 5, "x=12")], None, {"G1a": 1}),
        ([T("b", 2, 3, "+x12", "refused"), T("c", 4, 5, "x=12")], "x=12", {"G1a": 1}),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2", "refused"), T("c", 4, 5, "x=192")], "x=12", {"G1a": 1}),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2", "refused"), T("c", 4, 5, "x=19")], "x=12", {}),
        ([T("a", 0, 1, "+x1 +y2", "refused")], "x=1 y=", {}),
        ([T("a", 0, 1, "+x12", "refused")], "x=21", {}),
        # what is lost is counted as lost, and not once more where it had been read
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=1")], "x=", {"lost-append": 1}),
        # a read is whole where it ends with the last append of a transaction to this list
        ([T("a", 0, 9, "+x1 +y2"), T("b", 0, 9, "x=1")], "x=1 y=2", {}),
        ([T("a", 0, 9, "+x1 +y2 +x3"), T("b", 0, 9, "x=13")], "x=13 y=2", {}),
        ([T("a", 0, 9, "+x1 +y2 +x3"), T("b", 0, 9, "x=1")], "x=13 y=2", {"G-single": 1, "G1b": 1}),
        # without the lists at the end the longest read is the order, and what is not in it may be there
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=")], None, {}),
        (
            [T("a", 0, 1, "+x1", "unknown"), T("b", 2, 3, "x=1"), T("c", 4, 5, "x=")],
            None,
            {"G-single-realtime": 1},
        ),
        ([T("a", 0, 9, "+x12"), T("b", 0, 9, "x=12"), T("c", 0, 9, "x=21")], None, {"incompatible-order": 1}),
        ([T("a", 0, 9, "+x12"), T("c", 0, 9, "x=2"), T("b", 0, 9, "x=12")], None, {"incompatible-order": 1}),
        # own appends: each list for itself, and what is missing stands at the end
        ([T("a", 0, 1, "+x1 +y2 +x3 +y4")], "x=13 y=24", {}),
        ([T("a", 0, 1, "+x1 +y2 +x3 +y4")], "x=13 y=42", {"incompatible-order": 1}),
        ([T("a", 0, 1, "+x123")], "x=12", {"lost-append": 1}),
        ([T("a", 0, 1, "+x123")], "x=23", {"incompatible-order": 1, "lost-append": 1}),
        # what was read must begin as it did before, and own numbers stand at its end
        ([T("a", 0, 9, "x=1 x=1"), T("b", 0, 9, "+x1")], "x=1", {}),
        ([T("a", 0, 9, "x=1 +x2 x=12"), T("b", 0, 9, "+x1")], "x=12", {}),
        ([T("a", 0, 9, "x=1 +x2 x=2"), T("b", 0, 9, "+x1")], "x=12", {"G-single": 1, "internal": 1}),
        ([T("a", 0, 9, "+x12 x=2")], "x=12", {"internal": 1}),
        ([T("a", 0, 9, "+x12 x=21")], "x=12", {"internal": 1}),
        ([T("a", 0, 9, "x= +y1 y=1 x=")], "y=1", {}),
    ],
)
def test_what_a_history_shows(written: list[T], end: str | None, anomalies: dict[str, int]) -> None:
    assert judged(written, end).anomalies == anomalies


@pytest.mark.parametrize(
    ("written", "end", "duplicated", "phantom"),
    [
        ([T("a", 0, 1, "+x1")], "x=111", 2, 0),
        ([T("a", 0, 1, "+x1 +y2")], "x=11 y=222", 3, 0),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=111")], "x=1", 2, 0),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=111")], "x=11", 2, 0),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=11")], "x=111", 2, 0),
        ([T("a", 0, 1, "+x1")], "x=122", 1, 1),
        ([T("a", 0, 1, "+x1")], "x=1 y=23", 0, 2),
        ([T("a", 0, 1, "+x1")], "x=19 y=9", 0, 2),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=19 y=9")], "x=1", 0, 2),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=11")], None, 1, 0),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=11")], "x=1", 1, 0),
        ([T("a", 0, 1, "+x1", "refused")], "x=1", 0, 1),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=19")], "x=1", 0, 1),
        ([T("a", 0, 1, "+x1"), T("b", 2, 3, "y=9")], "x=1", 0, 1),
        ([T("a", 0, 1, "+x1", "refused"), T("b", 2, 3, "x=1")], None, 0, 0),
        ([T("b", 2, 3, "x=9")], None, 0, 1),
    ],
)
def test_copies_are_counted_at_their_most_and_numbers_of_nobody_once(
    written: list[T], end: str | None, duplicated: int, phantom: int
) -> None:
    found = judged(written, end)
    assert (found.duplicated, found.phantom) == (duplicated, phantom)


def test_what_took_effect_without_an_answer_is_counted() -> None:
    written = [
        *(T("a", 0, 1, "+x1", "unknown"), T("b", 0, 1, "+x2", "unknown"), T("c", 0, 1, "+x3")),
        *(T("d", 0, 1, "x=13", "unknown"), T("e", 0, 1, "+x4", "local")),
    ]
    found = judged(written, "x=13")
    assert (found.kept_unknown, found.lost, found.anomalies) == (1, (), {})


def test_a_transaction_is_lost_once_whatever_of_it_is_missing_and_all_are_named() -> None:
    written = [T("a", 0, 9, "+x1 +y1"), T("b", 0, 9, "+x2"), T("c", 0, 9, "+x3", "unknown")]
    found = judged(written, "x= y=", forgive=True)
    assert (found.lost, found.anomalies) == ((0, 1), {})
    assert judged(written, "x= y=").anomalies == {"lost-append": 2}


@pytest.mark.parametrize(
    ("read_on", "end_on", "anomalies"),
    [(1, 2, {}), (2, 2, {"G1a": 1}), (3, 2, {"G1a": 1}), (None, 2, {"G1a": 1}), (1, None, {"G1a": 1})],
)
def test_only_a_server_of_before_may_have_shown_what_is_gone(
    read_on: int | None, end_on: int | None, anomalies: dict[str, int]
) -> None:
    written = [T("a", 0, 1, "+x1", "unknown"), T("b", 2, 3, "x=1", timeline=read_on)]
    assert judged(written, "x=", timeline=end_on).anomalies == anomalies


# What is explained ------------------------------------------------------------------------------------------


def explained(found: Isolation, name: str) -> list[str]:
    return [words.partition(":")[0] for words in found.examples[name]]


def test_three_transactions_of_each_anomaly_are_named_the_first_ones_once_each() -> None:
    readers = [T(f"c{number}", 2, 3, "x=1 y=2") for number in range(5)]
    found = judged([T("a", 0, 1, "+x1 +y2", "refused"), *readers], "x= y=")
    assert found.anomalies == {"G1a": 5}
    words = "aborted read: a number was read whose transaction took no effect"
    assert found.examples == {"G1a": tuple(f"t{number}: {words}" for number in (1, 2, 3))}


@pytest.mark.parametrize(
    ("written", "end", "name", "words"),
    [
        (
            [T("a", 0, 9, "+x1 +x2"), T("b", 0, 9, "x=1")],
            "x=12",
            "G1b",
            "t1: intermediate read: a transaction was seen half done",
        ),
        (
            [T("a", 0, 1, "+x1 x=")],
            "x=1",
            "internal",
            "t0: a transaction read something else than it had read or appended itself",
        ),
        (
            [T("a", 0, 1, "+x1 +x2")],
            "x=21",
            "incompatible-order",
            "t0: two reads of one list show different orders",
        ),
        ([T("a", 0, 1, "+x1")], "x=", "lost-append", "t0: an acknowledged append is missing at the end"),
    ],
)
def test_an_anomaly_that_is_no_cycle_is_explained(written: list[T], end: str, name: str, words: str) -> None:
    assert judged(written, end).examples[name] == (words,)


def test_every_anomaly_has_its_words() -> None:
    of_no_cycle = ("G1a", "G1b", "internal", "incompatible-order", "lost-append")
    assert sorted(MEANINGS) == sorted((*NAMES, *of_no_cycle))
    page = (Path(__file__).parents[3] / "docs" / "histories.md").read_text(encoding="utf-8")
    for name in MEANINGS:
        assert f"`{name}`" in page


def skew(a: str, b: str, at: int) -> list[T]:
    """Two transactions, each of which did not see what the other appended to its list."""
    one, other = T(f"c{at}", at, at + 9, f"{a}= +{b}1"), T(f"d{at}", at, at + 9, f"{b}= +{a}1")
    return [one, other]


def test_of_several_cycles_three_are_explained_the_shortest_first() -> None:
    three = [T("a", 0, 9, "p= +q1"), T("b", 0, 9, "q= +r1"), T("c", 0, 9, "r= +p1")]
    pairs = [
        one for at, names in enumerate(("st", "uv", "wx"), 1) for one in skew(names[0], names[1], 100 * at)
    ]
    found = judged([*three, *pairs], "p=1 q=1 r=1 s=1 t=1 u=1 v=1 w=1 x=1")
    assert found.anomalies == {"G2-item": 4}
    assert [words.count("comes after") for words in found.examples["G2-item"]] == [2, 2, 2]
    fewer = judged([*three, *pairs[:2]], "p=1 q=1 r=1 s=1 t=1")
    assert [words.count("comes after") for words in fewer.examples["G2-item"]] == [2, 3]


@pytest.mark.parametrize(
    ("written", "end", "words"),
    [
        (
            [T("a", 0, 9, "+x1 +y1"), T("b", 0, 9, "+x2 +y2")],
            "x=192 y=21",
            "t1 comes after t0: in list 23 its 2 stands after 1; t0 comes after t1: in list 24 its 1 stands ",
        ),
        (
            [
                T("a", 0, 9, "+x2 y=34"),
                T("b", 0, 9, "+y4 x=12"),
                T("c", 0, 9, "+x1"),
                T("d", 0, 9, "+y3 +z5"),
            ],
            "x=12 y=34 z=5",
            (
                "t1 comes after t0: it read 2 in list 23; t0 comes after t1: it read 4 in list 24: "
                "so t0 comes before itself"
            ),
        ),
        (
            [T("a", 0, 9, "x= +y1"), T("b", 0, 9, "y= +x1"), T("c", 0, 9, "+x2", "refused")],
            "x=21 y=1",
            "t1 comes after t0, which read list 23 without 1; t0 comes after t1, which read list 24",
        ),
        (
            [T("a", 0, 9, "w= y=3 x=1 z="), T("b", 0, 9, "+w8 +x1 +z7")],
            "w=8 x=1 y=3 z=7",
            "t1 comes after t0, which read list 22 without 8; t0 comes after t1: it read 1 in list 23",
        ),
    ],
)
def test_each_step_names_the_list_and_the_numbers_it_is_about(written: list[T], end: str, words: str) -> None:
    shown = [example for examples in judged(written, end).examples.values() for example in examples]
    assert any(example.startswith(words) for example in shown), shown


# Recording --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        (
            b'[["append",1,2],["pop",1,2]]',
            "$.value[1][0]: 'pop' is not one of the values that are taken here",
        ),
        (b'"x"', "$.value: expected an array, got a text"),
    ],
)
def test_steps_that_are_none_are_refused_with_their_place(value: bytes, fault: str) -> None:
    with pytest.raises(ValueError, match="value") as raised:
        steps(msgspec.Raw(value))
    assert str(raised.value) == fault


@pytest.mark.parametrize(
    ("planned", "fault"),
    [
        ([("r", 1, None), ("append", 1, None)], "$.value[1][2]: expected the number that is appended"),
        ([("append", 1, 5), ("append", 1, 5)], "a number is appended twice"),
        ([("append", 1, 9)], "9 is appended to 1 by two transactions"),
    ],
)
def test_what_cannot_be_begun(planned: list[Any], fault: str) -> None:
    history = Transactions()
    history.begin([("append", 1, 9)], "a", "t", 0)
    with pytest.raises(ValueError, match="append") as raised:
        history.begin(planned, "b", "u", 1)
    assert str(raised.value) == fault
    assert history.begin([("append", 1, 7), ("append", 2, 9)], "b", "u", 1) == 1


def test_the_longest_list_that_was_read_is_kept_and_what_is_no_beginning_of_it_by_its_numbers() -> None:
    history = recorded(
        [T("a", 0, 9, "x=1"), T("a", 0, 9, "x=12"), T("a", 0, 9, "x=12 x=1"), T("a", 0, 9, "x=2 x=13 x=123")]
    )
    assert history.longest == {23: [1, 2, 3]}
    assert [one.reads for one in history.all] == [((23, 1),), ((23, 2),), ((23, 2), (23, 1)), ((23, 3),)]
    assert [(one.transaction, one.key, one.numbers) for one in history.divergent] == [
        (3, 23, [2]),
        (3, 23, [1, 3]),
    ]
    assert [(one.transaction, one.key) for one in history.internal] == [(2, 23), (3, 23), (3, 23)]


def test_an_end_is_written_down_and_no_answer_is_none() -> None:
    history = recorded([T("a", 1, 2, "+x1", timeline=4), T("b", 3, 4, "+x2", "unknown")])
    one, other = history.all
    assert (one.outcome, one.done_ms, one.member, one.timeline, one.answered) == (
        *("acknowledged", 2, "pg1", 4, True),
    )
    assert (other.outcome, other.done_ms, other.answered) == ("unknown", float("inf"), False)
    assert NOBODY not in history.writers[23].values()
