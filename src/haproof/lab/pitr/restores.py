"""Every restore of a run: what should succeed, what PostgreSQL refuses, and what only the procedure notices.

Each step can be taken alone: the tests take those that a bad procedure gets wrong.
"""

import contextlib
import shutil
from pathlib import Path

import psycopg

from haproof.core.histories.point_in_time_lines import Found, Inspected, Listed, Opened, Restore, Until, Wrote
from haproof.lab.ground import passable
from haproof.lab.pitr.archive import digest
from haproof.lab.pitr.copy import Copy
from haproof.lab.pitr.primary import Left, list_archive
from haproof.lab.pitr.procedure import Procedure
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.pitr.writers import ROWS, STORED
from haproof.lab.postgres import Session
from haproof.lab.scenario import Stage

ARCHIVER_SECONDS = 2.0
DAMAGED_BYTES = 4096


class Restores:
    """Restores by one procedure of what is left of a primary, in a folder of their own."""

    def __init__(self, stage: Stage, raw: RawFile, procedure: Procedure, left: Left, place: str) -> None:
        self._stage = stage
        self._raw = raw
        self._procedure = procedure
        self._left = left
        self._work = passable(stage.work / place)

    def verify_backups(self) -> None:
        """Every backup against its manifest, unless the tool that made it does that when it looks at all."""
        self._stage.step("compare the backups with their manifests")
        for name in self._left.manifests:
            if self._procedure.label(name) is None:
                self._verify(name, self._left.backups / name)

    def to_moment(self) -> None:
        """To T, from the base backup, whose copy is then written to, and from the combined one."""
        self._stage.step("restore to the moment T")
        self._restore("time", "base", "kept", "time", write_to_it=True)
        if self._left.newest != "base":
            self._restore("time-incremental", self._left.newest, "kept", "time")

    def to_end(self) -> None:
        """To the end of the archive, looked at first."""
        self._stage.step("restore to the end of the archive")
        self._inspect("kept", self._left.archive)
        self._restore("end", "base", "kept", "end")

    def beyond_end(self) -> None:
        """To a moment that the archive does not reach."""
        self._stage.step("try a moment beyond the end of the archive")
        self._restore("future", "base", "kept", "future")

    def damaged_segment(self) -> None:
        """One segment before T has other bytes in its middle."""
        folder = self._copied_archive("damaged")
        path = self._procedure.segment(folder, self._left.victim)
        if path.exists():  # an archive that lost it by itself is damaged enough
            with open(path, "r+b") as stream:
                stream.seek(max(path.stat().st_size // 2 - DAMAGED_BYTES, 0))
                stream.write(self._stage.random.randbytes(DAMAGED_BYTES))
        self._stage.journal.act("archive.damage_segment", segment=self._left.victim)
        self._both_ways("damaged", folder)

    def missing_segment(self) -> None:
        """One segment before T is not there; and, only looked at, the last one."""
        folder = self._copied_archive("missing")
        self._procedure.segment(folder, self._left.victim).unlink(missing_ok=True)
        self._stage.journal.act("archive.remove_segment", segment=self._left.victim)
        shorter = self._copied_archive("missing-last")
        self._procedure.segment(shorter, self._left.last).unlink(missing_ok=True)
        self._inspect("missing-last", shorter)
        self._both_ways("missing", folder)

    def damaged_base(self) -> None:
        """One flipped bit in the largest table: PostgreSQL would start, and fail when the page is read."""
        self._stage.step("restore a damaged base backup")
        folder = self._work / "damaged-base"
        source = self._left.backups / "base"
        shutil.copytree(source if source.exists() else self._left.archive, folder, symlinks=True)
        files = (path for path in self._procedure.tables(folder) if path.is_file())
        victim = max(files, key=lambda path: path.stat().st_size)
        with open(victim, "r+b") as stream:
            stream.seek(victim.stat().st_size // 2)
            byte = stream.read(1)[0]
            stream.seek(-1, 1)
            stream.write(bytes([byte ^ 1]))
        self._stage.ground.rung.give(folder)
        self._stage.journal.act("backup.damage", file=str(victim.relative_to(folder)))
        began_ms = self._raw.ms()
        if self._procedure.label("base") is None:
            self._verify("damaged-base", folder)
        faults = self._raw.history().faults("damaged-base")
        if not faults:
            self._restore("damaged-base", "damaged-base", "kept", "end")
            return
        self._raw.write(
            Restore(
                t_ms=self._raw.ms(),
                restore="damaged-base",
                backup="damaged-base",
                archive="kept",
                until="end",
                began_ms=began_ms,
                refused_by="procedure",
                words=faults[0],
            )
        )

    def _both_ways(self, name: str, folder: Path) -> None:
        """With a target, where PostgreSQL refuses, and without, where it opens and says nothing."""
        self._inspect(name, folder)
        list_archive(self._raw, name, self._procedure.listing(folder))
        self._stage.step(f"restore with a {name} segment, to T")
        self._restore(f"{name}-time", "base", name, "time")
        self._stage.step(f"restore with a {name} segment, to the end")
        self._restore(f"{name}-end", "base", name, "end")

    def _verify(self, name: str, folder: Path) -> None:
        """Write down what the manifest lists and what is there."""
        manifest = self._procedure.manifest(folder)
        t_ms = self._raw.ms()
        lines: list[Listed | Found] = [
            Listed(
                t_ms=t_ms,
                backup=name,
                path=one.path,
                size=one.size,
                algorithm=one.algorithm,
                checksum=one.checksum,
            )
            for one in manifest.files
        ]
        lines += [
            Found(t_ms=t_ms, backup=name, path=one.path, size=one.size, checksum=one.checksum)
            for one in self._procedure.files(folder, manifest)
        ]
        self._raw.write(*lines)

    def _inspect(self, name: str, folder: Path) -> None:
        """Look at an archive before a restore to its end."""
        left = self._left
        base = left.manifests["base"]
        found = self._procedure.inspect(self._stage.ground, folder, base, left.last, left.segments)
        self._raw.write(
            Inspected(
                t_ms=self._raw.ms(),
                archive=name,
                missing=found.missing,
                unreadable=found.unreadable,
                verify=found.verify,
                verify_status=found.verify_status,
            )
        )
        self._stage.journal.saw("archive inspected", archive=name, fault=found.fault)

    def _restore(
        self, name: str, backup: str, archive: str, until: Until, *, write_to_it: bool = False
    ) -> None:
        """Restore, and see what comes of it: PostgreSQL's own refusal, or the rows of the copy."""
        left = self._left
        folder = left.archive if archive == "kept" else self._work / f"archive-{archive}"
        time = left.future if until == "future" else left.moment
        before = digest(self._procedure.listing(left.archive))
        source = self._work / backup if backup == "damaged-base" else left.backups / backup
        began_ms = self._raw.ms()
        copy = Copy(
            self._stage.ground,
            self._work,
            name,
            lambda server: self._procedure.lay(server, source, folder, until, time),
            self._procedure.prefix,
        )
        self._stage.journal.act("restore", restore=name, backup=backup, archive=archive, until=until)
        words = copy.refused or copy.recover(self._stage.waits)
        self._raw.write(
            Restore(
                t_ms=self._raw.ms(),
                restore=name,
                backup=backup,
                archive=archive,
                until=until,
                began_ms=began_ms,
                refused_by="procedure" if copy.refused else None if words is None else "PostgreSQL",
                words=words,
            )
        )
        if words is None:
            with contextlib.closing(copy.session()) as session:
                self._opened(copy, session)
                if write_to_it:
                    self._write_to(copy, session, before)
        copy.remove()

    def _opened(self, copy: Copy, session: Session) -> None:
        rows: list[int] = []
        stored = None
        try:
            rows = [int(row[0]) for row in session.execute(ROWS).fetchall()]
            stored = session.execute(STORED).fetchone()
        except psycopg.errors.DataCorrupted as fault:
            # It opened, and what it opened cannot be read: no row came back. That is the system's, not ours.
            self._stage.journal.saw("restored copy that cannot be read", restore=copy.name, fault=str(fault))
        opening = copy.opening()
        self._raw.write(
            Opened(
                t_ms=self._raw.ms(),
                restore=copy.name,
                timeline=opening.timeline,
                stopped_at=opening.stopped_at,
                stop_reason=opening.stop_reason,
                end=self._procedure.archive_end(self._left.last, self._left.segments),
                stored=int(stored[0]) if stored is not None else 0,
                rows=rows,
            )
        )

    def _write_to(self, copy: Copy, session: Session, before: str) -> None:
        """The copy is a database of its own now: a write to it must not reach the archive."""
        acknowledged = False
        mode = session.execute(b"show archive_mode").fetchone()
        with contextlib.suppress(psycopg.Error):
            session.execute(b"create table pitr_copy as select 1 as written")
            acknowledged = True
            copy.end_segment(session, ARCHIVER_SECONDS)
        self._raw.write(
            Wrote(
                t_ms=self._raw.ms(),
                restore=copy.name,
                acknowledged=acknowledged,
                archive_mode=str(mode[0]) if mode is not None else "",
                archive_before=before,
                archive_after=digest(self._procedure.listing(self._left.archive)),
            )
        )

    def _copied_archive(self, name: str) -> Path:
        folder = self._work / f"archive-{name}"
        shutil.copytree(self._left.archive, folder)
        folder.chmod(0o711)
        self._stage.ground.rung.give(folder)
        return folder
