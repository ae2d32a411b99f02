"""What was written, as PostgreSQL itself knows it: row versions before and after.

Every insert and update makes a row version with a new place (`ctid`) and a new transaction (`xmin`), even
one that changes no value; a delete takes one away. Comparing them therefore finds writes that comparing
values would miss. Row locks and freezing change neither.
"""

from collections.abc import Mapping

from haproof.errors import LabError
from haproof.lab.ground import ADMIN
from haproof.lab.postgres import Server

CONTROL_SCHEMA = "haproof_ha"
"""Where a control plane of the contract keeps its own tables."""

LAB_SCHEMA = "haproof_lab"
"""What the lab puts into the database itself; never watched."""

Versions = Mapping[str, frozenset[str]]
"""For each table the versions of its rows."""

# A system under test that keeps its tables elsewhere is watched everywhere but in PostgreSQL's own schemas.
_TABLES = f"""
with candidates as (
    select n.nspname, c.relname from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'r' and c.relpersistence <> 't'
        and n.nspname not in ('pg_catalog', 'information_schema', '{LAB_SCHEMA}'))
select format('%I.%I', nspname, relname) from candidates
where nspname = '{CONTROL_SCHEMA}' or not exists (select from candidates where nspname = '{CONTROL_SCHEMA}')
order by 1
"""


def control_rows(server: Server) -> Versions:
    """The row versions of the control plane's tables, all read in one snapshot."""
    tables = [str(name) for (name,) in server.rows(_TABLES, ADMIN)]
    if not tables:
        raise LabError(f"the database of {server.name} has no table of a control plane to watch")
    each = [
        f"select {number}, ctid::text || ' ' || xmin::text from only {table}"
        for number, table in enumerate(tables)
    ]
    found: dict[str, set[str]] = {table: set() for table in tables}
    for number, version in server.rows(" union all ".join(each), ADMIN):
        found[tables[number]].add(version)
    return {table: frozenset(versions) for table, versions in found.items()}


def changed_rows(before: Versions, after: Versions) -> dict[str, int]:
    """For each table that was written to, how many rows were inserted, updated or deleted."""
    changes = {}
    for table in sorted(before.keys() | after.keys()):
        old, new = before.get(table, frozenset()), after.get(table, frozenset())
        if old != new:
            changes[table] = max(len(new - old), len(old - new))
    return changes
