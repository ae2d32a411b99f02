"""PITR, Point-in-Time Recovery."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="PITR",
    stem="pitr",
    folder="pitr",
    name="Point-in-Time Recovery",
    rules="haproof.kinds.pitr.checks",
    recount="haproof.kinds.pitr.recount",
    view="haproof.kinds.pitr.view",
    making="haproof.kinds.pitr.making",
    about=Words(
        meaning="A base backup and archived WAL, restored to a moment between writes and to the end.",
        why=(
            "Replicas copy a mistake within milliseconds, and a nightly dump loses a day; only archived WAL "
            "brings back the minute before."
        ),
        how=(
            "A primary is written to, backed up, killed, and restored; then again with a damaged segment, a "
            "missing one, a target beyond the end and a damaged backup, which must be refused or noticed."
        ),
        not_proved="Restore time at production size, archives on other machines, the retention of backups.",
    ),
    role="beyond",
    max_age_days=90,
)
