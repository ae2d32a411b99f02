"""What each figure of the evidence is: the words that `haproof explain` and the generated documents show.

A figure that a check is tied to takes why, how and what it does not prove from that check's docstring, unless
it says so itself here.
"""

from msgspec import Struct


class About(Struct, frozen=True):
    """A figure in words; an empty part is the tied check's."""

    meaning: str
    why: str = ""
    how: str = ""
    not_proved: str = ""


def _load_size(load: str, what: str) -> About:
    return About(
        f"{what} of the {load} load: the unit of load, whatever the number of rounds.",
        "A drain or a lag says nothing without the load that it follows.",
        "Set by the slice's method and recorded.",
        "That production writes look like this.",
    )


def _count_of_values(load: str) -> About:
    return About(
        f"Distinct values of write_lag under the {load} load: what its percentile is taken over.",
        "A p99 of fewer than 100 values is their maximum, and is said to be.",
        "pg_stat_replication repeats its last value for seconds, so a value counts once, when it changed.",
        "That the values are independent: those of one round follow the same burst.",
    )


def _wal(load: str) -> About:
    return About(
        f"Write-ahead log produced by the {load} load, bytes.",
        "It is what really crosses to the standby; rows are only what was asked for.",
        "Difference of the primary's LSN before and after.",
        "Network traffic: protocol and retransmissions are not in it.",
    )


def _own_threshold(name: str) -> About:
    return About(f"The {name} threshold as the producer derived it, milliseconds.")


def _accepting(signal: str) -> About:
    return About(
        f"Time from just before {signal} until the first write acknowledged after it, every trial.",
        "A new leader that is named in a status answer and refuses writes is still an outage.",
        "Several writers go on through the fault; their own record of acknowledgements, monotonic clock.",
        "When the new leader could first have accepted a write: only when it first did.",
    )


def _takeover(signal: str, which: str) -> About:
    return About(
        f"Time from just before {signal} until the new leader recorded its own acquisition; {which}.",
        "It shows the election without the poll that blurs a failover time.",
        "The new leader's acquired_at minus the instant of the signal, both of one host's clock.",
        "What a client sees: that is the failover time and the gap between writes.",
    )


