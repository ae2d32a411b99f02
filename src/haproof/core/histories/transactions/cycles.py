"""Cycles of dependencies and what each is called.

Each cycle is reported under its strongest name: G0 (appends alone) before G1c (appends and reads), before
G-single (one anti-dependency), G-nonadjacent (several, never two in a row) and G2-item (two in a row). A
level that forbids one of them forbids those before it, so a weaker cycle among the same transactions adds
nothing to the verdict. One that needs the order of a client's transactions, or of time, is reported where it
has a stronger name than what is there without.
"""

from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from msgspec import Struct

from haproof.core.histories.transactions.components import components
from haproof.core.histories.transactions.dependencies import (
    REALTIME,
    RW,
    SESSION,
    WR,
    WW,
    Dependencies,
)

ORDERS: tuple[tuple[str, frozenset[int]], ...] = (
    ("", frozenset()),
    ("-session", frozenset((SESSION,))),
    ("-realtime", frozenset((SESSION, REALTIME))),
)
"""Suffix of a name, and the dependencies that it may use beside those of the data."""

NAMES = ("G0", "G1c", "G-single", "G-nonadjacent", "G2-item")
"""From the strongest to the weakest."""

WHOLE, SOME = 200, 20
"""In a component of up to so many transactions a shortest cycle is looked for from each; in a larger one from
some, so that the cycle which is shown may not be the shortest, and one with a single anti-dependency may be
called G-nonadjacent (no level tells these two apart)."""

T = TypeVar("T")

Edge = tuple[int, int, int]
"""From, to, kind."""

Graph = Mapping[int, Sequence[tuple[int, int]]]
"""Transaction → those that come after it, with the kind of dependency."""


class Cycle(Struct, frozen=True):
    """One component and a short cycle in it."""

    anomaly: str
    edges: tuple[Edge, ...]
    size: int


class _Found(Struct, frozen=True):
    order: int
    strength: int
    nodes: frozenset[int]
    edges: tuple[Edge, ...]


def cycles(known: Dependencies) -> list[Cycle]:
    """Every component under its name, by name and first transaction."""
    left = known.cyclic()
    found: list[_Found] = []
    for whole in components(left, known.predecessors):
        found += _in_component(known, sorted(whole))
    return sorted(
        (Cycle(NAMES[one.strength] + ORDERS[one.order][0], one.edges, len(one.nodes)) for one in found),
        key=lambda cycle: (cycle.anomaly, cycle.edges),
    )


def _in_component(known: Dependencies, whole: Sequence[int]) -> list[_Found]:
    """All that one component of the whole graph shows, each under its strongest name."""
    inside = set(whole)
    every = [
        (other, number, kind) for number in whole for other, kind in known.edges(number) if other in inside
    ]
    found: list[_Found] = []
    for order, (_, extra) in enumerate(ORDERS):
        for strengths, kinds in (((0,), {WW}), ((1,), {WW, WR}), ((2, 3, 4), {WW, WR, RW})):
            graph = _graph(whole, [edge for edge in every if edge[2] in kinds | extra])
            for nodes in components(whole, _followers(graph)):
                part = frozenset(nodes)
                told = [one.strength for one in found if one.nodes <= part]
                if min(told, default=len(NAMES)) > strengths[0]:
                    found += _named(graph, part, order, strengths, min(told, default=len(NAMES)))
    return found


def _followers(graph: Graph) -> Callable[[int], Iterator[int]]:
    return lambda node: (other for other, _ in graph[node])


def _named(
    graph: Graph, part: frozenset[int], order: int, strengths: Sequence[int], told: int
) -> Iterator[_Found]:
    """What a component is called, unless something at least as strong in it was told already."""
    nodes = sorted(part)
    if strengths[0] < 2:
        strength, edges = strengths[0], _shortest(graph, nodes, part)
    else:
        strength, edges = _with_anti_dependencies(graph, nodes, part)
    if edges and strength < told:
        yield _Found(order, strength, part, tuple(edges))


def _graph(nodes: Sequence[int], edges: Sequence[Edge]) -> dict[int, list[tuple[int, int]]]:
    """Each node's followers, one for each pair of nodes and whether it is an anti-dependency."""
    graph: dict[int, dict[tuple[int, bool], int]] = {node: {} for node in nodes}
    for one, other, kind in sorted(edges, key=lambda edge: edge[2]):
        graph[one].setdefault((other, kind == RW), kind)
    return {node: sorted((other, kind) for (other, _), kind in out.items()) for node, out in graph.items()}


