"""What was written, as PostgreSQL itself knows it: row versions before and after.

Every insert and update makes a row version with a new place (`ctid`) and a new transaction (`xmin`), even
one that changes no value; a delete takes one away. Comparing them therefore finds writes that comparing
values would miss. Row locks and freezing change neither.
"""

import contextlib
from collections.abc import Iterator, Mapping

from haproof.errors import LabError
from haproof.lab.ground import ADMIN
from haproof.lab.postgres import Server
from haproof.lab.scenario import SystemFailed

CONTROL_SCHEMA = "haproof_ha"
"""Where a control plane of the contract keeps its own tables."""

CONTRACT = (CONTROL_SCHEMA, "app")
"""Its own tables, and those of what it controls."""

LAB_SCHEMA = "haproof_lab"
"""What the lab puts into the database itself; never watched."""

Versions = Mapping[str, frozenset[str]]
"""For each table the versions of its rows."""

_TABLES = f"""
select format('%I.%I', n.nspname, c.relname), n.nspname::text, format('%s.%s', n.nspname, c.relname)
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where c.relkind = 'r' and c.relpersistence <> 't'
    and n.nspname not in ('pg_catalog', 'information_schema', '{LAB_SCHEMA}')
order by 1
"""


class StateTables:
    """The tables of the system under test: those that its target names, else those of the contract.

    `chosen` are names of schemas (`haproof_ha`) and of tables (`public.leases`). Without them the tables of
    `haproof_ha` and `app` are watched; of a system that keeps no `haproof_ha`, every table but PostgreSQL's
    own and the lab's. A table that was there once and is gone is the system's doing.
    """

    def __init__(self, server: Server, chosen: tuple[str, ...] | None) -> None:
        self._server = server
        self._chosen = chosen
        self._known: set[str] = set()

    def versions(self) -> Versions:
        """The row versions of the tables, all read in one snapshot.

        Raises SystemFailed where a table is gone, and LabError where there never was one.
        """
        tables = self._tables()
        each = [
            f"select {number}, ctid::text || ' ' || xmin::text from only {table}"
            for number, table in enumerate(tables)
        ]
        found: dict[str, set[str]] = {table: set() for table in tables}
        with self.blamed():
            for number, version in self._server.rows(" union all ".join(each), ADMIN):
                found[tables[number]].add(version)
        return {table: frozenset(versions) for table, versions in found.items()}

    @contextlib.contextmanager
    def blamed(self) -> Iterator[None]:
        """A statement of the lab's that fails in this block because a table is gone: raises SystemFailed."""
        try:
            yield
        except LabError as fault:
            if gone := self._gone(self._matching()):
                raise SystemFailed(f"{gone}: {fault}") from fault
            raise

    def _tables(self) -> list[str]:
        tables = self._matching()
        if gone := self._gone(tables):
            raise SystemFailed(gone)
        if not tables:
            raise LabError(f"the database of {self._server.name} has no table of a control plane to watch")
        self._known |= set(tables)
        return tables

    def _gone(self, tables: list[str]) -> str | None:
        missing = sorted(self._known - set(tables))
        what = "a table" if len(missing) == 1 else "tables"
        return f"{', '.join(missing)}, {what} of the system's own, is there no more" if missing else None

    def _matching(self) -> list[str]:
        there = [tuple(map(str, row)) for row in self._server.rows(_TABLES, ADMIN)]
        schemas = {schema for _, schema, _ in there}
        if self._chosen is None:  # decided once: what is gone later must be missed
            self._chosen = CONTRACT if CONTROL_SCHEMA in schemas else tuple(sorted(schemas))
        elif not self._known:
            self._refuse_unknown({name for _, schema, table in there for name in (schema, table)})
        return [table for table, schema, plain in there if {schema, plain} & set(self._chosen)]

    def _refuse_unknown(self, names: set[str]) -> None:
        """A name of the target file that nothing in the database has was mistyped."""
        for name in self._chosen or ():
            if name not in names:
                raise LabError(f"[sql] state_tables names {name}, which is no schema and no table there")


def changed_rows(before: Versions, after: Versions) -> dict[str, int]:
    """For each table that was written to, how many rows were inserted, updated or deleted."""
    changes = {}
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, frozenset()), after.get(table, frozenset())
        if old != new:
            changes[table] = max(len(new - old), len(old - new))
    return changes
