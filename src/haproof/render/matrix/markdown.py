"""Clusters side by side as GitHub-flavoured Markdown."""

from haproof.kinds.cluster.sides import Sides, cell
from haproof.render.writers.markdown.inline import code, table, words


def render(sides: Sides) -> bytes:
    """The document in UTF-8: the same bytes for the same evidence."""
    heads = ("Fault", *(words(side.name) for side in sides.sides))
    rows = [
        (code(fault), *("<br>".join(words(part) for part in cell(side.rows[fault])) for side in sides.sides))
        for fault in sides.faults
    ]
    parts = ["## PostgreSQL HA clusters under the same faults", table(heads, rows)]
    if sides.settings:
        settings = [(code(name), *(words(value) for value in values)) for name, values in sides.settings]
        parts += ["### Settings that differ", table(("Setting", *heads[1:]), settings)]
    evidence = [
        (words(side.name), words(side.version), code(side.generated_at), code(side.path))
        for side in sides.sides
    ]
    parts += ["### Evidence", table(("Cluster", "Version", "Recorded", "Directory"), evidence)]
    return ("\n\n".join(parts) + "\n").encode("utf-8")