def _starts(places: Sequence[T]) -> Sequence[T]:
    """Where to search from."""
    return places if len(places) <= WHOLE else places[:SOME]


def _shortest(graph: Graph, nodes: Sequence[int], part: frozenset[int]) -> list[Edge]:
    """A shortest cycle."""
    best: list[Edge] = []
    for node in _starts(nodes):
        best = _path(graph, part, node, node, len(best) or None) or best
    return best


def _with_anti_dependencies(
    graph: Graph, nodes: Sequence[int], part: frozenset[int]
) -> tuple[int, list[Edge]]:
    """The strongest of G-single, G-nonadjacent and G2-item that a component shows, with a short cycle."""
    calm = {node: [(other, kind) for other, kind in graph[node] if kind != RW] for node in nodes}
    best: list[Edge] = []
    pairs = ((node, other) for node in nodes for other, kind in graph[node] if kind == RW and other in part)
    for node, other in _starts(list(pairs)):
        back = _path(calm, part, other, node, len(best) - 1 if best else None)
        if back:
            best = [(node, other, RW), *back]
    if best:
        return 2, best
    apart = _apart(graph, nodes, part)
    if apart:
        return (2 if sum(kind == RW for _, _, kind in apart) == 1 else 3), apart
    return 4, _shortest(graph, nodes, part)


def _path(graph: Graph, part: frozenset[int], start: int, goal: int, below: int | None = None) -> list[Edge]:
    """A shortest path of at least one step, of less than `below` steps; empty where there is none."""
    came: dict[int, Edge] = {}
    todo = deque([(start, 0)])
    while todo:
        node, steps = todo.popleft()
        if below is not None and steps + 1 >= below:
            return []
        for other, kind in graph[node]:
            if other not in part or (other in came and other != goal):
                continue
            if other == goal:
                return [*_back(came, node, start), (node, other, kind)]
            if other != start:
                came[other] = (node, other, kind)
                todo.append((other, steps + 1))
    return []


def _back(came: Mapping[int, Edge], node: int, start: int) -> list[Edge]:
    """The steps from the start to a node."""
    path: list[Edge] = []
    while node != start:
        path.append(came[node])
        node = path[-1][0]
    return path[::-1]


def _apart(graph: Graph, nodes: Sequence[int], part: frozenset[int]) -> list[Edge]:
    """A short cycle in which no anti-dependency follows another; empty where there is none.

    A walk that keeps this rule is a path in a graph of pairs: the transaction, and whether it was reached by
    an anti-dependency. It comes round exactly where that graph has a component.
    """

    def following(pair: tuple[int, bool]) -> Iterator[tuple[int, bool]]:
        node, anti = pair
        for other, kind in graph[node]:
            if other in part and not (anti and kind == RW):
                yield other, kind == RW

    pairs = [(node, anti) for node in nodes for anti in (False, True)]
    found = components(pairs, following)
    best: list[Edge] = []
    for whole in found:
        inside = set(whole)
        for start in _starts(sorted(whole)):
            walk = _walk(graph, inside, start)
            if walk and (not best or len(walk) < len(best)):
                best = walk
    return best


def _walk(graph: Graph, inside: set[tuple[int, bool]], start: tuple[int, bool]) -> list[Edge]:
    """A shortest walk from a pair back to itself. (The shortest of all meets no transaction twice.)"""
    came: dict[tuple[int, bool], tuple[tuple[int, bool], int]] = {}
    todo = deque([start])
    while todo:
        pair = todo.popleft()
        for other, kind in graph[pair[0]]:
            to = (other, kind == RW)
            if to not in inside or (pair[1] and kind == RW) or to in came:
                continue
            came[to] = (pair, kind)
            if to == start:
                return _walked(came, start)
            todo.append(to)
    return []


def _walked(
    came: Mapping[tuple[int, bool], tuple[tuple[int, bool], int]], start: tuple[int, bool]
) -> list[Edge]:
    """The steps of a walk that came back to its start."""
    at = start
    edges: list[Edge] = []
    while not edges or at != start:
        before, kind = came[at]
        edges.append((before[0], at[0], kind))
        at = before
    return edges[::-1]
