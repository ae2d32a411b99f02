"""How backups are taken, checked and restored. What a bad procedure does differently, the tests say here."""

import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from psycopg.conninfo import make_conninfo

from haproof.core.histories.point_in_time_lines import Until
from haproof.lab.ground import ADMIN, Ground
from haproof.lab.pitr import archive as wal_archive
from haproof.lab.pitr.archive import Inspection, Segments, setting
from haproof.lab.pitr.manifest import MANIFEST, Entry, Manifest, found_files, read_manifest
from haproof.lab.postgres import Server
from haproof.lab.secret import write_private

INCREMENTAL_SINCE = 17


class Procedure:
    """The procedure of the lab: PostgreSQL's own archiving and recovery, and two looks before it is trusted.

    1. A backup is restored only if every file is as its manifest says (`manifest`, `files`).
    2. An archive is restored to its end only if all of it is there and can be read (`inspect`), and the copy
       counts as complete only if the recovery stopped at the archive's end (`archive_end`).
    """

    prefix = ""
    """What the names of its servers begin with, so that their logs are told apart."""

    verify_method = "backup_manifest, SHA-256 of every file, read by haproof"

    def __init__(self, ground: Ground) -> None:
        self.ground = ground

    def archive_command(self, archive: Path) -> str:
        """The primary's `archive_command`."""
        return wal_archive.archive_command(archive)

    def prepare(self, server: Server, archive: Path) -> None:
        """What has to be done once before the primary archives; nothing here."""

    def backups(self) -> tuple[str, ...]:
        """The names of the backups, in the order in which they are taken."""
        return ("base", "incremental", "combined") if self._incremental else ("base",)

    @property
    def _incremental(self) -> bool:
        return self.ground.binaries.major >= INCREMENTAL_SINCE

    def primary_settings(self) -> dict[str, str]:
        """What backups need of the primary beyond an archive."""
        return {"summarize_wal": "on"} if self._incremental else {}

    def back_up(self, name: str, server: Server, backups: Path) -> None:
        """Take one: by pg_basebackup, without WAL, which comes from the archive; or combine two."""
        folder, base, incremental = (str(backups / one) for one in (name, "base", "incremental"))
        if name == "combined":
            self.ground.tool(
                "pg_combinebackup", base, incremental, "-o", folder, "--no-sync",
                "--manifest-checksums=SHA256",
            )  # fmt: skip
            return
        more = ("--incremental", f"{base}/{MANIFEST}") if name == "incremental" else ()
        self.ground.tool(
            "pg_basebackup", "-D", folder, "-d", self._conninfo(server, backups.parent), "-c", "fast",
            "-X", "none", "--no-sync", "--no-password", "--manifest-checksums=SHA256", *more,
        )  # fmt: skip

    def _conninfo(self, server: Server, work: Path) -> str:
        return make_conninfo(server.dsn(ADMIN, None), passfile=str(self.passfile(work)))

    def passfile(self, work: Path) -> Path:
        """The passwords, for a tool that runs as the account that PostgreSQL runs as."""
        path = work / "backup.pgpass"
        if not path.exists():
            write_private(path, self.ground.passfile_lines())
            self.ground.rung.give(path)
        return path

    def label(self, name: str) -> str | None:
        """What the tool calls a backup, where it verifies its backups by itself."""
        return None

    def manifest(self, backup: Path) -> Manifest:
        """What a backup should hold."""
        return read_manifest(backup)

    def files(self, backup: Path, manifest: Manifest) -> list[Entry]:
        """What it holds."""
        return list(found_files(backup, manifest))

    def tables(self, backup: Path) -> Iterable[Path]:
        """The files of a backup's tables."""
        return backup.glob("base/*/*")

    def listing(self, archive: Path) -> Iterator[tuple[str, int, str]]:
        """Name, size and SHA-256 of everything archived; a segment under its own name."""
        return wal_archive.listing(archive)

    def segment(self, archive: Path, name: str) -> Path:
        """The file of a segment, which may be missing."""
        return archive / name

    def inspect(
        self, ground: Ground, archive: Path, backup: Manifest, last: str, segments: Segments
    ) -> Inspection:
        """What is wrong with an archive."""
        return wal_archive.inspect(ground, archive, backup, last, segments)

    def archive_end(self, last: str, segments: Segments) -> str | None:
        """Where a complete recovery stops; None where nobody asks."""
        return wal_archive.text(segments.start(last) + segments.size)

    def lay(self, server: Server, backup: Path, archive: Path, until: Until, time: str | None) -> str | None:
        """Lay the data folder of a copy, not started; the words with which that is refused, else None."""
        shutil.copytree(backup, server.data, symlinks=True)
        server.data.chmod(0o700)
        (server.data / "recovery.signal").touch()
        server.configure(self.recovery_settings(archive, until, time))
        return None

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


def flat(text: str) -> str:
    """A tool's words on one line."""
    return re.sub(r"\s+", " ", text).strip()
