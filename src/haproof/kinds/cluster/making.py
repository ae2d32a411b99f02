"""CLUSTER: how its evidence is made."""

from haproof.core.making import Making
from haproof.kinds.ways import CLUSTERS

MADE = Making(
    way=CLUSTERS,
    seconds=1_715,
    source="the times of its trials on a quiet machine of two cores: 27 trials, each held and healed",
    by_system=(("pg_auto_failover", 2_300), ("repmgr", 2_100)),
)
