"""Cycles by hand: which one is shown of several, under which name, and from where it is looked for."""

import pytest

from haproof.core.histories.transactions.components import components
from haproof.core.histories.transactions.cycles import SOME, WHOLE, Cycle, Edge, cycles
from haproof.core.histories.transactions.dependencies import (
    KINDS,
    REALTIME,
    RW,
    SESSION,
    WR,
    WW,
    Dependencies,
)
from haproof.core.histories.transactions.order import NOBODY


def known(*edges: Edge) -> Dependencies:
    """The dependencies that these edges (from, to, kind) are; all transactions took effect."""
    size = max(max(one, other) for one, other, _ in edges) + 1
    found = Dependencies([*range(size)], [[] for _ in range(size)], [NOBODY] * size, [()] * size)
    for one, other, kind in edges:
        if kind == SESSION:
            found.session[other] = one
        elif kind == REALTIME:
            found.realtime[other] += (one,)
        else:
            found.by[other].append(one * KINDS + kind)
    return found


def ring(*nodes: int, kind: int = WW) -> list[Edge]:
    return [(one, other, kind) for one, other in zip(nodes, (*nodes[1:], nodes[0]), strict=True)]


def shown(*edges: Edge) -> list[tuple[str, tuple[Edge, ...], int]]:
    return [(one.anomaly, one.edges, one.size) for one in cycles(known(*edges))]


def test_a_cycle_is_its_edges_in_order_and_the_size_of_its_component() -> None:
    assert cycles(known(*ring(0, 1))) == [Cycle("G0", ((0, 1, WW), (1, 0, WW)), 2)]
    assert shown(*ring(2, 0, 1)) == [("G0", ((0, 1, WW), (1, 2, WW), (2, 0, WW)), 3)]
    assert shown((0, 1, WW), (1, 2, WW)) == []


def test_what_no_cycle_needs_is_taken_away() -> None:
    """Two ways from 3 to 4, and 5 twice before 4; 0 comes before the cycle, 3 to 6 after it."""
    tail = [(2, 3, WW), (3, 4, WW), (3, 4, RW), (5, 4, SESSION), (5, 4, WR), (4, 6, REALTIME), (2, 5, WR)]
    assert known((0, 1, WW), *ring(1, 2), *tail).cyclic() == [0, 1, 2]
    assert known((0, 1, WW), (1, 2, WW), *tail).cyclic() == []
    half = known(*ring(0, 1), *ring(2, 3))
    half.effective = [2, 3]
    assert half.cyclic() == [2, 3]


def test_components_are_told_each_by_name_and_first_transaction() -> None:
    edges = [*ring(4, 5), *ring(2, 3, kind=WR), *ring(0, 1)]
    assert [(name, cycle[0]) for name, cycle, _ in shown(*edges)] == [
        ("G0", (0, 1, WW)),
        ("G0", (4, 5, WW)),
        ("G1c", (2, 3, WR)),
    ]


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ([*ring(0, 1, 2), (2, 1, WW)], ((1, 2, WW), (2, 1, WW))),
        ([*ring(0, 1), *ring(1, 2)], ((0, 1, WW), (1, 0, WW))),  # of two as short the first
        ([*ring(0, 1, 2), (0, 2, WW)], ((0, 2, WW), (2, 0, WW))),
        ([*ring(0, 1, 2, 3), *ring(1, 2, 4)], ((1, 2, WW), (2, 4, WW), (4, 1, WW))),
    ],
)
def test_the_shortest_cycle_is_shown_and_of_several_the_first(
    edges: list[Edge], found: tuple[Edge, ...]
) -> None:
    assert [cycle for _, cycle, _ in shown(*edges)] == [found]


@pytest.mark.parametrize(
    ("edges", "found"),
    [
        ([(0, 1, RW), (1, 0, WW)], ("G-single", ((0, 1, RW), (1, 0, WW)))),
        (
            [(0, 1, RW), (1, 2, WR), (2, 0, WW), (2, 1, RW)],
            ("G-single", ((2, 1, RW), (1, 2, WR))),
        ),
        (
            [(0, 1, RW), (1, 0, WW), (2, 0, RW), (0, 2, WW)],  # of two as short the first
            ("G-single", ((0, 1, RW), (1, 0, WW))),
        ),
        (
            [(0, 1, RW), (1, 2, WR), (2, 3, RW), (3, 0, WR)],
            ("G-nonadjacent", ((0, 1, RW), (1, 2, WR), (2, 3, RW), (3, 0, WR))),
        ),
        ([(0, 1, RW), (1, 0, RW)], ("G2-item", ((0, 1, RW), (1, 0, RW)))),
        ([(0, 1, RW), (1, 2, RW), (2, 0, WW)], ("G2-item", ((0, 1, RW), (1, 2, RW), (2, 0, WW)))),
    ],
)
def test_the_number_and_place_of_the_anti_dependencies_give_the_name(
    edges: list[Edge], found: tuple[str, tuple[Edge, ...]]
) -> None:
    assert [(name, cycle) for name, cycle, _ in shown(*edges)] == [found]


