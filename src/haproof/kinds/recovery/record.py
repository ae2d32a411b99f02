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
    healthy_before: Annotated[
        bool | None,
        figure(
            asks="whether the cluster was healthy before the fault",
            broken="the cluster was not healthy before the fault",
        ),
    ]
    leaders: Annotated[
        Count | None, figure(counts=("node led before the fault", "nodes led before the fault"))
    ]
    holder_agreed: Annotated[
        bool | None,
        figure(
            asks="whether both nodes named one holder before the fault",
            broken="the nodes named different holders before the fault",
        ),
    ]
    loss_noticed_ms: Number | None
    accepting_ms: Annotated[
        Number | None,
        figure(
            subject="Until writes were accepted again",
            meaning="Fault to the first write acknowledged under a later epoch.",
        ),
    ]
    promotion_ms: Number | None
    sync_ready_ms: Number | None
    acknowledged: Count | None
    acknowledged_before_fault: Annotated[
        Count | None,
        figure(counts=("write acknowledged before the fault", "writes acknowledged before the fault")),
    ]
    lost: Annotated[
        Count | None,
        figure(
            counts=("acknowledged write lost", "acknowledged writes lost"),
            meaning="Acknowledged writes that are not on the primary at the end.",
        ),
    ]
    unknown: Count | None
    unknown_present: Count | None
    duplicated: Annotated[Count | None, figure(counts=("row stored twice", "rows stored twice"))]
    epoch_before: Count | None
    epoch_after: Count | None
    epochs_shown_twice: Annotated[
        Count | None, figure(counts=("epoch shown with two holders", "epochs shown with two holders"))
    ]
    epoch_went_back: Annotated[Count | None, figure(counts=("epoch that went back", "epochs that went back"))]
    stale_accepted: Annotated[
        Count | None,
        figure(
            counts=("write accepted under a superseded epoch", "writes accepted under a superseded epoch")
        ),
    ]
    cut_off_accepted: Annotated[
        Count | None,
        figure(
            counts=(
                "write accepted by the node that was cut off",
                "writes accepted by the node that was cut off",
            )
        ),
    ]
    two_accepting_ms: Annotated[Number | None, figure(subject="Two nodes accepting writes at the same time")]
    acknowledged_between_leaders: Annotated[
        Count | None,
        figure(counts=("write acknowledged between two leaders", "writes acknowledged between two leaders")),
    ]
    audit_in_order: Annotated[
        bool | None,
        figure(
            asks="whether the audit trail tells the recovery in order",
            broken="the audit trail does not tell the recovery in order",
        ),
    ]
    nodes_rejoined: Annotated[
        Count | None, figure(counts=("node was back at the end", "nodes were back at the end"))
    ]
    healthy_at_end: Annotated[
        bool | None,
        figure(
            asks="whether everything was healthy at the end", broken="not everything was healthy at the end"
        ),
    ]


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
            not_proved="That every transaction of an application waits.",
        ),
    ]
    cluster: Annotated[
        str | None,
        figure(
            label="Cluster",
            setting=True,
            meaning="The system that the nodes' database is: its name, as CLUSTER's environment has it.",
            why="GA-2 asks for both on the same system: this joins them.",
            how="The name under which the lab started the cluster.",
            not_proved="That settings and versions are those of CLUSTER's run.",
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
            not_proved="That the nodes keep to it: the figures of node-cut show that.",
        ),
    ]
    trials: Annotated[
        list[Trial],
        figure(
            label="Trials",
            meaning="One object for each trial: when writes were accepted again, what was lost or doubled.",
            why="A verdict over all trials must not hide one of them.",
            how="Derived from recovery/writes.jsonl, fault by fault.",
            not_proved="How often such a fault comes, and faults that were not tried.",
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
