"""Strongly connected components of a graph, in time and memory linear in its edges (Tarjan, 1972)."""

from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)


def components(nodes: Iterable[Node], following: Callable[[Node], Iterable[Node]]) -> list[list[Node]]:
    """The components of more than one node, each in the order in which its nodes were met.

    No node may follow itself. `following` is asked once for each node that can be reached.
    """
    met: dict[Node, int] = {}
    lowest: dict[Node, int] = {}
    path: list[Node] = []
    on_path: set[Node] = set()
    found: list[list[Node]] = []
    for root in nodes:
        if root in met:
            continue
        met[root] = lowest[root] = len(met)
        path.append(root)
        on_path.add(root)
        open_: list[tuple[Node, Iterator[Node]]] = [(root, iter(following(root)))]
        while open_:
            node, rest = open_[-1]
            for other in rest:
                if other not in met:
                    met[other] = lowest[other] = len(met)
                    path.append(other)
                    on_path.add(other)
                    open_.append((other, iter(following(other))))
                    break
                if other in on_path and met[other] < lowest[node]:
                    lowest[node] = met[other]
            else:
                open_.pop()
                if open_:
                    above = open_[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == met[node]:
                    whole = _taken_down_to(node, path)
                    on_path.difference_update(whole)
                    if len(whole) > 1:
                        found.append(whole)
    return found


def _taken_down_to(node: Node, path: list[Node]) -> list[Node]:
    """Everything on the path from its end back to a node, taken off it."""
    whole = []
    while True:
        whole.append(path.pop())
        if whole[-1] == node:
            return whole[::-1]
