"""The times of VAL13, and the two counts of rows that make them worth something."""

from typing import Annotated

from msgspec import UNSET, Meta

from haproof.core.described import figure
from haproof.core.record import (
    Count,
    Maybe,
    MaybeNumbers,
    Number,
    Part,
)
from haproof.core.targets import RAPID_CYCLES


class FailoverTimes(Part, frozen=True, kw_only=True):
    """Times of VAL13. A single figure is the worst of its trials where trials are given."""

    sigterm_failover_ms: Annotated[
        Number | None,
        figure(
            label="SIGTERM graceful failover",
            subject="SIGTERM failover",
            trials="sigterm_trials_ms",
            polled=True,
            under=("poll_interval_ms",),
            meaning=(
                "Time from just before SIGTERM of the leader until the other node's status names a new "
                "holder; the worst of its trials."
            ),
        ),
    ]
    sigkill_failover_ms: Annotated[
        Number | None,
        figure(
            label="SIGKILL unplanned failover",
            subject="SIGKILL failover",
            trials="sigkill_trials_ms",
            polled=True,
            under=("poll_interval_ms",),
            meaning=(
                "Time from just before SIGKILL of the leader until the other node's status names a new "
                "holder; the worst of its trials."
            ),
        ),
    ]
    rapid_cycle_ms: Annotated[
        Annotated[list[Number | None], Meta(min_length=RAPID_CYCLES)] | None,
        figure(
            label="Rapid SIGTERM cycles",
            subject="Rapid SIGTERM failover",
            elements="cycles",
            polled=True,
            under=("poll_interval_ms",),
            meaning="Failover time of each of three or more SIGTERM cycles in a row.",
        ),
    ]
    data_loss_rows: Annotated[
        Count | None,
        figure(
            label="Acknowledged rows lost",
            counts=("acknowledged row lost", "acknowledged rows lost"),
            meaning=(
                "Acknowledged rows that are not there afterwards, or have another payload, over the whole "
                "slice."
            ),
        ),
    ]
    rows_acknowledged: Annotated[
        Count | None,
        figure(
            label="Rows acknowledged",
            counts=("row acknowledged", "rows acknowledged"),
            meaning="Rows whose write was acknowledged while the writer went on through every fault.",
            why="Zero lost of zero written proves nothing.",
        ),
    ]
    poll_interval_ms: Annotated[
        Number | None,
        figure(
            label="Status poll interval",
            setting=True,
            meaning="How often the follower's status is asked while a failover is awaited.",
            why="A failover time cannot be finer than the interval of its observer.",
            how="The lab's setting (50 ms unless the target file says otherwise), recorded with the figures.",
            not_proved="When the new leader really took over: that is the takeover time on its own clock.",
        ),
    ]
    sigterm_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGTERM failover, every trial",
            subject="SIGTERM failover",
            polled=True,
            under=("poll_interval_ms",),
            meaning="Failover time of every SIGTERM trial, in the order of the trials.",
        ),
    ] = UNSET
    sigkill_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGKILL failover, every trial",
            subject="SIGKILL failover",
            polled=True,
            under=("poll_interval_ms",),
            meaning="Failover time of every SIGKILL trial, in the order of the trials.",
        ),
    ] = UNSET
    sigterm_takeover_ms: Annotated[
        Maybe,
        figure(
            label="SIGTERM, by the new leader's clock",
            trials="sigterm_takeover_trials_ms",
            meaning=(
                "Time from just before SIGTERM until the new leader recorded its own acquisition; the "
                "worst of its trials."
            ),
            why="It shows the election without the poll that blurs a failover time.",
            how="The new leader's acquired_at minus the instant of the signal, both of one host's clock.",
            not_proved="What a client sees: that is the failover time and the gap between writes.",
        ),
    ] = UNSET
    sigkill_takeover_ms: Annotated[
        Maybe,
        figure(
            label="SIGKILL, by the new leader's clock",
            trials="sigkill_takeover_trials_ms",
            meaning=(
                "Time from just before SIGKILL until the new leader recorded its own acquisition; the "
                "worst of its trials."
            ),
            why="It shows the election without the poll that blurs a failover time.",
            how="The new leader's acquired_at minus the instant of the signal, both of one host's clock.",
            not_proved="What a client sees: that is the failover time and the gap between writes.",
        ),
    ] = UNSET
    sigterm_takeover_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGTERM, new leader's clock, every trial",
            meaning=(
                "Time from just before SIGTERM until the new leader recorded its own acquisition; every "
                "trial."
            ),
            why="It shows the election without the poll that blurs a failover time.",
            how="The new leader's acquired_at minus the instant of the signal, both of one host's clock.",
            not_proved="What a client sees: that is the failover time and the gap between writes.",
        ),
    ] = UNSET
    sigkill_takeover_trials_ms: Annotated[
        MaybeNumbers,
        figure(
            label="SIGKILL, new leader's clock, every trial",
            meaning=(
                "Time from just before SIGKILL until the new leader recorded its own acquisition; every "
                "trial."
            ),
            why="It shows the election without the poll that blurs a failover time.",
            how="The new leader's acquired_at minus the instant of the signal, both of one host's clock.",
            not_proved="What a client sees: that is the failover time and the gap between writes.",
        ),
    ] = UNSET
    write_gap_ms: Annotated[
        Maybe,
        figure(
            label="Longest gap between writes",
            meaning="Longest time between two acknowledged writes, over the failovers of the slice.",
            why="It is the outage as a client sees it.",
            how="The writer's own record of its acknowledgements, monotonic clock.",
            not_proved="The gap of clients with other time limits or without retries.",
        ),
    ] = UNSET
    hung_leader_failover_ms: Annotated[
        Maybe,
        figure(
            label="Hung leader (SIGSTOP) replaced",
            subject="Replacing a hung leader",
            polled=True,
            under=("lock_bound_ms",),
            meaning="Time from SIGSTOP of the leader until another node leads.",
        ),
    ] = UNSET
    lock_bound_ms: Annotated[
        Maybe,
        figure(
            label="Lock bound",
            subject="Lock bound",
            setting=True,
            meaning="How long the server lets a silent lock holder keep its lock before it ends the session.",
            why="A hung leader keeps its connection open, so only this bound ends its leadership.",
            how="The node's setting, recorded with the figures.",
            not_proved="That the bound is kept: that is hung_leader_failover_ms.",
        ),
    ] = UNSET