def test_of_two_ways_to_depend_the_data_that_was_written_is_told_and_an_anti_dependency_kept() -> None:
    assert shown((0, 1, WR), (0, 1, WW), (1, 0, WW)) == [("G0", ((0, 1, WW), (1, 0, WW)), 2)]
    assert shown((0, 1, WR), (0, 1, WW), (1, 0, WR)) == [("G1c", ((0, 1, WW), (1, 0, WR)), 2)]
    assert shown((0, 1, RW), (0, 1, SESSION), (1, 0, WW)) == [
        ("G-single", ((0, 1, RW), (1, 0, WW)), 2),
        ("G0-session", ((0, 1, SESSION), (1, 0, WW)), 2),
    ]


@pytest.mark.parametrize(
    ("edges", "names"),
    [
        ([(0, 1, SESSION), (1, 0, WW)], ["G0-session"]),
        ([(0, 1, REALTIME), (1, 0, WW)], ["G0-realtime"]),
        ([(0, 1, REALTIME), (1, 0, WR)], ["G1c-realtime"]),
        ([(0, 1, SESSION), (1, 0, RW)], ["G-single-session"]),
        ([(0, 1, SESSION), (1, 2, REALTIME), (2, 0, WR)], ["G1c-realtime"]),
        ([*ring(0, 1), (0, 1, SESSION), (0, 1, REALTIME)], ["G0"]),
        ([*ring(0, 1), *ring(0, 1, kind=RW), *ring(0, 1, kind=WR)], ["G0"]),
        ([*ring(0, 1, kind=RW), (0, 1, SESSION)], ["G-single-session", "G2-item"]),
        ([*ring(0, 1, kind=RW), (0, 1, REALTIME)], ["G-single-realtime", "G2-item"]),
        ([*ring(0, 1, kind=WR), (0, 1, SESSION)], ["G1c"]),
        ([*ring(0, 1), *ring(1, 2, kind=RW)], ["G0"]),  # the stronger one is among the same transactions
        ([*ring(0, 1), *ring(2, 3, kind=RW)], ["G0", "G2-item"]),
        ([*ring(0, 1), (1, 2, RW), (2, 3, SESSION), (3, 1, WW)], ["G0"]),
        ([*ring(0, 1), (1, 2, RW), (2, 1, SESSION)], ["G0"]),
    ],
)
def test_one_with_an_order_is_told_where_it_is_stronger_than_what_is_there_without(
    edges: list[Edge], names: list[str]
) -> None:
    assert [name for name, _, _ in shown(*edges)] == names


def large(size: int, at: int) -> list[Edge]:
    """A ring of so many transactions, and a short cycle of the one at this place with the next."""
    return [*ring(*range(size)), (at + 1, at, WW)]


@pytest.mark.parametrize(
    ("size", "at", "length"),
    [
        (WHOLE, WHOLE - 2, 2),
        (WHOLE + 1, SOME - 1, 2),
        (WHOLE + 1, SOME, WHOLE + 1),  # it is looked for from the first few alone
    ],
)
def test_a_shortest_cycle_is_looked_for_from_each_of_a_few_hundred_and_from_some_of_more(
    size: int, at: int, length: int
) -> None:
    assert (WHOLE, SOME) == (200, 20)
    ((name, cycle, whole),) = shown(*large(size, at))
    assert (name, len(cycle), whole) == ("G0", length, size)


def test_a_single_anti_dependency_that_was_not_looked_for_may_still_be_met(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("haproof.core.histories.transactions.cycles.WHOLE", 1)
    monkeypatch.setattr("haproof.core.histories.transactions.cycles.SOME", 1)
    edges = [(0, 1, WR), (1, 0, RW), (0, 2, RW), (2, 3, WW), (3, 1, RW)]
    assert shown(*edges) == [("G-single", ((0, 1, WR), (1, 0, RW)), 4)]


def test_a_component_is_named_by_its_own_cycles() -> None:
    """What comes after a write skew in time may be a long fork: that is another one."""
    fork = [(2, 3, RW), (3, 4, WW), (4, 5, RW), (5, 2, WW)]
    assert shown(*ring(0, 1, kind=RW), (1, 2, WW), *fork, (5, 0, REALTIME)) == [
        ("G-nonadjacent", ((2, 3, RW), (3, 4, WW), (4, 5, RW), (5, 2, WW)), 4),
        ("G2-item", ((0, 1, RW), (1, 0, RW)), 2),
    ]


def test_components_are_met_in_order_and_one_alone_is_none() -> None:
    following = {0: [1], 1: [2, 3], 2: [0], 3: [4], 4: [3, 5], 5: [], 6: [0, 4]}
    asked: list[int] = []

    def after(node: int) -> list[int]:
        asked.append(node)
        return following[node]

    assert components(range(7), after) == [[3, 4], [0, 1, 2]]
    assert sorted(asked) == [*range(7)]
    assert components([4, 0], following.__getitem__) == [[4, 3], [0, 1, 2]]
    assert components([5], following.__getitem__) == components((), following.__getitem__) == []
