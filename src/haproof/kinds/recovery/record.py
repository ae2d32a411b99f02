"""RECOVERY: the control plane's nodes on a cluster that is promoted, or from which a node is cut off."""

from typing import Annotated, Literal, get_args

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part, Record

Fault = Literal["host-kill", "manager-term", "cut-full", "node-cut", "node-kill"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
DATABASE: tuple[Fault, ...] = ("host-kill", "manager-term", "cut-full")
"""Faults of the database's primary; the others are of a node."""


class Trial(Part, frozen=True, kw_only=True):
    """One fault, once; times in milliseconds. Null: tried and not seen, or nothing of this fault."""

    fault: Fault
    healthy_before: bool | None
    leaders: Count | None
    holder_agreed: bool | None
    loss_noticed_ms: Number | None
    accepting_ms: Number | None
    promotion_ms: Number | None
    sync_ready_ms: Number | None
    acknowledged: Count | None
    acknowledged_before_fault: Count | None
    lost: Count | None
    unknown: Count | None
    unknown_present: Count | None
    duplicated: Count | None
    epoch_before: Count | None
    epoch_after: Count | None
    epochs_shown_twice: Count | None
    epoch_went_back: Count | None
    stale_accepted: Count | None
    cut_off_accepted: Count | None
    two_accepting_ms: Number | None
    acknowledged_between_leaders: Count | None
    audit_in_order: bool | None
    nodes_rejoined: Count | None
    healthy_at_end: bool | None


class RecoveryMetrics(Part, frozen=True, kw_only=True):
    """The trials; `cluster` is the name of the system that CLUSTER's environment names."""

    mode: Annotated[
        Literal["async", "sync"],
        figure(
            label="Replication",
            setting=True,
            meaning="Whether the cluster's commits wait for a standby: sync or async.",
            why="It decides what a promotion may lose, of rows and of epochs.",
            how="As the run was asked for; the nodes ask for one synchronous replica in sync, else for none.",
        ),
    ]
    cluster: Annotated[
        str | None,
        figure(
            label="Cluster",
            setting=True,
            meaning="The system that the nodes' database is: its name, as CLUSTER's environment has it.",
        ),
    ]
    lock_bound_ms: Annotated[
        Number | None,
        figure(
            label="Lock bound",
            setting=True,
            meaning="How long a node may be silent before its leadership ends.",
            why="A node that is cut off must be replaced by then, and accept nothing after it.",
            how="The setting that the nodes were started with.",
        ),
    ]
    trials: Annotated[
        list[Trial],
        figure(
            label="Trials",
            meaning="One object for each trial: when writes were accepted again, and what was lost or doubled.",
        ),
    ]


class RecoveryRecord(Record, frozen=True, kw_only=True):
    """A RECOVERY report."""

    metrics: RecoveryMetrics


def names(metrics: RecoveryMetrics) -> list[str]:
    """`host-kill-1`, `node-cut-1`, …: each trial's name, in the order of `trials`, as the history has it."""
    counted: dict[str, int] = {}
    found = []
    for trial in metrics.trials:
        counted[trial.fault] = counted.get(trial.fault, 0) + 1
        found.append(f"{trial.fault}-{counted[trial.fault]}")
    return found


def incomplete(record: RecoveryRecord) -> str | None:
    """Why there is no verdict: each of the five faults must have been tried."""
    tried = {trial.fault for trial in record.metrics.trials}
    left_out = [fault for fault in FAULTS if fault not in tried]
    return f"{', '.join(left_out)} not tried" if left_out else None
