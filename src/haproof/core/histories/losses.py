"""VAL17's figures from its history: what the lab writes into the report, and a recount must find again."""

from collections.abc import Sequence

from msgspec import Struct

from haproof.core.histories.operation import Operation
from haproof.core.histories.outage import (
    acknowledged_during,
    block_held,
    detected_ms,
    held_ms,
    recovered_ms,
    statuses,
)
from haproof.core.histories.table import Compared, compare, finals
from haproof.core.histories.timing import trials
from haproof.core.histories.writes import Write, writes

WATCHED, SILENT = "loss", "silent"
"""Names of trials: losses through which every node is asked, and losses in which nobody asks."""

DURING = "during-loss-"
"""How the ids of the writes begin that are sent to the node that led while PostgreSQL is away."""


class Losses(Struct, frozen=True, kw_only=True):
    """What was said and promised while PostgreSQL was away; `held_ms` is the longest outage.

    `invalid` says of each answer of success that promises nothing what is wrong with it. `table` compares the
    stored rows with what was answered; None where they were not read.
    """

    detected_ms: list[float | None]
    recovered_ms: list[float | None]
    held_ms: float | None
    block_held: bool | None
    refused: bool | None
    acknowledged: tuple[str, ...]
    invalid: tuple[str, ...]
    table: Compared | None


def losses(operations: Sequence[Operation]) -> Losses:
    """The figures of a whole history."""
    watched, silent = trials(operations, WATCHED), trials(operations, SILENT)
    answers, attempts, tables = statuses(operations), writes(operations), finals(operations)
    held = [length for outage in watched if (length := held_ms(outage)) is not None]
    table = compare(attempts, tables) if tables else None
    return Losses(
        detected_ms=[detected_ms(outage, answers) for outage in watched],
        recovered_ms=[recovered_ms(outage, answers) for outage in watched],
        held_ms=max(held, default=None),
        block_held=block_held(watched, answers),
        refused=False if table is not None and table.refused_stored else refused(attempts),
        acknowledged=acknowledged_during((*watched, *silent), attempts),
        invalid=tuple(write.invalid for write in attempts if write.invalid is not None),
        table=table,
    )


def refused(attempts: Sequence[Write]) -> bool | None:
    """Whether each write that was sent to the node that led was answered with a no.

    None where one never reached it (and none was answered otherwise), and where none was sent.
    """
    found = [
        None if write.outcome == "refused" and write.status is None else write.outcome == "refused"
        for write in attempts
        if write.id.startswith(DURING)
    ]
    return False if False in found else None if None in found or not found else True
