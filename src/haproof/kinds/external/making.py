"""EXTERNAL: how its evidence is made: somebody else does the work, and signs."""

from haproof.kinds.ways import ATTESTED

MADE = ATTESTED
