"""Planted histories: each anomaly by its name, none where none is, and nothing hidden by loss."""

import pytest

from haproof.core.histories.transactions.levels import ALLOWED, IsolationLevel, forbidden
from haproof.core.histories.transactions.recorder import Transactions
from list_append import T, judged

PLANTED: dict[str, tuple[list[T], str, dict[str, int]]] = {
    "serial": (
        [T("a", 0, 1, "+x1"), T("b", 2, 3, "x=1 +x2"), T("a", 4, 5, "x=12 y=")],
        "x=12",
        {},
    ),
    "two that do not meet": ([T("a", 0, 9, "x= +x1"), T("b", 0, 9, "y= +y2")], "x=1 y=2", {}),
    "own appends are read": ([T("a", 0, 1, "+x1 x=1 +x2 x=12")], "x=12", {}),
    "dirty write": (
        [T("a", 0, 9, "+x1 +y1"), T("b", 0, 9, "+x2 +y2")],
        "x=12 y=21",
        {"G0": 1},
    ),
    "interleaved appends to one list": ([T("a", 0, 9, "+x1 +x3"), T("b", 0, 9, "+x2")], "x=123", {"G0": 1}),
    "aborted read": ([T("a", 0, 1, "+x1", "refused"), T("b", 2, 3, "x=1")], "x=", {"G1a": 1}),
    "intermediate read": (
        [T("a", 0, 9, "+x1 +x2"), T("b", 2, 3, "x=1"), T("b", 10, 11, "x=12")],
        "x=12",
        {"G-single": 1, "G1b": 1},
    ),
    "circular information flow": (
        [T("a", 0, 9, "+x1 y=2"), T("b", 0, 9, "+y2 x=1")],
        "x=1 y=2",
        {"G1c": 1},
    ),
    "read skew": ([T("a", 0, 9, "x= y=1"), T("b", 0, 9, "+x2 +y1")], "x=2 y=1", {"G-single": 1}),
    "lost update": ([T("a", 0, 9, "x= +x1"), T("b", 0, 9, "x= +x2")], "x=12", {"G-single": 1}),
    "unrepeatable read": (
        [T("a", 0, 9, "x= x=1"), T("b", 2, 3, "+x1")],
        "x=1",
        {"G-single": 1, "internal": 1},
    ),
    "long fork": (
        [T("a", 0, 9, "+x1"), T("b", 0, 9, "+y1"), T("c", 0, 9, "x=1 y="), T("d", 0, 9, "x= y=1")],
        "x=1 y=1",
        {"G-nonadjacent": 1},
    ),
    "write skew": ([T("a", 0, 9, "x= +y1"), T("b", 0, 9, "y= +x1")], "x=1 y=1", {"G2-item": 1}),
    "two write skews": (
        [
            *(T("a", 0, 9, "x= +y1"), T("b", 0, 9, "y= +x1")),
            *(T("a", 10, 19, "v= +w1"), T("b", 10, 19, "w= +v1")),
        ],
        "x=1 y=1 v=1 w=1",
        {"G2-item": 2},
    ),
    "stale read": ([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=")], "x=1", {"G-single-realtime": 1}),
    "read that goes back in one session": (
        [T("a", 0, 9, "+x1"), T("b", 0, 2, "x=1"), T("b", 3, 4, "x=")],
        "x=1",
        {"G-single-session": 1},
    ),
    "appends out of the order of time": (
        [T("a", 0, 1, "+x1"), T("b", 2, 3, "+x2")],
        "x=21",
        {"G0-realtime": 1},
    ),
    "appends out of the order of a session": (
        [T("a", 0, 1, "+x1"), T("a", 2, 3, "+x2")],
        "x=21",
        {"G0-session": 1},
    ),
    "read of what was sent later": (
        [T("a", 0, 1, "x=1"), T("b", 2, 3, "+x1")],
        "x=1",
        {"G1c-realtime": 1},
    ),
    "long fork of two sessions, stale in time": (
        [T("a", 0, 1, "+x1"), T("b", 0, 1, "+y1"), T("a", 2, 3, "y="), T("b", 2, 3, "x=")],
        "x=1 y=1",
        {"G-nonadjacent-session": 1, "G-single-realtime": 1},
    ),
    "long fork with a stale read": (
        [T("a", 0, 1, "+x1"), T("c", 2, 9, "x= y=1"), T("b", 4, 5, "+y1"), T("d", 6, 9, "x=1 y=")],
        "x=1 y=1",
        {"G-nonadjacent": 1, "G-single-realtime": 1},
    ),
    "own append is not there": ([T("a", 0, 1, "+x1 x=")], "x=1", {"internal": 1}),
    "own append is not at the end": (
        [T("b", 0, 1, "+x2"), T("a", 0, 9, "+x1 x=12")],
        "x=12",
        {"internal": 1},
    ),
    "own append before it is made": ([T("a", 0, 1, "x=1 +x1")], "x=1", {"internal": 1}),
    "two orders of one list": (
        [T("a", 0, 9, "+x1"), T("b", 0, 9, "+x2"), T("c", 0, 9, "x=12"), T("d", 0, 9, "x=21")],
        "x=12",
        {"incompatible-order": 1},
    ),
    "own appends in another order": ([T("a", 0, 1, "+x1 +x2")], "x=21", {"incompatible-order": 1}),
    "lost append": ([T("a", 0, 1, "+x1"), T("a", 2, 3, "+x2")], "x=2", {"lost-append": 1}),
    "half a transaction": ([T("a", 0, 1, "+x1 +y1")], "x=1 y=", {"lost-append": 1}),
    "half a transaction without an answer": (
        [T("a", 0, 1, "+x1 +y1", "unknown")],
        "x=1 y=",
        {"lost-append": 1},
    ),
    "read skew on a transaction without an answer": (
        [T("a", 0, 1, "+x1 +y1", "unknown"), T("b", 2, 3, "x=1 y=")],
        "x=1 y=1",
        {"G-single": 1},
    ),
    "transaction without an answer, long after": (
        [T("a", 0, 1, "+x1", "unknown"), T("b", 50, 51, "x="), T("b", 60, 61, "x=1")],
        "x=1",
        {},
    ),
    "transaction without an answer that took no effect": ([T("a", 0, 1, "+x1", "unknown")], "x=", {}),
    "refused transactions": ([T("a", 0, 1, "x= +x1", "refused"), T("b", 2, 3, "x=")], "x=", {}),
}


@pytest.mark.parametrize("name", PLANTED)
def test_each_anomaly_is_found_by_its_name_and_nothing_else(name: str) -> None:
    written, end, expected = PLANTED[name]
    found = judged(written, end)
    assert found.anomalies == expected
    assert found.examples.keys() == expected.keys()
    assert found.phantom == found.duplicated == 0


def test_without_the_lists_at_the_end_the_longest_reads_give_the_order() -> None:
    skew = [T("a", 0, 9, "x= +y1"), T("b", 0, 9, "y= +x1"), T("c", 10, 11, "x=1 y=1")]
    assert judged(skew).anomalies == {"G2-item": 1}
    assert judged(skew[:2]).anomalies == {}
    fork = [*(T("a", 0, 9, "+x1"), T("b", 0, 9, "+x2")), *(T("c", 0, 9, "x=1"), T("d", 0, 9, "x=2"))]
    assert judged(fork).anomalies == {"incompatible-order": 1}


def test_a_number_that_nobody_appended_is_a_phantom() -> None:
    assert judged([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=17")], "x=1").phantom == 1
    assert judged([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=17")]).phantom == 1
    assert judged([T("a", 0, 1, "+x1")], "x=17").phantom == 1
    assert judged([], "x=1").phantom == 1


def test_a_refused_transaction_that_is_stored_is_a_phantom_too_and_whoever_read_it_read_an_aborted_one() -> (
    None
):
    found = judged([T("a", 0, 1, "+x1", "refused"), T("b", 2, 3, "x=1"), T("b", 4, 5, "+x2 x=12")], "x=12")
    assert (found.phantom, found.anomalies) == (1, {"G1a": 2})


def test_a_number_that_is_there_twice_is_a_duplicate() -> None:
    assert judged([T("a", 0, 1, "+x1")], "x=11").duplicated == 1
    assert judged([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=11")], "x=1").duplicated == 1
    assert judged([T("a", 0, 1, "+x1"), T("b", 2, 3, "x=111")]).duplicated == 2


FAILED_OVER = [
    T("a", 0, 1, "+x1", timeline=1),
    T("b", 2, 3, "x=1 +x2", timeline=1),
    T("c", 4, 5, "x=12", timeline=1),
    T("a", 9, 10, "x=1 +x3", timeline=2),
    T("c", 11, 12, "x=13", timeline=2),
]


def test_a_loss_is_counted_once_where_an_asynchronous_cluster_may_lose() -> None:
    found = judged(FAILED_OVER, "x=13", forgive=True, timeline=2)
    assert (found.lost, found.anomalies) == ((1,), {})


def test_the_same_loss_is_an_anomaly_where_nothing_may_be_lost() -> None:
    found = judged(FAILED_OVER, "x=13", timeline=2)
    assert (found.lost, found.anomalies) == ((1,), {"lost-append": 1})


def test_half_a_loss_is_forgiven_nobody() -> None:
    found = judged([T("a", 0, 1, "+x1 +y1")], "x=1", forgive=True, timeline=2)
    assert (found.lost, found.anomalies) == ((0,), {"lost-append": 1})


def test_what_was_never_acknowledged_may_vanish_in_a_failover_and_not_without_one() -> None:
    unknown = FAILED_OVER[1]._replace(outcome="unknown")
    written = [FAILED_OVER[0], unknown, *FAILED_OVER[2:]]
    assert judged(written, "x=13", timeline=2).anomalies == {}
    assert judged(written, "x=13", timeline=1).anomalies == {"G1a": 1}
    assert judged(written, "x=13").anomalies == {"G1a": 1}
    local = FAILED_OVER[1]._replace(outcome="local")
    found = judged([FAILED_OVER[0], local, *FAILED_OVER[2:]], "x=13", timeline=2)
    assert (found.lost, found.anomalies) == ((), {})


def test_a_longest_read_of_the_lost_branch_does_not_make_later_reads_wrong() -> None:
    written = [
        T("a", 0, 1, "+x1", timeline=1),
        T("b", 2, 3, "+x2 +x4", timeline=1),
        T("c", 4, 5, "x=124", timeline=1),
        T("a", 9, 10, "x=1 +x3", timeline=2),
        T("c", 11, 12, "x=13", timeline=2),
    ]
    assert judged(written, "x=13", forgive=True, timeline=2).anomalies == {}


@pytest.mark.parametrize(
    ("level", "left"),
    [
        ("serializable", {"G0-realtime": 1, "G-single": 2, "G2-item-session": 3, "internal": 4}),
        ("repeatable read", {"G0-realtime": 1, "G-single": 2, "internal": 4}),
        ("read committed", {"G0-realtime": 1}),
    ],
)
def test_a_level_forbids_what_it_does_not_allow(level: IsolationLevel, left: dict[str, int]) -> None:
    counts = {"G0-realtime": 1, "G-single": 2, "G2-item-session": 3, "internal": 4, "G1a": 0}
    assert forbidden(counts, level) == left


def test_a_weaker_level_allows_what_a_stronger_one_allows() -> None:
    assert ALLOWED["serializable"] <= ALLOWED["repeatable read"] <= ALLOWED["read committed"]


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        (
            "write skew",
            [
                "t1 comes after t0, which read list 23 without 1",
                "t0 comes after t1, which read list 24 without 1",
                "so t0 comes before itself",
            ],
        ),
        (
            "stale read",
            [
                "t0 comes after t1, which read list 23 without 1",
                "t1 comes after t0: sent at 2.000 ms, after that was acknowledged at 1.000 ms",
                "so t1 comes before itself",
            ],
        ),
        (
            "circular information flow",
            [
                "t1 comes after t0: it read 1 in list 23",
                "t0 comes after t1: it read 2 in list 24",
                "so t0 comes before itself",
            ],
        ),
        (
            "appends out of the order of a session",
            [
                "t1 comes after t0: the same client sent it later",
                "t0 comes after t1: in list 23 its 1 stands after 2",
                "so t0 comes before itself",
            ],
        ),
    ],
)
def test_a_cycle_is_explained_step_by_step(name: str, steps: list[str]) -> None:
    written, end, expected = PLANTED[name]
    shown = "; ".join(steps[:-1]) + f": {steps[-1]}"
    assert judged(written, end).examples == {next(iter(expected)): (shown,)}


def test_the_shortest_cycle_is_shown() -> None:
    written = [
        T("c", 0, 9, "v= +u5"),
        T("b", 0, 9, "y= u= +x8"),
        T("a", 0, 9, "x= +y7 +v6"),
    ]
    shown = judged(written, "x=8 y=7 u=5 v=6").examples["G2-item"][0]
    assert shown.count("comes after") == 2


@pytest.mark.parametrize(
    ("planned", "done", "fault"),
    [
        ([("append", 1, None)], [], r"\$\.value\[0\]\[2\]: expected the number"),
        ([("append", 1, 5), ("append", 1, 5)], [], "a number is appended twice"),
        ([("append", 1, 9)], [], "9 is appended to 1 by two transactions"),
        ([("append", 1, 5)], [("append", 1, 6)], "appends something else than was sent"),
        ([("r", 1, None)], [("r", 1, None)], r"\$\.value\[0\]\[2\]: expected the list that was read"),
    ],
)
def test_steps_that_are_none_are_refused(planned, done, fault) -> None:  # type: ignore[no-untyped-def]
    history = Transactions()
    history.begin([("append", 1, 9)], "a", "t", 0)
    with pytest.raises(ValueError, match=fault):
        history.answered(history.begin(planned, "b", "u", 1), done)
