"""CALIBRATION: alerting thresholds from the write_lag of a production primary."""

from typing import Annotated

from haproof.core.described import figure
from haproof.core.record import Count, Number, Part, Record


class CalibrationMetrics(Part, frozen=True, kw_only=True):
    """Figures of CALIBRATION. Percentiles are nearest-rank over values of write_lag, each counted once."""

    source: Annotated[
        str | None,
        figure(
            label="Server",
            meaning="Host and port of the server that was sampled; never a password.",
            why="Thresholds are those of one server and its standbys.",
            how="As the connection was made.",
            not_proved="That the server is the one that production uses.",
        ),
    ]
    hours: Annotated[
        Number | None,
        figure(
            label="Hours sampled",
            subject="The time sampled, in hours,",
            meaning="The time that readings cover; gaps between sessions do not count.",
        ),
    ]
    standbys: Annotated[
        Count | None,
        figure(
            label="Standbys",
            counts=("standby", "standbys"),
            meaning="The most standbys that streamed at a time.",
        ),
    ]
    distinct_values: Annotated[
        Count | None,
        figure(
            label="Values of write_lag",
            counts=("value of write_lag", "values of write_lag"),
            meaning="Values of write_lag, each counted once, when it changed.",
        ),
    ]
    null_samples: Annotated[
        Count | None,
        figure(
            label="Readings with nothing in flight",
            counts=("reading with nothing in flight", "readings with nothing in flight"),
            setting=True,
            meaning="Readings in which write_lag was NULL: nothing was in flight.",
            why="They show how much of the time the primary was idle.",
            how="Counted at every reading of every standby.",
            not_proved="That a standby was there all the time (that is hours).",
        ),
    ]
    p50_ms: Annotated[
        Number | None,
        figure(
            label="write_lag p50",
            subject="write_lag p50",
            meaning="Median of the values of write_lag (nearest rank).",
        ),
    ]
    p95_ms: Annotated[
        Number | None,
        figure(
            label="write_lag p95",
            subject="write_lag p95",
            own_target=True,
            meaning=("95th percentile of the values of write_lag (nearest rank): thresholds come from it."),
        ),
    ]
    p99_ms: Annotated[
        Number | None,
        figure(
            label="write_lag p99",
            subject="write_lag p99",
            own_target=True,
            meaning="99th percentile of the values of write_lag (nearest rank).",
        ),
    ]
    healthy_ms: Annotated[
        Number | None,
        figure(
            label="Healthy up to",
            subject="The healthy threshold",
            own_target=True,
            meaning="Up to here write_lag is healthy.",
        ),
    ]
    degraded_ms: Annotated[
        Number | None,
        figure(
            label="Degraded up to",
            subject="The degraded threshold",
            own_target=True,
            meaning="Above this the standby is far behind: alert.",
        ),
    ]
    alert_ms: Annotated[
        Number | None,
        figure(
            label="Alert threshold",
            subject="The alert threshold",
            own_target=True,
            meaning="Above this the alert comes at once.",
        ),
    ]
    in_recovery: Annotated[
        bool | None,
        figure(
            label="In recovery",
            asks="whether the server was a standby",
            broken="the server was a standby, which knows no lag of its own",
            meaning="Whether the server was a standby, which knows no lag of its own.",
        ),
    ]
    role_ok: Annotated[
        bool | None,
        figure(
            label="Role sees the lag",
            asks="whether the role sees pg_stat_replication in full",
            broken="the role does not see pg_stat_replication in full (grant it pg_monitor)",
            meaning="Whether the role sees pg_stat_replication in full (pg_monitor).",
        ),
    ]
    lab: Annotated[
        bool | None,
        figure(
            label="Server of a lab",
            asks="whether a lab started the server",
            broken="a lab started the server: its lag is not production's",
            meaning="Whether a lab started the server: such figures are not production's.",
        ),
    ]


class CalibrationRecord(Record, frozen=True, kw_only=True):
    """A CALIBRATION report."""

    metrics: CalibrationMetrics
