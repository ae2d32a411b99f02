"""Which rows are really there: the database's own answer, against what the system promised."""

from collections.abc import Callable, Mapping
from typing import Any

from haproof.errors import LabError
from haproof.lab.ground import ADMIN
from haproof.lab.postgres import Server
from haproof.lab.scenario import SystemFailed

ReadTable = Callable[[Server, str], list[tuple[str, Any, Any]]]


def whole_table(server: Server, statement: str) -> list[tuple[str, Any, Any]]:
    """Id, payload and epoch of every row of `[sql] protected_rows`, read as the superuser."""
    rows = server.rows(statement, ADMIN)
    if any(len(row) < 2 for row in rows):
        raise LabError("[sql] protected_rows must give id, payload and epoch of every row")
    return [(str(row[0]), row[1], row[2] if len(row) > 2 else None) for row in rows]


def table_again(server: Server, statement: str) -> list[tuple[str, Any, Any]]:
    """The whole table once more, after it was read before.

    Raises SystemFailed where PostgreSQL answers, but no longer with that table.
    """
    try:
        return whole_table(server, statement)
    except LabError as fault:
        server.rows("select 1")
        raise SystemFailed(f"the protected rows cannot be read any more: {fault}") from fault


def lost(promised: Mapping[str, str], stored: Mapping[str, Any]) -> list[str]:
    """Ids of promised rows that are not stored, or not with their payload."""
    return [row_id for row_id, payload in promised.items() if stored.get(row_id) != payload]
