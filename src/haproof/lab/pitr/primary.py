"""A primary that archives its WAL, is backed up under load, and is then lost: what is left of it."""

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from haproof.core.histories.point_in_time import position
from haproof.core.histories.point_in_time_lines import Archived, Backup, Target
from haproof.errors import LabError
from haproof.lab.ground import ADMIN, passable
from haproof.lab.pitr.archive import Segments, setting, text
from haproof.lab.pitr.manifest import Manifest
from haproof.lab.pitr.procedure import Procedure
from haproof.lab.pitr.raw_file import RawFile
from haproof.lab.pitr.writers import TABLE, Writers, write
from haproof.lab.postgres import Server, Session
from haproof.lab.scenario import Stage

SEGMENT_MEGABYTES = 1
"""Small segments, so that a short run fills several; the primary is told so before its first start."""

STEPS = {
    "base": "take a base backup",
    "incremental": "take an incremental backup",
    "combined": "combine both backups",
}
WARM_UP_SECONDS = 1.0
SEGMENTS_BEFORE_T = 3
SEGMENTS_AFTER_T = 2
FILL_SECONDS = 60.0
ARCHIVE_SECONDS = 30.0
POLL_SECONDS = 0.05
LAST_ROW = 1
MOMENT = b"""
select clock_timestamp()::text, pg_current_wal_insert_lsn()::text,
       (clock_timestamp() + interval '1 day')::text
"""


@dataclass(frozen=True)
class Left:
    """What is left of a primary: its backups, its archive, and what is known of them.

    `moment` is T, `future` a moment after the end of the archive; `last` is the last segment that was
    archived, `victim` one between the newest backup and T.
    """

    archive: Path
    backups: Path
    manifests: dict[str, Manifest]
    segments: Segments
    moment: str
    future: str
    last: str
    victim: str

    @property
    def newest(self) -> str:
        """The backup that has most: the last one."""
        return list(self.manifests)[-1]


class Primary:
    """The primary of one run. `lose` is everything that is done with it."""

    def __init__(self, stage: Stage, raw: RawFile, procedure: Procedure, work: Path | None = None) -> None:
        self._stage = stage
        self._work = work or stage.work
        self._raw = raw
        self._procedure = procedure
        self._ground = stage.ground
        self._segments = Segments(SEGMENT_MEGABYTES << 20)
        self._archive = self._folder("archive")
        self._backups = self._folder("backups")
        self._manifests: dict[str, Manifest] = {}
        self._server = self._created()

    def lose(self) -> Left:
        """Write, back up, go on writing past T, end the archive, kill the primary."""
        self._stage.step("start a primary that archives its WAL")
        self._server.start()
        with contextlib.closing(self._server.connect(ADMIN)) as session:
            session.execute(TABLE.encode())
            with Writers(self._raw, partial(self._server.connect, ADMIN)).writing():
                self._stage.waits.pause(WARM_UP_SECONDS)
                self._back_up()
                newest = list(self._manifests.values())[-1]
                moment, future = self._pass_moment(session, position(newest.end))
            last = self._end_archive(session)
        self._server.stop("immediate")
        self._stage.journal.act("database.stop", mode="immediate", server=self._server.name)
        list_archive(self._raw, "kept", self._procedure.listing(self._archive))
        victim = self._segments.name(newest.timeline, position(newest.end) + self._segments.size)
        return Left(
            self._archive, self._backups, self._manifests, self._segments, moment, future, last, victim
        )

    def _folder(self, name: str) -> Path:
        """A folder that PostgreSQL may write into."""
        folder = passable(self._work / name)
        self._ground.rung.give(folder)
        return folder

    def _created(self) -> Server:
        """Not started."""
        settings = {
            "archive_mode": "on",
            "archive_command": setting(self._procedure.archive_command(self._archive)),
            "max_wal_size": "512MB",
        } | self._procedure.primary_settings()
        server = Server.create(self._ground, self._work, f"{self._procedure.prefix}primary", settings)
        self._ground.tool("pg_resetwal", f"--wal-segsize={SEGMENT_MEGABYTES}", "-D", str(server.data))
        self._procedure.prepare(server, self._archive)
        return server

    def _back_up(self) -> None:
        """Every backup of the procedure, one after the other."""
        for name in self._procedure.backups():
            self._stage.step(f"{STEPS[name]} under load")
            began_ms = self._raw.ms()
            self._procedure.back_up(name, self._server, self._backups)
            self._backed_up(name, began_ms)

    def _backed_up(self, name: str, began_ms: float) -> None:
        ended_ms = self._raw.ms()
        self._manifests[name] = found = self._procedure.manifest(self._backups / name)
        self._stage.journal.act("backup", backup=name)
        self._raw.write(
            Backup(
                t_ms=ended_ms,
                backup=name,
                began_ms=began_ms,
                start=found.start,
                end=found.end,
                timeline=found.timeline,
                label=self._procedure.label(name),
            )
        )

    def _pass_moment(self, session: Session, backup_end: int) -> tuple[str, str]:
        """T, of the server's clock, with whole segments between it and the backup, and after it."""
        self._stage.step("write on, past the moment T")
        self._fill(session, backup_end + SEGMENTS_BEFORE_T * self._segments.size)
        asked_ms = self._raw.ms()
        row = session.execute(MOMENT).fetchone()
        if row is None:
            raise LabError("the primary gave no time")
        moment, lsn, future = (str(value) for value in row)
        self._raw.write(Target(t_ms=self._raw.ms(), asked_ms=asked_ms, time=moment, lsn=lsn))
        self._fill(session, position(lsn) + SEGMENTS_AFTER_T * self._segments.size)
        return moment, future

    def _fill(self, session: Session, lsn: int) -> None:
        """Wait until the writers have filled the WAL up to a position."""

        def there() -> bool | None:
            row = session.execute(b"select pg_current_wal_insert_lsn()::text").fetchone()
            return True if row is not None and position(str(row[0])) >= lsn else None

        what = f"the writers to fill the WAL up to {text(lsn)}"
        if self._stage.waits.until(what, FILL_SECONDS, there, every_s=POLL_SECONDS) is None:
            raise LabError(f"the writers did not fill the WAL up to {text(lsn)} within {FILL_SECONDS:g} s")

    def _end_archive(self, session: Session) -> str:
        """A last row, and its segment archived, by the archiver's own word. From here on the archive should
        have everything; the name of its last segment is what a restore procedure has to know."""
        write(self._raw, session, LAST_ROW)
        row = session.execute(b"select pg_walfile_name(pg_current_wal_lsn())").fetchone()
        last = str(row[0]) if row is not None else ""
        session.execute(b"select pg_switch_wal()")

        def archived() -> bool | None:
            found = session.execute(
                b"select last_archived_wal >= %s from pg_stat_archiver", (last,)
            ).fetchone()
            return True if found is not None and found[0] else None

        what = "the last WAL segment to be archived"
        seen = self._stage.waits.until(what, ARCHIVE_SECONDS, archived, every_s=POLL_SECONDS)
        self._stage.journal.saw("archiver", last=last, reported=seen is not None)
        return last


def list_archive(raw: RawFile, name: str, listed: Iterable[tuple[str, int, str]]) -> None:
    """Write down what an archive holds."""
    raw.write(
        *(
            Archived(t_ms=raw.ms(), archive=name, name=file, size=size, sha256=sha256)
            for file, size, sha256 in listed
        )
    )
