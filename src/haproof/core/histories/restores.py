"""VAL15's figures from its journal: what the tables held before the backup, in its archive, and after it."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from haproof.core.histories.journal import saws
from haproof.core.record import Count

Content = Mapping[str, tuple[int, str]]
"""Every table of the schema by its name: how many rows it has, and a digest of all their values. Beside
them, without rows, the structure of each table (columns, keys, indexes) and the sequences."""

BEFORE, ALONE, AFTER = "before the backup", "in the archive alone", "after the restore"
LATER, LATER_ALONE = "before the later backup", "in the later archive alone"
EPOCHS = "epochs around the restore"
FORBIDDEN = "restore that must not happen"
CHANGED = "leadership changed without a fault"
UNCONFIRMED, OUTSIDE, BESIDE, DAMAGED = "unconfirmed", "outside maintenance", "beside a leader", "damaged"
"""Kinds of restores that must be refused, as the journal names them."""


class _Saw(Struct, frozen=True):
    """What the journal says of one observation; other lines have other keys."""

    what: str = ""
    tables: dict[str, tuple[Count, str]] | None = None
    of: str | None = None
    refused: bool | None = None
    unchanged: bool | None = None
    before: Count | None = None
    after: Count | None = None


def same_counts(before: Content, after: Content | None) -> bool:
    """The same tables with the same numbers of rows, of which there are some."""
    if after is None or not rows_in(before):
        return False
    return {name: table[0] for name, table in before.items()} == {
        name: table[0] for name, table in after.items()
    }


def same_payload(before: Content, after: Content | None) -> bool:
    """The same tables with the same values."""
    return bool(before) and before == after


def differences(before: Content, after: Content | None) -> list[str]:
    """What differs, by its name: tables, their structure, sequences; sorted."""
    if after is None:
        return ["any table"]
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name)] or (
        [] if before else ["any table"]
    )


def turned_back(before: int | None, after: int | None) -> bool:
    """Whether the epoch after a restore is none above the one before it; False where one is not known."""
    return before is not None and after is not None and after <= before


def rows_in(found: Content) -> int:
    """Rows of all tables."""
    return sum(table[0] for table in found.values())


def of_backup_restore(lines: Iterable[bytes]) -> dict[str, Any]:
    """VAL15's metrics and observations; what was not tried gives none. Raises Malformed."""
    readings = (BEFORE, ALONE, LATER, LATER_ALONE, AFTER)
    found = list(saws(lines, _Saw, (*readings, FORBIDDEN, CHANGED, EPOCHS)))
    tables = {saw.what: saw.tables for saw in found if saw.what in readings}
    figures: dict[str, Any] = {}
    before = tables.get(BEFORE)
    if before is not None:
        figures["rows"] = rows_in(before)
        if ALONE in tables:
            figures["archive_rows_match"] = same_payload(before, tables[ALONE]) and _later(tables)
        if AFTER in tables:
            figures["row_counts_match"] = same_counts(before, tables[AFTER])
            back = any(turned_back(saw.before, saw.after) for saw in found if saw.what == EPOCHS)
            figures["payload_match"] = same_payload(before, tables[AFTER]) and not back
    figures |= _refusals([saw for saw in found if saw.what == FORBIDDEN])
    if any(saw.what == CHANGED for saw in found):  # there was no leader beside it
        figures["restore_beside_leader_refused"] = None
    return figures


def _later(tables: Mapping[str, dict[str, tuple[int, str]] | None]) -> bool:
    """Whether the archive of a later backup holds the state of its own time; True where none was made."""
    changed = tables.get(LATER)
    return changed is None or LATER_ALONE not in tables or same_payload(changed, tables[LATER_ALONE])


def _refusals(tries: Sequence[_Saw]) -> dict[str, Any]:
    """Whether each kind was refused, and left the tables alone; nothing of a kind that was not tried."""
    figures: dict[str, Any] = {}
    kinds = {
        kind: [one for one in tries if one.of == kind] for kind in (UNCONFIRMED, OUTSIDE, BESIDE, DAMAGED)
    }
    names = {
        UNCONFIRMED: "unconfirmed_restore_refused",
        OUTSIDE: "out_of_maintenance_restore_refused",
        BESIDE: "restore_beside_leader_refused",
        DAMAGED: "corrupt_restore_refused",
    }
    for kind, name in names.items():
        if kinds[kind]:
            figures[name] = all(one.refused is True for one in kinds[kind])
    if kinds[UNCONFIRMED]:  # the last of the three
        others = [one for one in tries if one.of != DAMAGED]
        figures["database_unchanged_by_refusals"] = all(one.unchanged is True for one in others)
    if kinds[DAMAGED]:
        figures["database_unchanged_by_corrupt"] = all(one.unchanged is True for one in kinds[DAMAGED])
    return figures
