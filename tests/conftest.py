"""What holds for every test."""

from hypothesis import HealthCheck, settings

# How long an example takes says something of the machine and of what else runs on it, nothing of the program.
settings.register_profile("haproof", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("haproof")
