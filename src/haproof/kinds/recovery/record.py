"""RECOVERY: the control plane's nodes on a cluster that is promoted, or from which a node is cut off."""

from typing import Annotated, Literal, get_args

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part, Record

Fault = Literal["host-kill", "manager-term", "cut-full", "node-cut", "node-kill"]
FAULTS: tuple[Fault, ...] = get_args(Fault)
DATABASE: tuple[Fault, ...] = ("host-kill", "manager-term", "cut-full")
"""Faults of the database's primary; the others are of a node."""


COUNTED = "Counted in the trial's history, in which each client writes what it sends and what is answered."
SHOWN = "From every status of both nodes and every answer to a write."


class Trial(Part, frozen=True, kw_only=True):
    """One fault, once; times in milliseconds. Null: tried and not seen, or nothing of this fault."""

    fault: Annotated[
        Fault,
        figure(
            label="Fault",
            meaning="What was done to the database's primary, or to the leading node.",
            why="The control plane must survive faults of its database and faults of its own.",
            how="The lab injects it and undoes it; both moments are in the history.",
            not_proved="What happens with two faults at the same time.",
        ),
    ]
    healthy_before: Annotated[
        bool | None,
        figure(
            label="Healthy before the fault",
            asks="whether the cluster was healthy before the fault",
            broken="the cluster was not healthy before the fault",
            meaning="Whether, just before the fault, the cluster was healthy and the nodes named one leader "
            "that accepted writes.",
        ),
    ]
    leaders: Annotated[
        Count | None,
        figure(
            label="Leading nodes before the fault",
            counts=("node led before the fault", "nodes led before the fault"),
            meaning="Nodes that said they lead, by each one's last answer before the fault.",
        ),
    ]
    holder_agreed: Annotated[
        bool | None,
        figure(
            label="Same holder named before the fault",
            asks="whether both nodes named one holder before the fault",
            broken="the nodes named different holders before the fault",
            meaning="Whether both nodes named the same holder, by each one's last answer before the fault.",
        ),
    ]
    loss_noticed_ms: Annotated[
        Number | None,
        figure(
            label="Quorum loss noticed after",
            meaning="Time from a fault of the database until both nodes had said that their quorum is lost; "
            "null where one never did.",
            why="Until a node notices, it may promise what its database cannot keep.",
            how="From the status of each node, asked every 50 ms.",
            not_proved="That a node which did not say so went on accepting.",
        ),
    ]
    accepting_ms: Annotated[
        Number | None,
        figure(
            label="Accepting again after",
            subject="Until writes were accepted again",
            meaning="Time from the fault to the first write that was sent after it and acknowledged under a "
            "later epoch; where no later epoch begins, to the first acknowledged.",
            why="It is the outage of the control plane, that of its database included.",
            how="From the answers to 16 clients, each of which sends a write again until it is acknowledged.",
            not_proved="How long a single client waits.",
        ),
    ]
    promotion_ms: Annotated[
        Number | None,
        figure(
            label="Database promoted after",
            meaning="Time from the fault until another member takes writes on a higher timeline; null for "
            "faults of a node, and where nothing was promoted.",
            why="The control plane is not held to account for the time that its database takes.",
            how="By SQL on every member, every 100 ms.",
            not_proved="When the nodes reach the new primary.",
        ),
    ]
    sync_ready_ms: Annotated[
        Number | None,
        figure(
            label="Synchronous replica after",
            meaning="Time from the fault until the promoted member has a synchronous replica; null where "
            "none is asked for, or nothing was promoted.",
            why="Until then a node that asks for one must accept nothing.",
            how="By SQL on the promoted member, every 100 ms.",
            not_proved="That the replica stays.",
        ),
    ]
    acknowledged: Annotated[
        Count | None,
        figure(
            label="Acknowledged writes",
            meaning="Attempts to write a row that a node acknowledged, over the whole trial.",
            why="Each of them is a promise that the other figures are about.",
            how=COUNTED,
            not_proved="That the load is like production's.",
        ),
    ]
    acknowledged_before_fault: Annotated[
        Count | None,
        figure(
            label="Writes acknowledged before the fault",
            counts=("write acknowledged before the fault", "writes acknowledged before the fault"),
            meaning="Those of the acknowledged writes whose answer came before the fault.",
            how=COUNTED,
        ),
    ]
    lost: Annotated[
        Count | None,
        figure(
            label="Acknowledged writes lost",
            counts=("acknowledged write lost", "acknowledged writes lost"),
            meaning="Acknowledged writes that are not on the primary at the end.",
        ),
    ]
    unknown: Annotated[
        Count | None,
        figure(
            label="Writes without an answer",
            meaning="Attempts to which no answer came: they may be stored or not.",
            why="Such a write is neither lost nor kept; its client sends it again.",
            how=COUNTED,
            not_proved="What became of them.",
        ),
    ]
    unknown_present: Annotated[
        Count | None,
        figure(
            label="Rows stored without an acknowledgement",
            meaning="Rows that are there at the end although no attempt to write them was acknowledged, and "
            "one had no answer.",
            why="They show why a write that is sent again must not become a second row.",
            how="Looked for among the rows on the primary at the end.",
            not_proved="When they were stored.",
        ),
    ]
    duplicated: Annotated[
        Count | None,
        figure(
            label="Rows stored twice",
            counts=("row stored twice", "rows stored twice"),
            meaning="Rows too many on the primary at the end: further rows of one id, or of one payload.",
        ),
    ]
    epoch_before: Annotated[
        Count | None,
        figure(
            label="Epoch before",
            meaning="Highest epoch that was shown before the fault.",
            why="What is accepted after a new election must be under a higher one.",
            how=SHOWN,
            not_proved="Epochs that nobody was shown.",
        ),
    ]
    epoch_after: Annotated[
        Count | None,
        figure(
            label="Epoch at the end",
            meaning="Highest epoch that was shown in the whole trial.",
            why="More than one above epoch_before, there was more than one election.",
            how=SHOWN,
            not_proved="Epochs that nobody was shown.",
        ),
    ]
    epochs_shown_twice: Annotated[
        Count | None,
        figure(
            label="Epochs shown with two holders",
            counts=("epoch shown with two holders", "epochs shown with two holders"),
            meaning="Epochs of this trial that were shown with two holders, in it or in an earlier trial of "
            "the run.",
        ),
    ]
    epoch_went_back: Annotated[
        Count | None,
        figure(
            label="Epochs that went back",
            counts=("epoch that went back", "epochs that went back"),
            meaning="How often a lower epoch than before was accepted under, or claimed by a leader.",
        ),
    ]
    stale_accepted: Annotated[
        Count | None,
        figure(
            label="Writes accepted under a superseded epoch",
            counts=("write accepted under a superseded epoch", "writes accepted under a superseded epoch"),
            meaning="Writes sent after a higher epoch had been shown, and acknowledged under a lower one.",
            how="The epoch that each acknowledgement names, against those shown before the write was sent.",
        ),
    ]
    cut_off_accepted: Annotated[
        Count | None,
        figure(
            label="Writes accepted by the cut-off node",
            counts=(
                "write accepted by the node that was cut off",
                "writes accepted by the node that was cut off",
            ),
            meaning="Writes that the cut-off node acknowledged later than lock_bound_ms after the cut, up to "
            "the heal; null for other faults.",
        ),
    ]
    two_accepting_ms: Annotated[
        Number | None,
        figure(
            label="Two nodes accepting for",
            subject="Two nodes accepting writes at the same time",
            meaning="Longest time for which the acknowledgements of two nodes overlap: each node's interval "
            "in an epoch lasts from its first to its last, and pauses inside it count.",
        ),
    ]
    acknowledged_between_leaders: Annotated[
        Count | None,
        figure(
            label="Writes acknowledged between two leaders",
            counts=("write acknowledged between two leaders", "writes acknowledged between two leaders"),
            meaning="Writes sent after the old leader's end, acknowledged before the next one's start, and "
            "not under a later epoch.",
        ),
    ]
    audit_in_order: Annotated[
        bool | None,
        figure(
            label="Audit trail in order",
            asks="whether the audit trail tells the recovery in order",
            broken="the audit trail does not tell the recovery in order",
            meaning="Whether the audit trail has an election, and each node's loss of its quorum before its "
            "restoration; null where no trail was read.",
        ),
    ]
    nodes_rejoined: Annotated[
        Count | None,
        figure(
            label="Nodes back at the end",
            counts=("node was back at the end", "nodes were back at the end"),
            meaning="Nodes that answer at the end and see their database.",
        ),
    ]
    healthy_at_end: Annotated[
        bool | None,
        figure(
            label="Healthy at the end",
            asks="whether everything was healthy at the end",
            broken="not everything was healthy at the end",
            meaning="Whether, after the heal, the cluster was healthy and the nodes named one leader that "
            "accepted writes, each in time.",
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
