"""One line of a history: an operation of a client, what was seen of a node, a fault, or the rows at the end.

Times are milliseconds of one monotonic clock: of the five slices since the history was opened; of clusters
and RECOVERY, whose lines several processes write, since the machine was started. The same form serves the
five slices (`writes.jsonl`, with `node` and `epoch`) and clusters (`operations.jsonl`, with `member` and
`timeline`); keys that do not apply are left out. docs/histories.md says what each key means.
"""

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

from haproof.core.record import Count, Number

Kind = Literal["invoke", "ok", "fail", "unknown", "fault", "gone", "heal", "end", "final"]
Op = Literal["insert", "read", "txn", "status", "event"]
Status = Annotated[int, Meta(ge=100, le=599)]

Row = tuple[str, str | None, int | None]
"""A stored row: its id, its payload and its epoch, as the database holds them."""


class Operation(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. `kind` says what happened, `op` to what; `t_ms` is when.

    `invoke` is written before an operation is sent and has its end in a line of the same client and id:
    `ok` (the system promised), `fail` (it said no, or was never reached) or `unknown`. `status` and `event`
    are what a node showed of the leadership and have no `invoke`, and a `read` of the lab's own need not;
    `asked_ms` is when a status was asked for, `acquired_at` the moment since which its holder leads, as it
    says; `at` is the wall clock of the same host at a mark.
    """

    t_ms: Number
    kind: Kind
    op: Op | None = None
    trial: str | None = None
    client: str | None = None
    via: str | None = None
    id: str | None = None
    value: Any = None
    node: str | None = None
    epoch: Count | None = None
    member: str | None = None
    timeline: Count | None = None
    status: Status | None = None
    invalid: str | None = None
    sqlstate: str | None = None
    warnings: list[str] | None = None
    holder: str | None = None
    role: str | None = None
    asked_ms: Number | None = None
    acquired_at: str | None = None
    at: str | None = None
    quorum_health: str | None = None
    write_block_active: bool | None = None
    can_accept_protected_writes: bool | None = None
    read_write: bool | None = None
    rows: list[str | Row] | None = None
    lists: dict[str, list[Count]] | None = None

    @property
    def server(self) -> str | None:
        """Who was asked, or who answered: a node of the five slices, a member of a cluster."""
        return self.node if self.member is None else self.member


ENDS = ("ok", "fail", "unknown")
"""Kinds that end an operation."""

OPEN_EPOCHS, TABLE = "open_epochs", "table"
"""`via` of a read of the lab's own in a trial: the epochs that the database holds as open (`value`), and all
rows that are stored (`rows`)."""

MARKS = ("fault", "gone", "heal", "end")
"""Kinds that mark a moment of a trial."""
