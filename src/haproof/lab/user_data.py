"""User data that the system under test should never touch: a table of the lab's, and the protected rows."""

import hashlib
import time
from dataclasses import dataclass

from haproof.core.histories.table import Compared, compare, finals
from haproof.core.histories.writes import writes
from haproof.errors import LabError
from haproof.lab.accounting import whole_table
from haproof.lab.cluster import Node
from haproof.lab.load import Load
from haproof.lab.postgres import Server
from haproof.lab.row_versions import LAB_SCHEMA
from haproof.lab.scenario import Stage
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


class UserTables:
    """The user data of VAL16, held against what it was, and in the end against everything that was sent."""

    def __init__(self, stage: Stage, server: Server, load: Load) -> None:
        self._stage = stage
        self._server = server
        self._load = load
        self._before: UserData | None = None
        self._stale: set[str] = set()

    def stale(self, leader: Node, count: int) -> None:
        """Send rows to a leader whose epoch is no longer durable: none of them may ever be stored."""
        if self._stage.target.writes_through_node:
            self._stale |= {write.row.id for write in self._load.burst(leader, count)}

    def note(self) -> None:
        """What is there before the first injection. Raises LabError where it cannot be read."""
        self._before = user_data(self._server, self._stage.target)
        self._stage.draft.metric("user_rows_before", self._before.rows)

    def compare(self) -> None:
        """Hold the user data against what it was; once different, `user_data_intact` stays false."""
        draft = self._stage.draft
        if draft.metrics["user_data_intact"] is False:
            return
        try:
            now = user_data(self._server, self._stage.target)
        except LabError as fault:
            self._server.rows("select 1")  # whose failure is the lab's own
            draft.metric("user_rows_after", None)
            self._differs(f"user data cannot be read any more: {fault}")
            return
        self._stage.journal.saw("user data", before=self._before, now=now)
        draft.metric("user_rows_after", now.rows)
        draft.metric("user_data_intact", now == self._before)

    def account(self) -> None:
        """Stop the load, and hold the whole table against what was sent and what was answered."""
        self._load.stop()
        statement, at_s = self._stage.target.sql.protected_rows, time.monotonic()
        if statement is None or self._stage.draft.metrics["user_rows_after"] is None:
            return
        table = whole_table(self._server, statement)
        self._load.history.final(at_s, table)
        operations = self._load.history.operations()
        attempts = writes(operations)
        found = compare(attempts, finals(operations))
        if found.lost or found.refused_stored or found.unexpected or found.duplicated:
            self._differs(strange(found))
        stored = sorted(self._stale.intersection(row[0] for row in table))
        if stored:
            self._differs(f"sent under an epoch that was no longer durable, and stored: {', '.join(stored)}")
        invalid = [write.invalid for write in attempts if write.invalid is not None]
        if invalid:
            self._stage.draft.observe("final_write_accepted", False)
            why = f"an answer of success that promises nothing: {invalid[0]}"
            self._stage.draft.quote("final_write_accepted", why)

    def _differs(self, why: str) -> None:
        self._stage.draft.metric("user_data_intact", False)
        self._stage.draft.quote("user_data_intact", why)


def strange(found: Compared) -> str:
    """What a table holds that it should not, or does not hold: the kinds that there are, in one sentence."""
    kinds = {
        "acknowledged and lost": len(found.lost),
        "refused and stored": len(found.refused_stored),
        "sent by nobody": len(found.unexpected),
        "stored again": found.duplicated,
    }
    return "rows " + ", ".join(f"{kind}: {count}" for kind, count in kinds.items() if count)


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
        stored = whole_table(server, target.sql.protected_rows)
        lines += [f"protected\t{row_id}\t{payload}\t{epoch}" for row_id, payload, epoch in stored]
    return UserData(len(lines), hashlib.sha256("\n".join(sorted(lines)).encode("utf-8")).hexdigest())