VAL13 = {
    "sigterm_failover_ms": About(
        "Time from just before SIGTERM of the leader until the other node's status names a new holder; the "
        "worst of its trials."
    ),
    "sigkill_failover_ms": About(
        "Time from just before SIGKILL of the leader until the other node's status names a new holder; the "
        "worst of its trials."
    ),
    "rapid_cycle_ms": About("Failover time of each of three or more SIGTERM cycles in a row."),
    "data_loss_rows": About(
        "Acknowledged rows that are not there afterwards, or have another payload, over the whole slice."
    ),
    "rows_acknowledged": About(
        "Rows whose write was acknowledged while the writer went on through every fault.",
        "Zero lost of zero written proves nothing.",
    ),
    "poll_interval_ms": About(
        "How often the follower's status is asked while a failover is awaited.",
        "A failover time cannot be finer than the interval of its observer.",
        "The lab's setting (50 ms unless the target file says otherwise), recorded with the figures.",
        "When the new leader really took over: that is the takeover time on its own clock.",
    ),
    "sigterm_trials_ms": About("Failover time of every SIGTERM trial, in the order of the trials."),
    "sigkill_trials_ms": About("Failover time of every SIGKILL trial, in the order of the trials."),
    "sigterm_takeover_ms": _takeover("SIGTERM", "the worst of its trials"),
    "sigkill_takeover_ms": _takeover("SIGKILL", "the worst of its trials"),
    "sigterm_takeover_trials_ms": _takeover("SIGTERM", "every trial"),
    "sigkill_takeover_trials_ms": _takeover("SIGKILL", "every trial"),
    "write_gap_ms": About(
        "Longest time between two acknowledged writes, over the failovers of the slice.",
        "It is the outage as a client sees it.",
        "The writer's own record of its acknowledgements, monotonic clock.",
        "The gap of clients with other time limits or without retries.",
    ),
    "hung_leader_failover_ms": About("Time from SIGSTOP of the leader until another node leads."),
    "lock_bound_ms": About(
        "How long the server lets a silent lock holder keep its lock before it ends the session.",
        "A hung leader keeps its connection open, so only this bound ends its leadership.",
        "The node's setting, recorded with the figures.",
        "That the bound is kept: that is hung_leader_failover_ms.",
    ),
    "stale_write_refused": About(
        "Whether the writes of a leader that is no longer one were refused: none of their rows exists."
    ),
    "rows_refused": About(
        "Writes that were refused with a reason, mostly while there was no leader.",
        "A refusal is honest: the client knows, and the row is not counted as acknowledged.",
        "The writer's count of answers other than 201.",
        "That clients retry a refused write.",
    ),
    "rows_unknown": About(
        "Writes whose outcome the client could not learn, because the connection ended before the answer.",
        "They may or may not be there, so they are neither lost nor acknowledged.",
        "The writer's count of requests without an answer.",
        "What became of them.",
    ),
    "sigterm_accepting_trials_ms": _accepting("SIGTERM"),
    "sigkill_accepting_trials_ms": _accepting("SIGKILL"),
    "unobserved_takeover_ms": About(
        "Time from just before a SIGKILL, after which nobody asked the nodes anything, until the new leader "
        "took over.",
        "A node that acts only when it is looked at passes every test that looks at it.",
        "Readers and writers pause for the target time; then the new leader's acquired_at, or the row that "
        "it left in the database, says when.",
        "A takeover seen from outside: the time is the new leader's word.",
    ),
    "rows_acknowledged_early": About(
        "Rows that were acknowledged and could not be read in the database at once.",
        "An acknowledgement before the commit is a promise that a crash breaks.",
        "Each acknowledged row is read at once by a session of the lab's own; a read that PostgreSQL did not "
        "answer does not count.",
        "Acknowledgements that come before the commit by less than the read takes.",
    ),
    "rows_refused_stored": About(
        "Rows that were refused (503, 421 or another 4xx) and are stored all the same.",
        "A client that is refused sends the write again, and then it is there twice.",
        "The whole table at the end against the answers. After 504, another 5xx or no answer a row may be "
        "there.",
    ),
    "rows_duplicated": About(
        "Ids that are stored more than once, and payloads that are stored under two ids.",
        "A write that is carried out twice is as wrong as one that is lost.",
        "The whole table at the end; every payload that the lab sends is used once.",
    ),
    "rows_unexpected": About(
        "Rows that are stored and that nobody sent.",
        "A system that invents rows cannot be trusted with real ones.",
        "The whole table at the end against everything that was sent, whatever was answered.",
    ),
    "non_holder_accepted": About(
        "Writes that were sent after the lab had seen the holder of a higher epoch, and acknowledged by "
        "another node.",
        "An old leader that lives on after a handover and goes on writing is a split brain.",
        "All through the slice the nodes that do not hold are written to; holders are those that status and "
        "write answers named, in the lab's own order.",
    ),
    "epochs_shown_twice": About(
        "Epochs that any status, write answer or event showed with two different holders.",
        "An epoch that two nodes held fences neither of them.",
        "Every epoch and holder that was ever shown to the lab.",
    ),
    "answers_invalid": About(
        "Answers of success that lack the contract's fields or name another row.",
        "They promise nothing, so they do not count as acknowledged.",
        "The fields of every answer of success against the row that was sent.",
        "That such a row was not stored.",
    ),
}

