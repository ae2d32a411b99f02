"""Several clusters side by side: the same faults, what each cluster did, and the settings that differ."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from haproof.kinds.cluster.faults import FAULTS
from haproof.kinds.cluster.record import ClusterRecord
from haproof.kinds.cluster.table import FaultRow, explaining, fault_rows, gap, two_primaries


class Side(Struct, frozen=True, kw_only=True):
    """One cluster: what it is called, where its evidence lies, and what each fault did to it."""

    name: str
    path: str
    mode: str
    system: str
    version: str
    generated_at: str
    load: float | None
    rows: dict[str, FaultRow]
    settings: dict[str, str]


class Sides(Struct, frozen=True, kw_only=True):
    """All clusters in the order in which they were named, and the settings in which they differ."""

    sides: tuple[Side, ...]
    settings: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """Those that were tried on one of them at least, in the order of the contract."""
        return tuple(fault for fault in FAULTS if any(side.rows[fault].trials for side in self.sides))


def side_by_side(records: Sequence[tuple[str, ClusterRecord]]) -> Sides:
    """Evidence directories with their records, as one comparison."""
    sides = [_side(path, record) for path, record in records]
    known = dict.fromkeys(name for side in sides for name in side.settings)
    values = {name: tuple(side.settings.get(name, "–") for side in sides) for name in known}
    differing = tuple((name, row) for name, row in values.items() if len(set(row)) > 1)
    return Sides(sides=tuple(_told_apart(sides)), settings=differing)


class Said(Struct, frozen=True):
    """A few words about what a fault did, and whether that is what must not be."""

    words: str
    wrong: bool = False


def cell(row: FaultRow) -> tuple[Said, ...]:
    """What one fault did to one cluster, in a few words each."""
    if not row.trials:
        return (Said(f"not tried: {row.reason}"),)
    happened = " or ".join(outcome or "nobody served" for outcome in row.outcomes)
    wanted = f"expected: {row.expected}" if row.expected else "no outcome declared"
    return (
        Said(happened) if row.as_expected else Said(f"{happened} ({wanted})", True),
        Said(f"gap {gap(row.write_gap_ms)} / {gap(row.connect_gap_ms)}"),
        Said("loss unknown" if row.lost is None else f"{row.lost:,} lost", bool(row.lost)),
        Said(f"two primaries: {two_primaries(row)}", bool(row.overlap_ms) or row.second_primary),
        Said(f"old primary: {' or '.join(row.rejoins)}"),
    )


def _side(path: str, record: ClusterRecord) -> Side:
    environment: Any = record.environment
    system = environment.system if environment is not None else None
    loads = [trial.load for trial in record.metrics.trials if trial.load is not None]
    name = (system.name if system is not None else None) or "not recorded"
    return Side(
        name=f"{name}, {record.metrics.mode}",
        path=path,
        mode=record.metrics.mode,
        system=name,
        version=(system.version if system is not None else None) or "not recorded",
        generated_at=record.generated_at.isoformat().replace("+00:00", "Z"),
        load=max(loads) if loads else None,
        rows={row.fault: row for row in fault_rows(record.metrics)},
        settings=dict(explaining(environment.settings if environment is not None else None)),
    )


def _told_apart(sides: Sequence[Side]) -> list[Side]:
    """Names of which each stands for one side: where two are the same, with their places."""
    names = [side.name for side in sides]
    return [replace(side, name=_name(side, names)) for side in sides]


def _name(side: Side, names: Sequence[str]) -> str:
    return f"{side.name} ({side.path})" if names.count(side.name) > 1 else side.name
