"""VAL16: how its evidence is made."""

from haproof.kinds.ways import of_a_slice

MADE = of_a_slice(seconds=4)
