"""PITR: how its evidence is made."""

from haproof.core.making import Making, Way
from haproof.kinds.ways import QUIET

ARCHIVE = Way(
    id="pitr",
    title="Restore to a point in time",
    commands=("haproof lab run --slices PITR --evidence {part}",),
    needs="a machine of its own for that time",
    place="lab",
)

MADE = Making(way=ARCHIVE, seconds=20, source=QUIET)
