"""How backups are taken, checked and restored. What a bad procedure does differently, the tests say here."""

from pathlib import Path

from haproof.core.histories.point_in_time_lines import Until
from haproof.lab.ground import Ground
from haproof.lab.pitr import archive as wal_archive
from haproof.lab.pitr.archive import Inspection, Segments, setting
from haproof.lab.pitr.manifest import Entry, Manifest, found_files, read_manifest


class Procedure:
    """The procedure of the lab: PostgreSQL's own archiving and recovery, and two looks before it is trusted.

    1. A backup is restored only if every file is as its manifest says (`manifest`, `files`).
    2. An archive is restored to its end only if all of it is there and can be read (`inspect`), and the copy
       counts as complete only if the recovery stopped at the archive's end (`archive_end`).
    """

    verify_method = "backup_manifest, SHA-256 of every file, read by haproof"

    def archive_command(self, archive: Path) -> str:
        """The primary's `archive_command`."""
        return wal_archive.archive_command(archive)

    def manifest(self, backup: Path) -> Manifest:
        """What a backup should hold."""
        return read_manifest(backup)

    def files(self, backup: Path, manifest: Manifest) -> list[Entry]:
        """What it holds."""
        return list(found_files(backup, manifest))

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        """What is wrong with an archive."""
        return wal_archive.inspect(ground, archive, backup, last, segments)

    def archive_end(self, last: str, segments: Segments) -> str | None:
        """Where a complete recovery stops; None where nobody asks."""
        return wal_archive.text(segments.start(last) + segments.size)

    def recovery_settings(self, archive: Path, until: Until, time: str | None) -> dict[str, str]:
        """Settings of a restored copy. It must not archive: it would write into the archive that it is
        restored from."""
        settings = {
            "archive_mode": "off",
            "restore_command": setting(wal_archive.restore_command(archive)),
            "recovery_target_action": "promote",
        }
        if until != "end" and time is not None:
            settings["recovery_target_time"] = time
        return settings
