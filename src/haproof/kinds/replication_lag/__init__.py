"""VAL14, HA Replication Lag Baseline."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL14",
    stem="replication_lag",
    folder="val14",
    name="HA Replication Lag Baseline",
    rules="haproof.kinds.replication_lag.checks",
    recount="haproof.kinds.replication_lag.recount",
    view="haproof.kinds.replication_lag.view",
    making="haproof.kinds.replication_lag.making",
    about=Words(
        meaning="The distribution of write_lag at rest and under two loads, and thresholds derived from it.",
        why="Lag is what a failover of the database would lose; alerts need a baseline to stand on.",
        how="A primary and a streaming standby; lag is read while prescribed loads are committed.",
        not_proved="Lag across a network or under production load; recalibrate the thresholds there.",
    ),
    alerts_by=("idle_p95_ms", "light_p95_ms"),
)
