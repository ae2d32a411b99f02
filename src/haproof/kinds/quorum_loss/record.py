"""VAL17, Quorum Loss Validation: its figures and its observations."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from haproof.core.described import figure
from haproof.core.instant import Instant
from haproof.core.record import (
    Count,
    Maybe,
    MaybeCount,
    MaybeCounts,
    MaybeFlag,
    MaybeNumbers,
    MaybeText,
    MaybeTexts,
    Number,
    Part,
    Record,
)


class QuorumLossMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL17; the booleans are as read during the loss."""

    loss_detection_ms: Annotated[
        Number | None,
        figure(
            label="Loss detection",
            subject="Loss detection",
            trials="loss_detection_trials_ms",
            meaning=(
                "Time from just before PostgreSQL's stop signal until the last node reports the loss; the "
                "worst of its trials."
            ),
        ),
    ]
    recovery_ms: Annotated[
        Number | None,
        figure(
            label="Recovery",
            subject="Recovery after the loss",
            trials="recovery_trials_ms",
            meaning=(
                "Time from just before PostgreSQL's start until the last node reports health; the worst "
                "of its trials."
            ),
        ),
    ]
    write_block_active: Annotated[
        bool | None,
        figure(
            label="Write block active during loss",
            asks="whether the write block was on during the loss",
            broken="the write block was off during the loss (must be on)",
            meaning="Whether the write block was on during the loss, at the node that led.",
        ),
    ]
    can_accept_protected_writes: Annotated[
        bool | None,
        figure(
            label="Protected writes accepted during loss",
            asks="whether the node said during the loss that it accepts protected writes",
            broken="the node said during the loss that it accepts protected writes (must not)",
            meaning="Whether the node that led claimed, during the loss, to accept protected writes.",
        ),
    ]
    detected_loss_count: Annotated[
        Count | None,
        figure(
            label="Losses counted",
            counts=("loss counted by the node", "losses counted by the node"),
            meaning="Losses that one node counted by the end of the slice.",
        ),
    ]
    quorum_loss_reason: Annotated[
        MaybeText,
        figure(
            label="Reason given for the loss",
            subject="The reason for the loss",
            meaning="The reason for the loss in the node's own words.",
        ),
    ] = UNSET
    protected_write_refused: Annotated[
        MaybeFlag,
        figure(
            label="Protected write over HTTP refused during loss",
            asks="whether a protected write during the loss was refused",
            broken="a protected write was accepted during the loss (must be refused)",
            meaning=(
                "Whether a protected write sent over HTTP during the loss was refused (the seed's "
                "write-gate gap)."
            ),
        ),
    ] = UNSET
    loss_detection_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="Loss detection, every trial",
            subject="Loss detection",
            meaning="Loss detection of every cycle, in order.",
        ),
    ] = UNSET
    recovery_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="Recovery, every trial",
            subject="Recovery after the loss",
            meaning="Recovery of every cycle, in order.",
        ),
    ] = UNSET
    writes_acknowledged_during_loss: Annotated[
        MaybeCount,
        figure(
            label="Writes acknowledged during loss",
            counts=("write acknowledged during the loss", "writes acknowledged during the loss"),
            meaning=(
                "Writes that were sent after PostgreSQL's exit was seen, and acknowledged before the "
                "start command."
            ),
            why="There is no database that could hold them: such a row exists only in a buffer.",
            how="Every node is written to through both outages.",
        ),
    ] = UNSET
    rows_lost: Annotated[
        MaybeCount,
        figure(
            label="Acknowledged rows lost",
            counts=("acknowledged row lost", "acknowledged rows lost"),
            meaning=(
                "Rows that were acknowledged before, during or after an outage, and are not there after "
                "the recovery."
            ),
            why="An acknowledgement is a promise, also across an outage.",
            how="After each recovery the table is compared with what was acknowledged.",
        ),
    ] = UNSET
    loss_held_ms: Annotated[
        Maybe,
        figure(
            label="Longest outage",
            setting=True,
            meaning="The longest outage of the slice: from PostgreSQL's end to the start command.",
            why="A block that gives up after a while is found only by an outage that lasts longer.",
            how="Monotonic clock of the lab.",
            not_proved="Behaviour in a longer outage.",
        ),
    ] = UNSET
    block_held: Annotated[
        MaybeFlag,
        figure(
            label="Write block held until the start command",
            asks="whether the write block was on throughout the loss",
            broken="the write block was off for a time during the loss (must be on throughout)",
            meaning=(
                "Whether every answer of every node, from its detection to the start command, showed the "
                "write block on and no protected writes."
            ),
            why="A block that ends by itself while PostgreSQL is away is none.",
            how="Every node is polled through both outages.",
            not_proved="A block that is off between two polls.",
        ),
    ] = UNSET


class QuorumLossObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL17 that no metric carries."""

    baseline_quorum: Annotated[
        MaybeText,
        figure(
            subject="Quorum health at the start",
        ),
    ] = UNSET
    baseline_write_block: Annotated[
        MaybeFlag,
        figure(
            asks="the write block before the loss",
            broken="the write block was on before the loss (must be off)",
        ),
    ] = UNSET
    last_lost_at: Annotated[
        Instant | UnsetType | None,
        figure(
            subject="The time of the loss (last_lost_at)",
        ),
    ] = UNSET
    after_write_block: Annotated[
        MaybeFlag,
        figure(
            asks="the write block after recovery",
            broken="the write block was still on after recovery (must be off)",
        ),
    ] = UNSET
    after_can_accept: Annotated[
        MaybeFlag,
        figure(
            asks="whether the node reports after recovery that it accepts protected writes",
            broken=(
                "after recovery the node reports that it cannot accept protected writes (must accept them)"
            ),
        ),
    ] = UNSET
    after_write_accepted: Annotated[
        MaybeFlag,
        figure(
            asks="whether a write after recovery was accepted",
            broken="a write after recovery was refused (must be accepted)",
        ),
    ] = UNSET
    last_restored_at: Annotated[
        Instant | UnsetType | None,
        figure(
            subject="The time of the restoration (last_restored_at)",
        ),
    ] = UNSET
    loss_counts: Annotated[
        MaybeCounts,
        figure(
            subject="Counted losses after each cycle",
        ),
    ] = UNSET
    audit_events: Annotated[
        MaybeTexts,
        figure(
            subject="Audit events",
        ),
    ] = UNSET
    audit_follows_deeds: Annotated[
        MaybeFlag,
        figure(
            asks="whether audit events follow what was done",
            broken="audit events do not follow what was done",
        ),
    ] = UNSET


class QuorumLossRecord(Record, frozen=True, kw_only=True):
    """A VAL17 report."""

    metrics: QuorumLossMetrics
    observations: QuorumLossObservations | None = None
