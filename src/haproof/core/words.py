"""What the figures of the five slices are called in a sentence; any other is called by its name."""

SUBJECTS = {
    "sigterm_failover_ms": "SIGTERM failover",
    "sigterm_trials_ms": "SIGTERM failover",
    "sigterm_accepting_trials_ms": "SIGTERM to the first write acknowledged after it",
    "sigkill_failover_ms": "SIGKILL failover",
    "sigkill_trials_ms": "SIGKILL failover",
    "sigkill_accepting_trials_ms": "SIGKILL to the first write acknowledged after it",
    "unobserved_takeover_ms": "Takeover after a kill while nobody asked the nodes anything",
    "rapid_cycle_ms": "Rapid SIGTERM failover",
    "hung_leader_failover_ms": "Replacing a hung leader",
    "lock_bound_ms": "Lock bound",
    "probe_rows_readable": "Acknowledged probe rows that could be read before the fault",
    "pg_crash_noticed_ms": "PostgreSQL's end noticed by the nodes",
    "leader_back_ms": "Leader back after PostgreSQL came back",
    "leaders": "Leaders at the start",
    "epochs": "Epochs",
    "nodes_rejoined": "Killed nodes that rejoined",
    "idle_p95_ms": "Idle write_lag p95",
    "light_p95_ms": "write_lag p95 under the light load",
    "light_drain_ms": "Drain after the light load",
    "light_row_bytes": "Bytes per row of the light load",
    "heavy_p99_ms": "write_lag p99 under the heavy load",
    "heavy_drain_ms": "Drain after the heavy load",
    "heavy_row_bytes": "Bytes per row of the heavy load",
    "catch_up_ms": "The standby's catch-up after its return",
    "healthy_ms": "The producer's healthy threshold",
    "degraded_ms": "The producer's degraded threshold",
    "alert_ms": "The producer's alert threshold",
    "baseline_state": "The standby's state at the start",
    "quorum_with_standby": "Quorum health with the standby",
    "quorum_without_standby": "Quorum health without the standby",
    "quorum_after_return": "Quorum health after the standby's return",
    "standby_rows": "Rows on the standby",
    "primary_digest": "The digest of the primary's rows",
    "standby_digest": "The digest of the standby's rows",
    "backup_ms": "Backup",
    "restore_ms": "Restore",
    "checksum_cli": "The SHA-256 that the command line printed",
    "checksum_file": "The SHA-256 of the archive file",
    "metadata_status": "The backup's status in its metadata",
    "metadata_bytes": "The backup's size in its metadata",
    "metadata_checksum": "The backup's checksum in its metadata",
    "file_bytes": "The size of the archive file",
    "backup_bytes": "The size of the archive in bytes",
    "inventory_counts": "Listed backups after each step",
    "audit_events": "Audit events",
    "baseline_risk": "Split-brain risk at the start",
    "divergence_risk": "Split-brain risk under injected epoch divergence",
    "ghost_risk": "Split-brain risk under unclosed ghost epochs",
    "recovered_risk": "Split-brain risk after promote-leader",
    "ghost_cleared_risk": "Split-brain risk after the ghost epochs were resigned",
    "repeated_risks": "Split-brain risk on repeated requests",
    "final_risk": "Split-brain risk at the end",
    "final_leaders": "Leaders at the end",
    "user_rows_after": "User rows after the recovery",
    "epoch_before_recovery": "Highest epoch before the recovery",
    "epoch_after_recovery": "Epoch after the recovery",
    "baseline_quorum": "Quorum health at the start",
    "loss_detection_ms": "Loss detection",
    "loss_detection_trials_ms": "Loss detection",
    "recovery_ms": "Recovery after the loss",
    "recovery_trials_ms": "Recovery after the loss",
    "quorum_loss_reason": "The reason for the loss",
    "last_lost_at": "The time of the loss (last_lost_at)",
    "last_restored_at": "The time of the restoration (last_restored_at)",
    "loss_counts": "Counted losses after each cycle",
}
"""How a figure begins a sentence that goes on with `took`, `was` or a colon."""

