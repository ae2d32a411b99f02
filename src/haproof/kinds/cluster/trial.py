"""One trial of CLUSTER: every figure of it, and what it means.

All but `fault`, `expected`, `healthy_before`, `sync_effective`, `rejoin`, `rejoin_ms`, `load` and
`clock_bound_ms` follow from the trial's history alone (`core.histories.clusters`).
"""

from typing import Annotated, Literal

from msgspec import UNSET, UnsetType

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part, Signed
from haproof.kinds.cluster.writes import COUNTED, ONE_TRIAL, Answered

Rejoin = Literal["automatic", "manual", "refused", "second primary"]


class Served(Part, frozen=True, kw_only=True):
    """What one server acknowledged on one timeline: from its first acknowledgement to its last, milliseconds
    after the fault, and how much of that is not there at the end."""

    member: str
    timeline: Count | None
    from_ms: Signed
    to_ms: Signed
    acknowledged: Count
    lost: Count | None


class Trial(Answered, frozen=True, kw_only=True):
    """One fault, once; times in milliseconds. Null: tried and not seen. `fault` is null in the control
    alone."""

    overlap_ms: Annotated[
        Number | None,
        figure(
            label="Two primaries for",
            subject="Two servers acknowledging writes at the same time",
            meaning="Longest time for which the acknowledgements of two servers overlap: each server's "
            "interval on a timeline lasts from its first to its last, and pauses inside it count.",
            why="What two primaries accept cannot be put together again: one side's writes are lost.",
            how="From writers off the members and one on every member's host, which knows that member alone. "
            "Null where a member had none, or where the hosts' clocks could not be compared.",
            not_proved="That both acknowledged throughout it; where it is 0, that no second server would "
            "have taken a write that nobody sent.",
        ),
    ]
    isolated_acknowledged: Annotated[
        Count | None,
        figure(
            label="Writes acknowledged while cut off",
            meaning="Writes sent after a cut that the old primary acknowledged on its old timeline, up to "
            "the heal; null for other faults.",
            why="Once another server is promoted, they are what may be lost.",
            how="From every client that still reached it, such as the writer on its own host.",
            not_proved="That each of them is lost: lost_by_member says which are.",
        ),
    ]
    demotion_ms: Annotated[
        Number | None,
        figure(
            label="Old primary acknowledged until",
            meaning="Time from a cut to the last write that the old primary acknowledged, where another "
            "server was promoted.",
            why="Where it is later than promotion_ms, there were two primaries.",
            how="From the acknowledgements of every client that still reached it, never from a REST answer.",
            not_proved="When it was demoted: only that it acknowledged nothing later.",
        ),
    ]
    old_primary: Annotated[
        str | None,
        figure(
            label="Old primary",
            meaning="The primary at the fault.",
            why="It is the server that the fault is done to.",
            how="As PostgreSQL on every member said just before the fault.",
            not_proved=ONE_TRIAL,
        ),
    ]
    new_primary: Annotated[
        str | None,
        figure(
            label="New primary",
            subject="The new primary",
            meaning="The first other server that acknowledged a write on a higher timeline; null where none "
            "did.",
            why="A failover to the server that failed is none.",
            how="By the member and the timeline that each acknowledgement names.",
            not_proved="That it is still the primary at the end.",
        ),
    ]
    timeline_before: Annotated[
        Count | None,
        figure(
            label="Timeline before",
            meaning="PostgreSQL's timeline at the fault.",
            why="Every promotion begins a new timeline: a higher one tells the new primary from the old.",
            how="As PostgreSQL said just before the fault.",
            not_proved=ONE_TRIAL,
        ),
    ]
    timeline_after: Annotated[
        Count | None,
        figure(
            label="Timeline at the end",
            meaning="Timeline of the read-write member at the end, the highest where there are several.",
            why="More than one above timeline_before, the cluster was promoted more than once.",
            how="As that member said when its rows were read.",
            not_proved=ONE_TRIAL,
        ),
    ]
    sync_effective: Annotated[
        bool | None,
        figure(
            label="Synchronous at the fault",
            asks="whether commits waited for a standby at the fault",
            broken="commits waited for no standby at the fault, in a cluster that says it is synchronous",
            meaning="Whether commits waited for a standby when the fault came.",
            why="Without it nothing that was acknowledged is promised to survive.",
            how="Asked of PostgreSQL itself just before the fault.",
            not_proved="That they went on waiting: acknowledged_local counts those that did not.",
        ),
    ]
    rejoin: Annotated[
        Rejoin | None,
        figure(
            label="Return of the old primary",
            subject="The old primary's return",
            meaning="How the old primary came back after it was replaced: automatic, manual, refused or "
            "second primary; null where it never left.",
        ),
    ]
    rejoin_ms: Annotated[
        Number | None,
        figure(
            label="Old primary back after",
            meaning="Time from the heal until the cluster was healthy again, where the old primary had left.",
            why="Until then the cluster has one member less.",
            how="By SQL on every member: one primary, all others streaming on its timeline.",
            not_proved="How long it takes with more data.",
        ),
    ]
    read_write_members_at_end: Annotated[
        Count | None,
        figure(
            label="Writable members at the end",
            counts=("member that takes writes at the end", "members that take writes at the end"),
            meaning="Members that take writes when the trial ends: exactly one must.",
            how="Asked of PostgreSQL on every member that answers, when its rows are read.",
            not_proved="Members that did not answer.",
        ),
    ]
    members_equal: Annotated[
        bool | None,
        figure(
            label="Members equal at the end",
            asks="whether all members hold the same rows at the end",
            broken="members do not hold the same rows at the end (must do)",
            meaning="Whether every member answered at the end, and with the same rows and lists.",
        ),
    ]
    healthy_before: Annotated[
        bool | None,
        figure(
            label="Healthy before the fault",
            asks="whether the cluster was healthy before the fault",
            broken="the cluster was not healthy before the fault (must be)",
            meaning="Whether the cluster was healthy just before the fault, after at least 5 s under load.",
        ),
    ]
    anomalies: Annotated[
        dict[str, Count] | None,
        figure(
            label="Anomalies of isolation",
            subject="Anomalies of isolation",
            meaning="How often each anomaly was found in the list-append transactions, by its name.",
        ),
    ]
    load: Annotated[
        Number | None,
        figure(
            label="Load average",
            meaning="Load average of the lab's machine over the minute before the fault.",
            why="On a busy machine times are longer than the manager makes them.",
            how="As the operating system reports it.",
            not_proved="The load of the system in production.",
        ),
    ]
    served: Annotated[
        list[Served] | UnsetType | None,
        figure(
            label="Who acknowledged when",
            meaning="For each server and timeline: its first and last acknowledgement, milliseconds after "
            "the fault, how many writes it acknowledged, and how many of them are not there at the end.",
            why="overlap_ms is the longest time that two of these intervals of different servers share.",
            how=COUNTED,
            not_proved="That a server acknowledged throughout its interval: it may have paused.",
        ),
    ] = UNSET
    clock_bound_ms: Annotated[
        Number | UnsetType | None,
        figure(
            label="Uncertainty of the clocks",
            subject="What is not known of the hosts' clocks",
            meaning=(
                "Where writers had clocks of their own: how far two of them may be apart after correction; "
                "an overlap that is not longer counts as none."
            ),
            why="Two intervals can only be compared on one clock.",
            how="PostgreSQL on each host is asked for its clock, before and after the trial.",
            not_proved="An overlap that is shorter than this.",
        ),
    ] = UNSET
