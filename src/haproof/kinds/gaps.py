"""The eight out-of-scope items of seed §1, in its order. Which kind measures one is said by the kind."""

from haproof.core.gap import Gap

GAPS: tuple[Gap, ...] = (
    Gap(
        id="GAP-1",
        title="30-day HA durability soak",
        why="Minutes of testing say nothing about leaks, drift and rare races that take days to show.",
        closed_by="VAL18: 30 days with >= 3 scheduled failovers, reported and judged",
    ),
    Gap(
        id="GAP-2",
        title="Streaming-replication promotion failover",
        why="When PostgreSQL's primary is lost, a standby must become primary; these slices never do that.",
        closed_by="A slice that promotes a standby under a real PostgreSQL HA configuration",
    ),
    Gap(
        id="GAP-3",
        title="Real network partitions",
        why="All faults here end or stop processes; a partition leaves both sides alive and apart.",
        closed_by="A slice that cuts links (network namespaces, iptables or tc) with writers on both sides",
    ),
    Gap(
        id="GAP-4",
        title="Concurrent-under-kill write requests",
        why="Many clients writing at the moment of a kill may meet races that one writer does not.",
        closed_by="A slice with many concurrent writers through each kill, every outcome accounted for",
    ),
    Gap(
        id="GAP-5",
        title="apply_lag measurement",
        why="write_lag says that the standby received the data, not that a reader there can see it.",
        closed_by="replay_lag measured beside write_lag (replay_p95_ms in VAL14)",
    ),
    Gap(
        id="GAP-6",
        title="PITR / WAL-based backup",
        why="VAL15 restores a dump: everything written after it is gone.",
        closed_by="A slice that restores to a point in time from archived WAL",
    ),
    Gap(
        id="GAP-7",
        title="Multi-AZ or multi-region topology",
        why="One machine or region fails as one; latencies between zones change every timing here.",
        closed_by="The same slices across zones, with their latencies recorded",
    ),
    Gap(
        id="GAP-8",
        title="Write-gate HTTP endpoint rejection test",
        why="A status field that says writes are blocked is not a write that was refused.",
        closed_by="A protected write sent over HTTP during the loss (protected_write_refused in VAL17)",
    ),
)
