"""Every limit, stated once: its value, its unit, and where it comes from."""

FAILOVER_MS = 5_000
"""SIGTERM, SIGKILL and each rapid cycle, milliseconds (VAL13, Gap HA-003)."""

RAPID_CYCLES = 3
"""Fewest rapid SIGTERM cycles in a failover report (VAL13 resilience check)."""

LOCK_TAKEOVER_SLACK_MS = 1_000
"""How long after its lock bound a hung leader may still be in place, milliseconds (evidence contract)."""

IDLE_READINGS = 10
"""Fewest readings of write_lag at rest (VAL14-02)."""

LIGHT_ROWS = 100
"""Rows of one round of the light load (VAL14)."""

LIGHT_ROW_BYTES = 500
"""Payload of one row of the light load, bytes (VAL14)."""

LIGHT_DRAIN_MS = 2_000
"""LSN gap drain after the light load, milliseconds (VAL14 workplan target)."""

HEAVY_ROWS = 500
"""Rows of one round of the heavy load (VAL14)."""

HEAVY_ROW_BYTES = 2_000
"""Payload of one row of the heavy load, bytes (VAL14)."""

HEAVY_DRAIN_MS = 5_000
"""LSN gap drain after the heavy load, milliseconds (VAL14 workplan target)."""

CATCH_UP_MS = 10_000
"""Drain of the backlog after the standby's return, milliseconds (VAL14-08)."""

BACKUP_MS = 30_000
"""Duration of a backup, milliseconds (VAL15 workplan target)."""

RESTORE_MS = 60_000
"""Duration of a restore, milliseconds (VAL15 workplan target)."""

LOSS_DETECTION_MS = 30_000
"""Quorum loss to detection, milliseconds (VAL17, Gap HA-004)."""

RECOVERY_MS = 30_000
"""PostgreSQL's start to recovery, milliseconds (VAL17, Gap HA-004)."""

LOSS_COUNT = 1
"""Fewest counted losses after one cycle (VAL17-08)."""

LOSS_COUNT_TWO_CYCLES = 2
"""Fewest counted losses after two cycles (VAL17-09)."""

PLANNED_GAP_MS = 10_000
"""Longest time without an acknowledged write in a planned failover, milliseconds (CLUSTER-03, Gate D)."""

UNPLANNED_GAP_MS = 60_000
"""The same in an unplanned one (CLUSTER-04 to -06): managed services publish 35 to 120 s."""

LEAST_MEMBERS = 2
"""Fewest members of a cluster (CLUSTER-01)."""

LEAST_WRITERS = 4
"""Fewest writers with an open connection (CLUSTER-01)."""

LEAST_READERS = 2
"""Fewest readers (CLUSTER-01)."""

CONTROL_WRITES = 100
"""Fewest acknowledged writes of the fault-free control (CLUSTER-01)."""

WINDOW_SECONDS = 21_600
"""One coherent evidence set: latest minus earliest timestamp, seconds, inclusive (seed §2: 6 hours)."""

CLOCK_SKEW_SECONDS = 300
"""How far evidence may lie ahead of the generation time, seconds (proof contract: 5 minutes)."""

CALIBRATION_HOURS = 24
"""How long a production primary's write_lag is sampled at least, hours (CALIBRATION-02)."""

CALIBRATION_VALUES = 1_000
"""Fewest values of write_lag that percentiles are taken from (CALIBRATION-03)."""

RECOVERY_AFTER_DATABASE_MS = 5_000
"""Protected writes after the database is ready again, milliseconds (RECOVERY-02)."""

RECOVERY_WITHOUT_PROMOTION_MS = 10_000
"""Protected writes after a fault of the database that promoted nobody, milliseconds (RECOVERY-02)."""

RECOVERY_NODE_CUT_SLACK_MS = 1_000
"""How long after the lock bound a cut-off node may still be in place, milliseconds (RECOVERY-03)."""

RECOVERY_NODE_KILL_MS = 5_000
"""Protected writes after a node is killed, milliseconds (RECOVERY-03)."""
