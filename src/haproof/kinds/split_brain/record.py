"""VAL16, Split-Brain Chaos Validation: its figures and its observations."""

from typing import Annotated, Literal

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import (
    Count,
    Maybe,
    MaybeCount,
    MaybeFlag,
    MaybeText,
    MaybeTexts,
    Part,
    Record,
)

Risk = Literal["none", "possible", "detected"] | None


class SplitBrainMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL16."""

    baseline_risk: Annotated[
        Risk,
        figure(
            label="Risk at baseline",
            subject="Split-brain risk at the start",
            meaning="The split-brain risk that the leader reports before any injection.",
        ),
    ]
    divergence_risk: Annotated[
        Risk,
        figure(
            label="Risk under injected epoch divergence",
            subject="Split-brain risk under injected epoch divergence",
            meaning="The risk that it reports after its epoch was raised behind its back.",
        ),
    ]
    ghost_risk: Annotated[
        Risk,
        figure(
            label="Risk under unclosed ghost epochs",
            subject="Split-brain risk under unclosed ghost epochs",
            meaning="The risk that it reports while epochs stand open that nobody closed.",
        ),
    ]
    recovered_risk: Annotated[
        Risk,
        figure(
            label="Risk after promote-leader",
            subject="Split-brain risk after promote-leader",
            meaning="The risk that it reports after promote-leader.",
        ),
    ]
    user_rows_before: Annotated[
        Count | None,
        figure(
            label="User rows before",
            counts=("user row before the injections", "user rows before the injections"),
            meaning="Rows of user tables before the injections.",
        ),
    ]
    user_rows_after: Annotated[
        Count | None,
        figure(
            label="User rows after",
            subject="User rows after the recovery",
            own_target=True,
            meaning="Rows of user tables after the recovery.",
        ),
    ]
    user_data_intact: Annotated[
        bool | None,
        figure(
            label="User data intact",
            asks="whether user data is the same after the recovery",
            broken="user data differs after the recovery (must be the same)",
            meaning="Whether the content of user tables is the same before and after.",
        ),
    ]
    detection_ms: Annotated[
        Maybe,
        figure(
            label="Detection",
            meaning="Time from the injection until the node recorded that it detected the divergence.",
            why="Until then nobody is warned.",
            how="From the commit of the injected row until the audit event is there, monotonic clock.",
            not_proved="Detection of a split brain that nobody injected.",
        ),
    ] = UNSET
    recovery_ms: Annotated[
        Maybe,
        figure(
            label="Recovery",
            meaning="Time from the recovery request until the risk is none again.",
            why="The cluster is fenced until then.",
            how="From the request to promote-leader until the leader answers none, monotonic clock.",
            not_proved="The time that an operator takes to decide.",
        ),
    ] = UNSET
    epoch_before_recovery: Annotated[
        MaybeCount,
        figure(
            label="Highest epoch before recovery",
            subject="Highest epoch before the recovery",
            meaning="The highest epoch that was shown or injected before promote-leader.",
            why="A recovery must end above it, or a fenced leader could write again.",
            how="Every status and split-brain answer, and the epochs that the lab itself injected.",
            not_proved="Epochs that were shown to nobody.",
        ),
    ] = UNSET
    epoch_after_recovery: Annotated[
        MaybeCount,
        figure(
            label="Epoch after recovery",
            subject="Epoch after the recovery",
            own_target=True,
            meaning="The leader's epoch after promote-leader.",
        ),
    ] = UNSET


class SplitBrainObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL16 that no metric carries."""

    repeated_risks: Annotated[
        MaybeTexts,
        figure(
            subject="Split-brain risk on repeated requests",
        ),
    ] = UNSET
    detection_writes: Annotated[
        MaybeCount,
        figure(
            counts=(
                "change made by asking for the split-brain risk",
                "changes made by asking for the split-brain risk",
            ),
        ),
    ] = UNSET
    dry_run_accepted: Annotated[
        MaybeFlag,
        figure(
            asks="whether the dry run of manual-reconcile was accepted",
            broken="the dry run of manual-reconcile was refused (must be accepted)",
        ),
    ] = UNSET
    dry_run_writes: Annotated[
        MaybeCount,
        figure(
            counts=("change made by the dry run", "changes made by the dry run"),
        ),
    ] = UNSET
    ghost_cleared_risk: Annotated[
        MaybeText,
        figure(
            subject="Split-brain risk after the ghost epochs were resigned",
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
    final_leaders: Annotated[
        MaybeCount,
        figure(
            subject="Leaders at the end",
        ),
    ] = UNSET
    final_risk: Annotated[
        MaybeText,
        figure(
            subject="Split-brain risk at the end",
        ),
    ] = UNSET
    final_write_accepted: Annotated[
        MaybeFlag,
        figure(
            asks="whether a write at the end was accepted",
            broken="a write at the end was refused (must be accepted)",
        ),
    ] = UNSET


class SplitBrainRecord(Record, frozen=True, kw_only=True):
    """A VAL16 report."""

    metrics: SplitBrainMetrics
    observations: SplitBrainObservations | None = None
