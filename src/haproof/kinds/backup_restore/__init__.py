"""VAL15, Backup/Restore Validation."""

from haproof.core.kind import Kind
from haproof.core.words import Words

KIND = Kind(
    id="VAL15",
    stem="backup_restore",
    folder="val15",
    name="Backup/Restore Validation",
    rules="haproof.kinds.backup_restore.checks",
    recount="haproof.kinds.backup_restore.recount",
    view="haproof.kinds.backup_restore.view",
    making="haproof.kinds.backup_restore.making",
    about=Words(
        meaning="Backup and restore in time, an archive whose checksum holds, and a restore that is correct.",
        why="High availability copies mistakes to every node; only a backup brings the data back.",
        how="Back up, change and delete, restore, compare; restores that must be refused are tried.",
        not_proved="Point-in-time recovery, the time at production size, safe storage of the archive.",
    ),
)
