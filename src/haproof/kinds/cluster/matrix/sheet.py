"""Clusters side by side as a sheet: what each fault did, the settings that differ, where the evidence is."""

from haproof.core.model import GENERATOR
from haproof.kinds.cluster.sides import Side, Sides, cell
from haproof.kinds.cluster.terms import FAULTS
from haproof.render.document.blocks import (
    Block,
    Broken,
    Code,
    Column,
    Listed,
    Note,
    Row,
    Section,
    Strong,
    Table,
    Words,
)
from haproof.render.document.whole import Sheet
from haproof.version import VERSION


def sheet(sides: Sides) -> Sheet:
    """All of it; of the settings only those that differ."""
    clusters = tuple(Column(side.name) for side in sides.sides)
    blocks: list[Block] = [_faults(sides, clusters)]
    if sides.settings:
        table = Table(
            key="settings-table",
            caption="As they were read back from each cluster",
            columns=(Column("Setting"), *clusters),
            rows=tuple(Row((Code(name), *values)) for name, values in sides.settings),
            stacked=True,
        )
        blocks.append(Section(key="settings", title="Settings that differ", blocks=(table,)))
    blocks.append(Section(key="evidence", title="Evidence", blocks=(_evidence(sides),)))
    return Sheet(
        title="PostgreSQL HA clusters under the same faults",
        generator=f"{GENERATOR} {VERSION}",
        blocks=tuple(blocks),
    )


def _faults(sides: Sides, clusters: tuple[Column, ...]) -> Table:
    """One row for each fault, with what it does; one column for each cluster."""
    rows = (Row((_named(fault), *(_did(side, fault) for side in sides.sides))) for fault in sides.faults)
    return Table(
        key="faults",
        caption="What each fault did; gaps: clients with an open connection / clients that make a new one",
        columns=(Column("Fault"), *clusters),
        rows=tuple(rows),
        stacked=True,
    )


def _named(fault: str) -> Words:
    return (Code(fault), Note(FAULTS[fault].meaning))


def _did(side: Side, fault: str) -> Listed:
    """What one fault did to one cluster, the outcome first; what must not be stands out."""
    row = side.rows[fault]
    outcome, *figures = (Broken(f"✗ {said.words}") if said.wrong else said.words for said in cell(row))
    return Listed((Strong(outcome) if row.trials and isinstance(outcome, str) else outcome, *figures))


def _evidence(sides: Sides) -> Table:
    rows = ((side.name, side.version, Code(side.generated_at), Code(side.path)) for side in sides.sides)
    return Table(
        key="evidence-table",
        caption="What each cluster is, and where its evidence lies",
        columns=tuple(map(Column, ("Cluster", "Version", "Recorded", "Directory"))),
        rows=tuple(map(Row, rows)),
        stacked=True,
    )
