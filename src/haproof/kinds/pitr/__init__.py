"""PITR, Point-in-Time Recovery."""

from haproof.core.figures import grouped
from haproof.core.kind import Closes, Kind
from haproof.core.words import Words
from haproof.kinds.pitr.checks import CHECKS
from haproof.kinds.pitr.record import PitrRecord
from haproof.kinds.pitr.recount import RECOUNTS


def _measured(record: PitrRecord) -> str | None:
    """What is known of the gap: the restore to a moment between writes."""
    metrics = record.metrics
    if metrics.rows_restored is None or metrics.restore_ms is None:
        return None
    within = "within" if metrics.restored_within_bounds else "NOT within"
    return (
        f"restored to a moment between writes in {grouped(metrics.restore_ms)} ms: "
        f"{grouped(metrics.rows_restored)} rows, {within} the bounds of what was acknowledged before it and "
        "sent before it"
    )


KIND = Kind(
    id="PITR",
    stem="pitr",
    folder="pitr",
    name="Point-in-Time Recovery",
    record=PitrRecord,
    checks=CHECKS,
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
    closes=(Closes(gap="GAP-6", measured=_measured),),
    recounts=RECOUNTS,
)
