"""CLUSTER: what a real PostgreSQL HA cluster did under each fault, trial by trial."""

from typing import Annotated, Literal, get_args

from msgspec import UNSET, UnsetType

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part, Record, Signed

Fault = Literal[
    "switchover", "manager-term", "host-kill", "host-hang", "cut-full", "postmaster-kill", "manager-kill",
    "postmaster-hang", "cut-in", "cut-out", "cut-dcs", "cut-replication", "dcs-loss", "disk-full",
    "disk-freeze",
]  # fmt: skip
"""The fifteen faults, in the order of the contract."""

FAULTS: tuple[Fault, ...] = get_args(Fault)

FAILS_OVER: tuple[Fault, ...] = ("switchover", "host-kill", "host-hang", "cut-full")
"""Faults after which every HA cluster must fail over; no declaration says otherwise."""

PLANNED: tuple[Fault, ...] = ("switchover", "manager-term")
KILLS: tuple[Fault, ...] = ("host-kill", "postmaster-kill")
HANGS: tuple[Fault, ...] = ("host-hang", "postmaster-hang")
OTHERS: tuple[Fault, ...] = (
    "cut-full", "manager-kill", "cut-in", "cut-out", "cut-dcs", "cut-replication", "dcs-loss", "disk-full",
    "disk-freeze",
)  # fmt: skip

REQUIRED: tuple[tuple[Fault, ...], ...] = (("host-kill",), ("host-hang",), ("cut-full",), PLANNED)
"""Faults without which there is no verdict: one of each group."""

TrialOutcome = Literal["fails over", "stays and serves", "stays and refuses"]
Rejoin = Literal["automatic", "manual", "refused", "second primary"]
Mode = Literal["async", "sync"]
Isolation = Literal["serializable", "repeatable read", "read committed"]


class Served(Part, frozen=True, kw_only=True):
    """What one server acknowledged on one timeline: from its first acknowledgement to its last, milliseconds
    after the fault, and how much of that is not there at the end."""

    member: str
    timeline: Count | None
    from_ms: Signed
    to_ms: Signed
    acknowledged: Count
    lost: Count | None


class Trial(Part, frozen=True, kw_only=True):
    """One fault, once; times in milliseconds. Null: tried and not seen. `fault` is null in the control
    alone."""

    fault: Fault | None
    expected: TrialOutcome | None
    outcome: Annotated[
        TrialOutcome | None,
        figure(
            subject="What the cluster did",
            meaning="What the cluster did over the hold, by clients off the members.",
            why="It says who was served while the fault lasted, and is held against what was promised.",
            how="By the writes that were acknowledged: fails over, stays and serves, or stays and refuses.",
            not_proved="More than this trial: the next one may end otherwise.",
        ),
    ]
    hold_ms: Number | None
    promotion_ms: Number | None
    write_gap_ms: Annotated[
        Number | None,
        figure(
            subject="The longest wait of clients with an open connection",
            meaning="Longest time without a write acknowledged to clients with an open connection.",
        ),
    ]
    connect_gap_ms: Annotated[
        Number | None,
        figure(
            subject="The longest wait of clients that make a new connection",
            meaning="The same for clients that make a new connection for each write.",
        ),
    ]
    acknowledged: Annotated[Count | None, figure(counts=("acknowledged write", "acknowledged writes"))]
    acknowledged_before_fault: Annotated[
        Count | None,
        figure(counts=("write acknowledged before the fault", "writes acknowledged before the fault")),
    ]
    acknowledged_local: Count | None
    refused: Count | None
    unknown: Count | None
    unknown_present: Count | None
    lost: Annotated[
        Count | None,
        figure(
            counts=("acknowledged row lost", "acknowledged rows lost"),
            meaning="Acknowledged writes that are not there at the end.",
            why="An acknowledgement is a promise.",
            how="Every acknowledged write is looked for on the member that takes writes at the end.",
            not_proved="Writes whose answer was lost: they are neither lost nor kept.",
        ),
    ]
    lost_by_member: dict[str, Count] | None
    duplicated: Annotated[Count | None, figure(counts=("row stored twice", "rows stored twice"))]
    phantom: Annotated[Count | None, figure(counts=("row that nobody sent", "rows that nobody sent"))]
    reads_back: Annotated[Count | None, figure(counts=("read that went back", "reads that went back"))]
    overlap_ms: Annotated[
        Number | None,
        figure(
            subject="Two servers acknowledging writes at the same time",
            meaning="How long two servers acknowledged writes at the same time.",
        ),
    ]
    isolated_acknowledged: Count | None
    demotion_ms: Number | None
    old_primary: str | None
    new_primary: Annotated[str | None, figure(subject="The new primary")]
    timeline_before: Count | None
    timeline_after: Count | None
    sync_effective: Annotated[
        bool | None,
        figure(
            asks="whether commits waited for a standby at the fault",
            broken="commits waited for no standby at the fault, in a cluster that says it is synchronous",
        ),
    ]
    rejoin: Annotated[Rejoin | None, figure(subject="The old primary's return")]
    rejoin_ms: Number | None
    read_write_members_at_end: Annotated[
        Count | None,
        figure(counts=("member that takes writes at the end", "members that take writes at the end")),
    ]
    members_equal: Annotated[
        bool | None,
        figure(
            asks="whether all members hold the same rows at the end",
            broken="members do not hold the same rows at the end (must do)",
        ),
    ]
    healthy_before: Annotated[
        bool | None,
        figure(
            asks="whether the cluster was healthy before the fault",
            broken="the cluster was not healthy before the fault (must be)",
        ),
    ]
    anomalies: Annotated[dict[str, Count] | None, figure(subject="Anomalies of isolation")]
    load: Number | None
    served: list[Served] | UnsetType | None = UNSET
    clock_bound_ms: Annotated[
        Number | UnsetType | None,
        figure(
            subject="What is not known of the hosts' clocks",
            meaning=(
                "Where writers had clocks of their own: how far two of them may be apart after correction; "
                "an overlap that is not longer counts as none."
            ),
        ),
    ] = UNSET


class NotTried(Part, frozen=True, kw_only=True):
    """A fault that was not tried, and why."""

    fault: Fault
    reason: str


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
            counts=("member of the cluster", "members of the cluster"),
            setting=True,
            meaning="PostgreSQL servers of the cluster.",
        ),
    ]
    writers: Annotated[
        Count | None,
        figure(
            counts=("writer with an open connection", "writers with an open connection"),
            setting=True,
            meaning="Clients that insert rows over a session that stays open, on no member's host.",
        ),
    ]
    readers: Annotated[
        Count | None,
        figure(
            counts=("reader", "readers"),
            setting=True,
            meaning="Clients that read the watched rows again and again, on no member's host.",
        ),
    ]
    connect_writers: Annotated[
        Count | None,
        figure(
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
