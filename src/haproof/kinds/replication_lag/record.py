"""VAL14, HA Replication Lag Baseline: its figures and its observations."""

from typing import Annotated

from msgspec import UNSET, UnsetType

from haproof.core.described import Figure, figure
from haproof.core.record import (
    Count,
    Hex,
    Maybe,
    MaybeCount,
    MaybeNumbers,
    MaybeText,
    Number,
    Part,
    Record,
)


def _samples(phase: str, meaning: str, not_proved: str) -> Figure:
    """The values of one phase, as they are."""
    return figure(
        label=f"{phase} write_lag, distinct values",
        elements="values",
        meaning=f"Distinct values of write_lag {meaning}.",
        why="A percentile hides the shape of what it is taken from.",
        how="pg_stat_replication.write_lag each time it changed.",
        not_proved=not_proved,
    )


def _under_load(load: str) -> Figure:
    meaning = f"under the {load} load; raw, for the charts and for bounds"
    independent = "That the values are independent: those of one round follow the same burst."
    return _samples(f"{load.title()} load", meaning, independent)


class ReplicationLagMetrics(Part, frozen=True, kw_only=True):
    """Figures of VAL14; percentiles are nearest-rank over distinct values of write_lag."""

    idle_p95_ms: Annotated[
        Number | None,
        figure(
            label="Idle write_lag, p95",
            subject="Idle write_lag p95",
            meaning="95th percentile (nearest rank) of write_lag at rest, over readings.",
        ),
    ]
    light_p95_ms: Annotated[
        Number | None,
        figure(
            label="Light load write_lag, p95",
            subject="write_lag p95 under the light load",
            under=("light_rows", "light_row_bytes"),
            meaning="95th percentile (nearest rank) of write_lag under the light load.",
        ),
    ]
    light_drain_ms: Annotated[
        Number | None,
        figure(
            label="Drain after light load",
            subject="Drain after the light load",
            under=("light_rows", "light_row_bytes"),
            meaning="Time until the standby replayed everything after a light round; the worst.",
        ),
    ]
    heavy_p99_ms: Annotated[
        Number | None,
        figure(
            label="Heavy load write_lag, p99",
            subject="write_lag p99 under the heavy load",
            under=("heavy_rows", "heavy_row_bytes"),
            meaning="99th percentile (nearest rank) of write_lag under the heavy load.",
        ),
    ]
    heavy_drain_ms: Annotated[
        Number | None,
        figure(
            label="Drain after heavy load",
            subject="Drain after the heavy load",
            under=("heavy_rows", "heavy_row_bytes"),
            meaning="Time until the standby replayed everything after a heavy round; the worst.",
        ),
    ]
    light_rows: Annotated[
        Count | None,
        figure(
            label="Light load, rows a round",
            counts=("row per round of the light load", "rows per round of the light load"),
            meaning="Rows of one round of the light load: the unit of load, whatever the number of rounds.",
            why="A drain or a lag says nothing without the load that it follows.",
            how="Set by the slice's method and recorded.",
            not_proved="That production writes look like this.",
        ),
    ]
    light_row_bytes: Annotated[
        Count | None,
        figure(
            label="Light load, bytes a row",
            subject="Bytes per row of the light load",
            meaning=(
                "Payload bytes of one row of the light load: the unit of load, whatever the number of rounds."
            ),
            why="A drain or a lag says nothing without the load that it follows.",
            how="Set by the slice's method and recorded.",
            not_proved="That production writes look like this.",
        ),
    ]
    heavy_rows: Annotated[
        Count | None,
        figure(
            label="Heavy load, rows a round",
            counts=("row per round of the heavy load", "rows per round of the heavy load"),
            meaning="Rows of one round of the heavy load: the unit of load, whatever the number of rounds.",
            why="A drain or a lag says nothing without the load that it follows.",
            how="Set by the slice's method and recorded.",
            not_proved="That production writes look like this.",
        ),
    ]
    heavy_row_bytes: Annotated[
        Count | None,
        figure(
            label="Heavy load, bytes a row",
            subject="Bytes per row of the heavy load",
            meaning=(
                "Payload bytes of one row of the heavy load: the unit of load, whatever the number of rounds."
            ),
            why="A drain or a lag says nothing without the load that it follows.",
            how="Set by the slice's method and recorded.",
            not_proved="That production writes look like this.",
        ),
    ]
    idle_samples_ms: Annotated[
        MaybeNumbers,
        _samples("Idle", "at rest; raw, for the charts", "Readings that were NULL: they are counted apart."),
    ] = UNSET
    light_samples_ms: Annotated[MaybeNumbers, _under_load("light")] = UNSET
    heavy_samples_ms: Annotated[MaybeNumbers, _under_load("heavy")] = UNSET
    idle_n: Annotated[
        MaybeCount,
        figure(
            label="Idle readings",
            counts=("idle reading taken", "idle readings taken"),
            meaning="Readings taken at rest, each NULL one reading of 0.",
        ),
    ] = UNSET
    idle_null_samples: Annotated[
        MaybeCount,
        figure(
            label="Idle readings with nothing in flight",
            meaning="Readings at rest that were NULL: nothing was in flight.",
            why="A p95 of 0 out of nothing but NULLs says that there was no lag to measure.",
            how="PostgreSQL sets write_lag to NULL once the standby has confirmed everything.",
            not_proved="That the lag was 0 when something was in flight.",
        ),
    ] = UNSET
    light_n: Annotated[
        MaybeCount,
        figure(
            label="Light load, distinct values",
            meaning="Distinct values of write_lag under the light load: what its percentile is taken over.",
            why="A p99 of fewer than 100 values is their maximum, and is said to be.",
            how=(
                "pg_stat_replication repeats its last value for seconds, so a value counts once, when it "
                "changed."
            ),
            not_proved="That the values are independent: those of one round follow the same burst.",
        ),
    ] = UNSET
    heavy_n: Annotated[
        MaybeCount,
        figure(
            label="Heavy load, distinct values",
            meaning="Distinct values of write_lag under the heavy load: what its percentile is taken over.",
            why="A p99 of fewer than 100 values is their maximum, and is said to be.",
            how=(
                "pg_stat_replication repeats its last value for seconds, so a value counts once, when it "
                "changed."
            ),
            not_proved="That the values are independent: those of one round follow the same burst.",
        ),
    ] = UNSET
    light_wal_bytes: Annotated[
        MaybeCount,
        figure(
            label="Light load, WAL",
            meaning="Write-ahead log produced by the light load, bytes.",
            why="It is what really crosses to the standby; rows are only what was asked for.",
            how="Difference of the primary's LSN before and after.",
            not_proved="Network traffic: protocol and retransmissions are not in it.",
        ),
    ] = UNSET
    heavy_wal_bytes: Annotated[
        MaybeCount,
        figure(
            label="Heavy load, WAL",
            meaning="Write-ahead log produced by the heavy load, bytes.",
            why="It is what really crosses to the standby; rows are only what was asked for.",
            how="Difference of the primary's LSN before and after.",
            not_proved="Network traffic: protocol and retransmissions are not in it.",
        ),
    ] = UNSET
    flush_p95_ms: Annotated[
        Maybe,
        figure(
            label="flush_lag, p95",
            meaning="95th percentile of flush_lag: the standby has written the log to disk.",
            why="Only what is on the standby's disk survives the loss of both machines' memory.",
            how="pg_stat_replication.flush_lag, each change once.",
            not_proved="Durability of the standby's disk.",
        ),
    ] = UNSET
    replay_p95_ms: Annotated[
        Maybe,
        figure(
            label="replay_lag, p95",
            meaning=(
                "95th percentile of replay_lag: the standby has applied the log, which is the seed's "
                "apply_lag gap."
            ),
            why="Readers on the standby see a row only after replay.",
            how="pg_stat_replication.replay_lag, each change once.",
            not_proved="Replay under conflicting queries on the standby.",
        ),
    ] = UNSET
    visible_p95_ms: Annotated[
        Maybe,
        figure(
            label="Commit to visible on the standby, p95",
            meaning=(
                "95th percentile of the time from commit on the primary until a reader on the standby "
                "sees the row."
            ),
            why="It is the lag as a reader meets it, not as the server reports it.",
            how="A row is committed and the standby is asked until it is there.",
            not_proved="Visibility through a pool or a proxy.",
        ),
    ] = UNSET
    catch_up_ms: Annotated[
        Maybe,
        figure(
            label="Catch-up after the standby's return",
            subject="The standby's catch-up after its return",
            meaning="Time from the standby's start until it replayed the backlog of its absence.",
        ),
    ] = UNSET
    healthy_ms: Annotated[
        Maybe,
        figure(
            label="Producer's healthy threshold",
            subject="The producer's healthy threshold",
            setting=True,
            own_target=True,
            meaning="The healthy threshold as the producer derived it, milliseconds.",
        ),
    ] = UNSET
    degraded_ms: Annotated[
        Maybe,
        figure(
            label="Producer's degraded threshold",
            subject="The producer's degraded threshold",
            setting=True,
            own_target=True,
            meaning="The degraded threshold as the producer derived it, milliseconds.",
        ),
    ] = UNSET
    alert_ms: Annotated[
        Maybe,
        figure(
            label="Producer's alert threshold",
            subject="The producer's alert threshold",
            setting=True,
            own_target=True,
            meaning="The alert threshold as the producer derived it, milliseconds.",
        ),
    ] = UNSET


