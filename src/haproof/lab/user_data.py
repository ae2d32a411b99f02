"""User data that the system under test should never touch: a table of the lab's, and the protected rows."""

import hashlib
from dataclasses import dataclass

from haproof.lab.accounting import stored_rows
from haproof.lab.postgres import Server
from haproof.lab.row_versions import LAB_SCHEMA
from haproof.lab.target import Target

ROWS = 1_000

# It belongs to the nodes' role: nothing but their own conduct keeps them from changing it.
_FIXTURE = f"""
create schema {LAB_SCHEMA};
create table {LAB_SCHEMA}.user_data (id integer primary key, payload text not null);
insert into {LAB_SCHEMA}.user_data select n, md5(n::text) from generate_series(1, {ROWS}) n
"""
_SELECT = f"select id, payload from {LAB_SCHEMA}.user_data"


@dataclass(frozen=True)
class UserData:
    """How many rows there are, and a digest of all of them."""

    rows: int
    sha256: str


def create_fixture(server: Server) -> None:
    """Create the table of the lab, with its rows."""
    for statement in _FIXTURE.split(";"):
        server.rows(statement)


def user_data(server: Server, target: Target) -> UserData:
    """The lab's table and, where the target says where they are, the protected rows.

    Raises LabError where they cannot be read: then a table is gone, or `[sql] protected_rows` is wrong.
    """
    lines = [f"fixture\t{row_id}\t{payload}" for row_id, payload in server.rows(_SELECT)]
    if target.sql.protected_rows is not None:
        stored = stored_rows(server, target.sql.protected_rows)
        lines += [f"protected\t{row_id}\t{payload}" for row_id, payload in stored.items()]
    return UserData(len(lines), hashlib.sha256("\n".join(sorted(lines)).encode("utf-8")).hexdigest())
