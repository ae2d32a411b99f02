"""VAL18, 30-Day HA Soak: its figures."""

from typing import Annotated

from msgspec import UNSET

from haproof.core.described import figure
from haproof.core.record import Count, MaybeCounts, MaybeNumbers, Number, Numbers, Part, Record


class SoakMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL18. `days` is the sum of what was observed, without clock jumps, gaps and missing
    probers; in a compressed soak it is simulated, as are the intervals and the downtime."""

    goal_days: Annotated[
        Number | None,
        figure(
            label="Goal, days",
            setting=True,
            meaning="Days agreed at setup.",
            why="The claim is about this many days; GA-1 asks for 30.",
            how="Written into the first line of the journal, which the chain protects.",
            not_proved="That so many were observed (days).",
        ),
    ]
    days: Annotated[
        Number | None,
        figure(
            label="Days observed",
            subject="Days observed",
            meaning="Days that were observed; simulated ones in a compressed soak.",
        ),
    ]
    rounds: Annotated[
        Count | None,
        figure(
            label="Rounds",
            counts=("round made", "rounds made"),
            meaning="Rounds in which all acknowledged rows were compared, each in a time of its own.",
        ),
    ]
    interval_hours: Annotated[
        Number | None,
        figure(
            label="Hours between rounds",
            setting=True,
            meaning="Hours between two rounds, as agreed at setup.",
            why="It says how many rounds the observed days have room for.",
            how="Written into the first line of the journal.",
            not_proved="That rounds were made in time (rounds).",
        ),
    ]
    compressed: Annotated[
        bool | None,
        figure(
            label="Compressed (days are simulated)",
            setting=True,
            meaning=("Whether one second stood for more: then days, intervals and downtime are simulated."),
            why="A rehearsal shows that the framework works, and nothing about days of running.",
            how="From the factor that was agreed at setup.",
            not_proved="Anything about GA-1, which a compressed soak never meets.",
        ),
    ]
    scheduled_failovers: Annotated[
        Count | None,
        figure(
            label="Scheduled failovers",
            counts=("scheduled failover", "scheduled failovers"),
            meaning="Failovers that were ordered by a round.",
        ),
    ]
    failover_ms: Annotated[
        Numbers,
        figure(
            label="Scheduled failover",
            subject="Scheduled failover",
            elements="failovers",
            meaning=(
                "Time of each scheduled failover, from just before the order to the first write that "
                "another server acknowledged, real milliseconds."
            ),
        ),
    ]
    unplanned_failover_ms: Annotated[
        Numbers,
        figure(
            label="Unplanned failover",
            subject="Unplanned failover",
            elements="failovers",
            meaning=(
                "Time of each change of server that nobody ordered, real milliseconds, as an upper "
                "bound; null where it fell into a gap."
            ),
        ),
    ]
    data_continuity_rate: Annotated[
        Number | None,
        figure(
            label="Data continuity rate",
            subject="Data continuity rate",
            meaning="Part of the acknowledged rows that was there in every comparison.",
        ),
    ]
    uptime: Annotated[
        Number | None,
        figure(
            label="Uptime",
            subject="Uptime",
            meaning="Part of the observed time in which the service answered.",
        ),
    ]
    probe_interval_ms: Annotated[
        Number | None,
        figure(
            label="Time between two probes",
            subject="The time between two probes",
            setting=True,
            meaning="Time between two probes, as agreed at setup.",
        ),
    ]
    probes: Annotated[
        Count | None,
        figure(
            label="Probes made",
            meaning="Probes that were made and written down.",
            why="A share of missing probes says nothing without their number.",
            how="Lines of the journal; while the service is down it is asked more often.",
            not_proved="That they were evenly spread: gaps are counted in probes_missing.",
        ),
    ]
    probes_missing: Annotated[
        Count | None,
        figure(
            label="Probes missing",
            counts=("probe missing", "probes missing"),
            meaning="Probes that the gaps between two others had room for.",
        ),
    ]
    downtime_seconds: Annotated[
        Number | None,
        figure(
            label="Downtime, seconds",
            meaning=(
                "Time from the last probe that was answered to the next one, over all outages and reboots."
            ),
            why="Gate D allows 43 minutes of it in thirty days.",
            how="The clock since boot; over a reboot of the observing machine the wall clock.",
            not_proved=(
                "When, between two probes, an outage began and ended: the time between them counts as "
                "a whole."
            ),
        ),
    ]
    restarts: Annotated[
        Count | None,
        figure(
            label="Restarts of the prober",
            meaning="How often the prober was started again, after reboots too.",
            why="Each of them is a gap, short or long.",
            how="Start lines in the journal, less the first.",
            not_proved="Why it ended.",
        ),
    ]
    clock_jumps: Annotated[
        Count | None,
        figure(
            label="Clock steps",
            meaning=("How often the wall clock was stepped by more than 2 s against the clock since boot."),
            why="A clock that is set forward must not make days of minutes.",
            how="Both clocks of every line of the journal; the interval of a step does not count.",
            not_proved="Steps while the machine was off.",
        ),
    ]
    chain_intact: Annotated[
        bool | None,
        figure(
            label="Journal intact",
            asks="chain_intact",
            broken="chain_intact was false: the journal was changed or cut off",
            meaning="Whether the journal is whole, each line following from the one before it.",
        ),
    ]
    anchored: Annotated[
        str | None,
        figure(
            label="Anchored to",
            meaning=(
                "Where the daily digests of the journal were put; self-reported where not all of them were."
            ),
            why="Whoever owns the machine could write a whole new journal.",
            how=("A command given at setup, or noted by hand; each anchor names the digest of its day."),
            not_proved="That the anchor is there: look it up, and compare it with the journal.",
        ),
    ]


class SoakObservations(Part, frozen=True, kw_only=True):
    """What each finished day added, an element for each day (simulated ones in a compressed soak). An outage
    counts to the day in which it ended."""

    day_observed_hours: Annotated[
        MaybeNumbers,
        figure(label="Hours observed, each day", meaning="Hours of each day that count as time survived."),
    ] = UNSET
    day_downtime_seconds: Annotated[
        MaybeNumbers,
        figure(
            label="Downtime, each day, seconds",
            meaning="Seconds of each day in which the service did not answer, or nobody saw it.",
        ),
    ] = UNSET
    day_reboots: Annotated[
        MaybeCounts,
        figure(label="Reboots, each day", meaning="Reboots of the observing machine, each day."),
    ] = UNSET
    day_scheduled_failovers: Annotated[
        MaybeCounts,
        figure(label="Scheduled failovers, each day", meaning="Failovers that a round ordered, each day."),
    ] = UNSET
    day_unplanned_failovers: Annotated[
        MaybeCounts,
        figure(label="Unplanned failovers, each day", meaning="Failovers that nobody ordered, each day."),
    ] = UNSET
    day_clock_jumps: Annotated[
        MaybeCounts,
        figure(label="Clock steps, each day", meaning="Steps of the wall clock beyond 2 s, each day."),
    ] = UNSET


class SoakRecord(Record, frozen=True, kw_only=True):
    """A VAL18 report."""

    metrics: SoakMetrics
    observations: SoakObservations | None = None
