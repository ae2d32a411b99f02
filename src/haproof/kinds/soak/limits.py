"""The limits of Gate D and of the observation that supports it (contract: VAL18)."""

GOAL_DAYS = 30
"""Days that GA-1 asks for."""

SCHEDULED_FAILOVERS = 3
"""Fewest scheduled failovers (Gate D)."""

FAILOVER_MS = 10_000
"""Each scheduled failover, milliseconds (Gate D)."""

UNPLANNED_MS = 60_000
"""Each unplanned failover, milliseconds; the limit of CLUSTER."""

UPTIME = 0.999
"""Part of the observed time in which the service answered (Gate D)."""

UPTIME_TOLERANCE = 1e-6
"""Up to which difference the uptime is the one that follows from downtime and days."""

PROBE_INTERVAL_MS = 10_000
"""Longest time between two probes: rounds alone would bound unavailability at 0.83 %."""

MISSING_PERCENT = 1
"""Largest part of the probes that may be missing, percent."""

ROUNDS_MADE = 0.99
"""Smallest part of the rounds that the observed days have room for."""