COUNTED = {
    "data_loss_rows": ("acknowledged row lost", "acknowledged rows lost"),
    "rows_lost": ("acknowledged row lost", "acknowledged rows lost"),
    "rows_acknowledged": ("row acknowledged", "rows acknowledged"),
    "rows_acknowledged_early": (
        "row acknowledged before it could be read in the database",
        "rows acknowledged before they could be read in the database",
    ),
    "rows_refused_stored": ("refused row stored all the same", "refused rows stored all the same"),
    "rows_duplicated": ("row stored more than once", "rows stored more than once"),
    "rows_unexpected": ("stored row that nobody sent", "stored rows that nobody sent"),
    "non_holder_accepted": (
        "write acknowledged by a node that was no longer the leader",
        "writes acknowledged by a node that was no longer the leader",
    ),
    "epochs_shown_twice": ("epoch shown with two leaders", "epochs shown with two leaders"),
    "answers_invalid": (
        "answer of success that does not name the row it acknowledges",
        "answers of success that do not name the row they acknowledge",
    ),
    "unprovoked_changes": ("change of leader without a fault", "changes of leader without a fault"),
    "writes_acknowledged_during_loss": (
        "write acknowledged during the loss",
        "writes acknowledged during the loss",
    ),
    "nodes_healthy": ("node healthy at the start", "nodes healthy at the start"),
    "probe_rows_written": ("probe row written", "probe rows written"),
    "nodes_killed": ("node killed", "nodes killed"),
    "idle_n": ("idle reading taken", "idle readings taken"),
    "light_rows": ("row per round of the light load", "rows per round of the light load"),
    "heavy_rows": ("row per round of the heavy load", "rows per round of the heavy load"),
    "baseline_gap_bytes": (
        "byte not yet received by the standby at the start",
        "bytes not yet received by the standby at the start",
    ),
    "primary_rows": ("row on the primary", "rows on the primary"),
    "rows": ("row backed up", "rows backed up"),
    "archive_entries": ("entry listed in the archive", "entries listed in the archive"),
    "detection_writes": (
        "change made by asking for the split-brain risk",
        "changes made by asking for the split-brain risk",
    ),
    "dry_run_writes": ("change made by the dry run", "changes made by the dry run"),
    "user_rows_before": ("user row before the injections", "user rows before the injections"),
    "detected_loss_count": ("loss counted by the node", "losses counted by the node"),
}
"""What a number counts: one of it, and any other number of it."""

BROKEN = {
    "holder_agreed": (
        "whether the nodes agree on the leader at the start",
        "the nodes do not agree on the leader at the start",
    ),
    "stale_write_refused": (
        "whether a write of the replaced leader was refused",
        "a write of the replaced leader was accepted (must be refused)",
    ),
    "events_match": (
        "whether the audit events name the same epochs and leaders as the answers",
        "the audit events name other epochs or leaders than the answers",
    ),
    "probe_rows_intact": (
        "whether the probe rows were the same after PostgreSQL came back",
        "the probe rows differ after PostgreSQL came back (must be the same)",
    ),
    "final_healthy": (
        "whether the cluster was healthy at the end",
        "the cluster was not healthy at the end",
    ),
    "row_counts_match": (
        "whether row counts after the restore are those before the backup",
        "row counts after the restore differ from those before the backup",
    ),
    "payload_match": (
        "whether the content after the restore is that before the backup",
        "the content after the restore differs from that before the backup",
    ),
    "archive_rows_match": (
        "whether the archive, restored on its own, holds the rows that were backed up",
        "the archive, restored on its own, does not hold the rows that were backed up",
    ),
    "unconfirmed_restore_refused": (
        "whether a restore without confirmation was refused",
        "a restore without confirmation was accepted (must be refused)",
    ),
    "out_of_maintenance_restore_refused": (
        "whether a restore outside maintenance mode was refused",
        "a restore outside maintenance mode was accepted (must be refused)",
    ),
    "restore_beside_leader_refused": (
        "whether a restore while another node leads was refused",
        "a restore while another node leads was accepted (must be refused)",
    ),
    "database_unchanged_by_refusals": (
        "whether the refused restores left the database as it was",
        "a refused restore changed the database (must not)",
    ),
    "corrupt_restore_refused": (
        "whether a corrupted archive was refused",
        "a corrupted archive was accepted (must be refused)",
    ),
    "database_unchanged_by_corrupt": (
        "whether the corrupted archive left the database as it was",
        "a corrupted archive changed the database (must not)",
    ),
    "audit_follows_deeds": (
        "whether audit events follow what was done",
        "audit events do not follow what was done",
    ),
    "dry_run_accepted": (
        "whether the dry run of manual-reconcile was accepted",
        "the dry run of manual-reconcile was refused (must be accepted)",
    ),
    "user_data_intact": (
        "whether user data is the same after the recovery",
        "user data differs after the recovery (must be the same)",
    ),
    "final_write_accepted": (
        "whether a write at the end was accepted",
        "a write at the end was refused (must be accepted)",
    ),
    "write_block_active": (
        "write_block_active during the loss",
        "write_block_active was false during the loss (must be true)",
    ),
    "block_held": (
        "whether the write block was on throughout the loss",
        "the write block was off for a time during the loss (must be on throughout)",
    ),
    "can_accept_protected_writes": (
        "can_accept_protected_writes during the loss",
        "can_accept_protected_writes was true during the loss (must be false)",
    ),
    "protected_write_refused": (
        "whether a protected write during the loss was refused",
        "a protected write was accepted during the loss (must be refused)",
    ),
    "baseline_write_block": (
        "the write block before the loss",
        "the write block was on before the loss (must be off)",
    ),
    "after_write_block": (
        "the write block after recovery",
        "the write block was still on after recovery (must be off)",
    ),
    "after_can_accept": (
        "whether the node reports after recovery that it accepts protected writes",
        "after recovery the node reports that it cannot accept protected writes (must accept them)",
    ),
    "after_write_accepted": (
        "whether a write after recovery was accepted",
        "a write after recovery was refused (must be accepted)",
    ),
}
"""What a yes or no is about where it was not measured, and what it says where it is not the one asked for."""

TRIALS = {"rapid_cycle_ms": "cycles", "pg_crash_noticed_ms": "cases", "leader_back_ms": "cases"}
"""What the elements of an array are called where they are not trials."""
