"""ZONES: how its evidence is made."""

from haproof.core.making import Blank, Making, Way

ZONES = Way(
    id="zones",
    title="Lose a whole zone",
    commands=("mkdir -p {part}/zones", "cp REPORT {part}/zones/zones-report.json"),
    needs="nodes in two zones or more, of which one may be lost",
    place="elsewhere",
    blanks=(Blank("REPORT", "the report that your own test of a lost zone wrote"),),
)

MADE = Making(way=ZONES, seconds=600, source="a guess, as this kind is a toy")
