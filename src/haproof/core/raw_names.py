"""The names of the raw files beside the slice reports, for who writes one and who derives its figures."""

WRITES = "writes.jsonl"
"""What clients sent to the nodes and were answered, and what the nodes showed."""

OPERATIONS = "operations.jsonl"
"""What clients sent to a cluster, or to a primary and its copies, and were answered."""

PGBACKREST = "pgbackrest.jsonl"
"""What clients sent to the primary that pgBackRest backed up, and what became of its copies."""

JOURNAL = "journal.jsonl"
"""What the lab, or a soak, did and saw."""

AUDIT = "audit.jsonl"
"""Deeds, and the readings of the audit trail before and after each."""

LAG_SAMPLES = "lag-samples.jsonl"
SAMPLES = "samples.jsonl"
"""Readings of pg_stat_replication: of the lab's standby, and of a production primary's."""
