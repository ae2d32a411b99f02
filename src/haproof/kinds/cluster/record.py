"""CLUSTER: what a real PostgreSQL HA cluster did under each fault, trial by trial."""

from typing import Annotated, Literal

from haproof.core.described import figure
from haproof.core.record import Count, Part, Record
from haproof.kinds.cluster.faults import FAILS_OVER, FAULTS, REQUIRED, Fault
from haproof.kinds.cluster.trial import Trial

Mode = Literal["async", "sync"]
Isolation = Literal["serializable", "repeatable read", "read committed"]


class NotTried(Part, frozen=True, kw_only=True):
    """A fault that was not tried, and why."""

    fault: Fault
    reason: Annotated[
        str,
        figure(
            label="Reason",
            meaning="Why a fault was not tried.",
            why="A fault that nobody tried must not look like one that went well.",
            how="As the lab found it: not asked for, not possible here, or the run ended before it.",
            not_proved="Anything about this fault.",
        ),
    ]


class ClusterMetrics(Part, frozen=True, kw_only=True):
    """The matrix of faults, and the fault-free control."""

    mode: Annotated[
        Mode,
        figure(
            label="Mode",
            setting=True,
            meaning="Whether a commit waits for a standby: sync or async.",
            why="It decides what a failover may lose.",
            how="As the run was asked for; what PostgreSQL said is sync_effective of every trial.",
            not_proved="That every transaction of an application waits.",
        ),
    ]
    members: Annotated[
        Count | None,
        figure(
            label="Members",
            counts=("member of the cluster", "members of the cluster"),
            setting=True,
            meaning="PostgreSQL servers of the cluster.",
        ),
    ]
    writers: Annotated[
        Count | None,
        figure(
            label="Writers (open connections)",
            counts=("writer with an open connection", "writers with an open connection"),
            setting=True,
            meaning="Clients that insert rows over a session that stays open, on no member's host.",
        ),
    ]
    readers: Annotated[
        Count | None,
        figure(
            label="Readers",
            counts=("reader", "readers"),
            setting=True,
            meaning="Clients that read the watched rows again and again, on no member's host.",
        ),
    ]
    connect_writers: Annotated[
        Count | None,
        figure(
            label="Writers (new connections)",
            counts=("writer that makes new connections", "writers that make new connections"),
            setting=True,
            meaning="Clients that make a new connection for each row, on no member's host.",
        ),
    ]
    local_writers: Annotated[
        Count | None,
        figure(
            setting=True,
            label="Writers on members' hosts",
            meaning="Writers on a member's own host, which know that member alone.",
            why="On the isolated side of a cut they alone see whether the old primary acknowledges.",
            how="One client program in each member's network.",
            not_proved="Without one on every member's host two primaries are not excluded.",
        ),
    ]
    isolation_level: Annotated[
        Isolation,
        figure(
            setting=True,
            label="Isolation level",
            meaning="Isolation level of the list-append transactions.",
            why="It decides which anomalies are allowed.",
            how="Set when each transaction begins.",
            not_proved="The level that an application uses.",
        ),
    ]
    control: Annotated[
        Trial | None,
        figure(
            label="Control",
            meaning="The trial without a fault: the same workload, at least as long.",
            why="What it shows is not the doing of a fault.",
            how="Clients write and read for the length of a hold, and nothing is done to the cluster.",
            not_proved="Days without a fault.",
        ),
    ]
    trials: Annotated[
        list[Trial],
        figure(
            label="Trials",
            subject="A fault without which there is no verdict",
            meaning="One object for each trial: what was expected, what happened, what was lost.",
            why="A verdict over all trials must not hide one of them.",
            how="Derived from cluster/operations.jsonl, fault by fault.",
            not_proved="How often a fault ends so: the number of trials bounds it.",
        ),
    ]
    not_tried: Annotated[
        list[NotTried],
        figure(
            label="Faults that were not tried",
            meaning="Faults that were not tried, each with its reason.",
            why="A fault that nobody tried must not look like one that went well.",
            how="Each of the fifteen faults is in trials or here.",
            not_proved="What the cluster would have done.",
        ),
    ]


class ClusterRecord(Record, frozen=True, kw_only=True):
    """A CLUSTER report."""

    metrics: ClusterMetrics


def names(metrics: ClusterMetrics) -> list[str]:
    """`host-kill-1`, `host-kill-2`, …: each trial's name, in the order of `trials`, as raw histories
    have it."""
    counted: dict[str, int] = {}
    found = []
    for trial in metrics.trials:
        fault = trial.fault or "control"
        counted[fault] = counted.get(fault, 0) + 1
        found.append(f"{fault}-{counted[fault]}")
    return found


def disagreement(record: ClusterRecord) -> tuple[str, str] | None:
    """Where the matrix is not one: JSON path and fault; None where each fault is tried or named as not
    tried."""
    metrics = record.metrics
    if metrics.control is not None and metrics.control.fault is not None:
        return "$.metrics.control.fault", "not null: the control is the trial without a fault"
    for index, trial in enumerate(metrics.trials):
        if trial.fault is None:
            return f"$.metrics.trials[{index}].fault", "null, which only the control may have"
        if trial.fault in FAILS_OVER and trial.expected != "fails over":
            return f"$.metrics.trials[{index}].expected", f"after {trial.fault} every cluster must fail over"
    tried = {trial.fault for trial in metrics.trials}
    left_out = [entry.fault for entry in metrics.not_tried]
    for fault in FAULTS:
        if fault not in tried and fault not in left_out:
            return "$.metrics", f"the fault {fault!r} is neither among trials nor in not_tried"
    for index, fault in enumerate(left_out):
        if fault in tried or fault in left_out[:index]:
            return f"$.metrics.not_tried[{index}].fault", f"{fault!r} is given twice"
    return None


def incomplete(record: ClusterRecord) -> str | None:
    """Why there is no verdict although there is a matrix; None where all required faults were tried."""
    tried = {trial.fault for trial in record.metrics.trials}
    reasons = {entry.fault: entry.reason for entry in record.metrics.not_tried}
    missing = []
    for group in REQUIRED:
        if tried.isdisjoint(group):
            why = dict.fromkeys(reasons[fault] for fault in group if fault in reasons)
            missing.append(f"{' or '.join(group)} not tried ({'; '.join(why)})")
    return "; ".join(missing) or None