class ReplicationLagObservations(Part, frozen=True, kw_only=True):
    """Facts of VAL14 that no metric carries."""

    baseline_state: Annotated[
        MaybeText,
        figure(
            subject="The standby's state at the start",
        ),
    ] = UNSET
    baseline_gap_bytes: Annotated[
        MaybeCount,
        figure(
            counts=(
                "byte not yet received by the standby at the start",
                "bytes not yet received by the standby at the start",
            ),
        ),
    ] = UNSET
    quorum_with_standby: Annotated[
        MaybeText,
        figure(
            subject="Quorum health with the standby",
        ),
    ] = UNSET
    quorum_without_standby: Annotated[
        MaybeText,
        figure(
            subject="Quorum health without the standby",
        ),
    ] = UNSET
    quorum_after_return: Annotated[
        MaybeText,
        figure(
            subject="Quorum health after the standby's return",
        ),
    ] = UNSET
    primary_rows: Annotated[
        MaybeCount,
        figure(
            counts=("row on the primary", "rows on the primary"),
        ),
    ] = UNSET
    standby_rows: Annotated[
        MaybeCount,
        figure(
            subject="Rows on the standby",
        ),
    ] = UNSET
    primary_digest: Annotated[
        Hex | UnsetType | None,
        figure(
            subject="The digest of the primary's rows",
        ),
    ] = UNSET
    standby_digest: Annotated[
        Hex | UnsetType | None,
        figure(
            subject="The digest of the standby's rows",
        ),
    ] = UNSET


class ReplicationLagRecord(Record, frozen=True, kw_only=True):
    """A VAL14 report."""

    metrics: ReplicationLagMetrics
    observations: ReplicationLagObservations | None = None
