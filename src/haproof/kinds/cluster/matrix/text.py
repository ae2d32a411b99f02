"""Clusters side by side as text: for each fault one line a cluster, so that any number of them fits."""

from haproof.kinds.cluster.sides import Sides, cell
from haproof.render.document.plain.lines import Labelled, Line, Lines, Title
from haproof.render.writers.text import write


def render(sides: Sides) -> bytes:
    """The text in UTF-8: the same bytes for the same evidence."""
    return write(lines(sides))


def lines(sides: Sides) -> Lines:
    """Each fault with its clusters, the settings that differ, where the evidence is."""
    width = max(len(side.name) for side in sides.sides) + 2
    yield Line(
        f"{len(sides.sides)} cluster(s) under the same faults; gaps: open connections / new connections"
    )
    for fault in sides.faults:
        yield Title(fault)
        for side in sides.sides:
            yield Labelled(side.name, width, "; ".join(said.words for said in cell(side.rows[fault])))
    if sides.settings:
        yield Title("Settings that differ")
        for name, values in sides.settings:
            shown = ", ".join(f"{side.name} {value}" for side, value in zip(sides.sides, values, strict=True))
            yield Line(f"{name}: {shown}", 1)
    yield Title("Evidence")
    for side in sides.sides:
        load = "not recorded" if side.load is None else f"up to {side.load:g}"
        yield Line(f"{side.name} {side.version}, {side.generated_at}, load {load}: {side.path}", 1)
