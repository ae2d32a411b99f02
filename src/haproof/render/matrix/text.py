"""Clusters side by side as text: for each fault one line a cluster, so that any number of them fits."""

from haproof.kinds.cluster.sides import Sides, cell
from haproof.render.cells import wrap
from haproof.render.visible import visible

COLUMNS = 100


def render(sides: Sides) -> bytes:
    """The text in UTF-8: the same bytes for the same evidence."""
    width = max(len(visible(side.name)) for side in sides.sides)
    lines = [f"{len(sides.sides)} cluster(s) under the same faults; gaps: open connections / new connections"]
    for fault in sides.faults:
        lines += ["", f"{fault}:"]
        for side in sides.sides:
            head = f"  {visible(side.name):<{width}}  "
            lines += wrap(visible("; ".join(cell(side.rows[fault]))), COLUMNS, head, " " * (width + 4))
    if sides.settings:
        lines += ["", "Settings that differ:"]
        for name, values in sides.settings:
            shown = ", ".join(f"{side.name} {value}" for side, value in zip(sides.sides, values, strict=True))
            lines += wrap(visible(f"{name}: {shown}"), COLUMNS, "  ", "    ")
    lines += ["", "Evidence:"]
    for side in sides.sides:
        load = "not recorded" if side.load is None else f"up to {side.load:g}"
        told = f"{side.name} {side.version}, {side.generated_at}, load {load}: {side.path}"
        lines += wrap(visible(told), COLUMNS, "  ", "    ")
    return ("\n".join(line.rstrip() for line in lines) + "\n").encode("utf-8")
