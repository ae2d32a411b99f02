"""VAL13, HA Failover Validation."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL13",
    stem="failover",
    folder="val13",
    name="HA Failover Validation",
    rules="haproof.kinds.failover.checks",
    recount="haproof.kinds.failover.recount",
    view="haproof.kinds.failover.view",
    making="haproof.kinds.failover.making",
    about=Words(
        meaning="SIGTERM and SIGKILL leader failover within 5 s, and no acknowledged row lost.",
        why="Losing its leader is the most common thing that happens to a control plane.",
        how="Two nodes on one PostgreSQL; the leader is ended again and again while a writer goes on.",
        not_proved="Failover of PostgreSQL itself, partitions, many writers at once, days of running.",
    ),
)