VAL14 = {
    "idle_p95_ms": About("95th percentile (nearest rank) of write_lag at rest, over readings."),
    "light_p95_ms": About("95th percentile (nearest rank) of write_lag under the light load."),
    "light_drain_ms": About("Time until the standby replayed everything after a light round; the worst."),
    "heavy_p99_ms": About("99th percentile (nearest rank) of write_lag under the heavy load."),
    "heavy_drain_ms": About("Time until the standby replayed everything after a heavy round; the worst."),
    "light_rows": _load_size("light", "Rows of one round"),
    "light_row_bytes": _load_size("light", "Payload bytes of one row"),
    "heavy_rows": _load_size("heavy", "Rows of one round"),
    "heavy_row_bytes": _load_size("heavy", "Payload bytes of one row"),
    "idle_samples_ms": About(
        "Distinct values of write_lag at rest; raw, for the charts.",
        "A percentile hides the shape of what it is taken from.",
        "pg_stat_replication.write_lag each time it changed.",
        "Readings that were NULL: they are counted apart.",
    ),
    "light_samples_ms": About(
        "Distinct values of write_lag under the light load; raw, for the charts and for bounds.",
        "A percentile hides the shape of what it is taken from.",
        "pg_stat_replication.write_lag each time it changed.",
        "That the values are independent: those of one round follow the same burst.",
    ),
    "heavy_samples_ms": About(
        "Distinct values of write_lag under the heavy load; raw, for the charts and for bounds.",
        "A percentile hides the shape of what it is taken from.",
        "pg_stat_replication.write_lag each time it changed.",
        "That the values are independent: those of one round follow the same burst.",
    ),
    "idle_n": About("Readings taken at rest, each NULL one reading of 0."),
    "idle_null_samples": About(
        "Readings at rest that were NULL: nothing was in flight.",
        "A p95 of 0 out of nothing but NULLs says that there was no lag to measure.",
        "PostgreSQL sets write_lag to NULL once the standby has confirmed everything.",
        "That the lag was 0 when something was in flight.",
    ),
    "light_n": _count_of_values("light"),
    "heavy_n": _count_of_values("heavy"),
    "light_wal_bytes": _wal("light"),
    "heavy_wal_bytes": _wal("heavy"),
    "flush_p95_ms": About(
        "95th percentile of flush_lag: the standby has written the log to disk.",
        "Only what is on the standby's disk survives the loss of both machines' memory.",
        "pg_stat_replication.flush_lag, each change once.",
        "Durability of the standby's disk.",
    ),
    "replay_p95_ms": About(
        "95th percentile of replay_lag: the standby has applied the log, which is the seed's apply_lag gap.",
        "Readers on the standby see a row only after replay.",
        "pg_stat_replication.replay_lag, each change once.",
        "Replay under conflicting queries on the standby.",
    ),
    "visible_p95_ms": About(
        "95th percentile of the time from commit on the primary until a reader on the standby sees the row.",
        "It is the lag as a reader meets it, not as the server reports it.",
        "A row is committed and the standby is asked until it is there.",
        "Visibility through a pool or a proxy.",
    ),
    "catch_up_ms": About("Time from the standby's start until it replayed the backlog of its absence."),
    "healthy_ms": _own_threshold("healthy"),
    "degraded_ms": _own_threshold("degraded"),
    "alert_ms": _own_threshold("alert"),
}

VAL15 = {
    "backup_ms": About("Wall time of one backup through the command line."),
    "restore_ms": About("Wall time of one restore through the command line."),
    "checksum_cli": About("SHA-256 that the command line printed for the backup."),
    "checksum_file": About("SHA-256 of the archive as the lab read it."),
    "row_counts_match": About("Whether every table has as many rows after the restore as before the backup."),
    "payload_match": About("Whether the content of every table equals that before the backup."),
    "rows": About(
        "Rows that were backed up.",
        "A duration says nothing without the size that it is for.",
        "Counted before the backup.",
        "The time at another size: it does not grow in proportion.",
    ),
    "backup_bytes": About(
        "Size of the archive, bytes.",
        "A duration says nothing without the size that it is for.",
        "The file's size after the backup.",
        "The size of the database: the archive is compressed and holds no indexes.",
    ),
    "archive_rows_match": About(
        "Whether the archive alone, restored by the lab into an empty database of its own, holds the rows.",
        "A restore into a database that still holds the rows does not show that the archive does.",
        "pg_restore by the lab; row counts and content digests against the state before the backup.",
        "That the node's own restore works (that is VAL15-06).",
    ),
}

