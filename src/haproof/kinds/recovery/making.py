"""RECOVERY: how its evidence is made."""

from haproof.core.making import Making
from haproof.kinds.ways import CLUSTERS

MADE = Making(way=CLUSTERS, seconds=240, source="five faults on a quiet machine of two cores")