VAL16 = {
    "baseline_risk": About("The split-brain risk that the leader reports before any injection."),
    "divergence_risk": About("The risk that it reports after its epoch was raised behind its back."),
    "ghost_risk": About("The risk that it reports while epochs stand open that nobody closed."),
    "recovered_risk": About("The risk that it reports after promote-leader."),
    "user_rows_before": About("Rows of user tables before the injections."),
    "user_rows_after": About("Rows of user tables after the recovery."),
    "user_data_intact": About("Whether the content of user tables is the same before and after."),
    "detection_ms": About(
        "Time from the injection until the node recorded that it detected the divergence.",
        "Until then nobody is warned.",
        "From the commit of the injected row until the audit event is there, monotonic clock.",
        "Detection of a split brain that nobody injected.",
    ),
    "recovery_ms": About(
        "Time from the recovery request until the risk is none again.",
        "The cluster is fenced until then.",
        "From the request to promote-leader until the leader answers none, monotonic clock.",
        "The time that an operator takes to decide.",
    ),
    "epoch_before_recovery": About(
        "The highest epoch that was shown or injected before promote-leader.",
        "A recovery must end above it, or a fenced leader could write again.",
        "Every status and split-brain answer, and the epochs that the lab itself injected.",
        "Epochs that were shown to nobody.",
    ),
    "epoch_after_recovery": About("The leader's epoch after promote-leader."),
}

VAL17 = {
    "loss_detection_ms": About(
        "Time from just before PostgreSQL's stop signal until the last node reports the loss; the worst of "
        "its trials."
    ),
    "recovery_ms": About(
        "Time from just before PostgreSQL's start until the last node reports health; the worst of its "
        "trials."
    ),
    "write_block_active": About("Whether the write block was on during the loss, at the node that led."),
    "can_accept_protected_writes": About(
        "Whether the node that led claimed, during the loss, to accept protected writes."
    ),
    "detected_loss_count": About("Losses that one node counted by the end of the slice."),
    "quorum_loss_reason": About("The reason for the loss in the node's own words."),
    "protected_write_refused": About(
        "Whether a protected write sent over HTTP during the loss was refused (the seed's write-gate gap)."
    ),
    "loss_detection_trials_ms": About("Loss detection of every cycle, in order."),
    "recovery_trials_ms": About("Recovery of every cycle, in order."),
    "writes_acknowledged_during_loss": About(
        "Writes that were sent after PostgreSQL's exit was seen, and acknowledged before the start command.",
        "There is no database that could hold them: such a row exists only in a buffer.",
        "Every node is written to through both outages.",
    ),
    "rows_lost": About(
        "Rows that were acknowledged before, during or after an outage, and are not there after the "
        "recovery.",
        "An acknowledgement is a promise, also across an outage.",
        "After each recovery the table is compared with what was acknowledged.",
    ),
    "loss_held_ms": About(
        "The longest outage of the slice: from PostgreSQL's end to the start command.",
        "A block that gives up after a while is found only by an outage that lasts longer.",
        "Monotonic clock of the lab.",
        "Behaviour in a longer outage.",
    ),
    "block_held": About(
        "Whether every answer of every node, from its detection to the start command, showed the write block "
        "on and no protected writes.",
        "A block that ends by itself while PostgreSQL is away is none.",
        "Every node is polled through both outages.",
        "A block that is off between two polls.",
    ),
}

METRICS = {"VAL13": VAL13, "VAL14": VAL14, "VAL15": VAL15, "VAL16": VAL16, "VAL17": VAL17}
"""Slice to figure to its words; a test holds this complete against the types."""
