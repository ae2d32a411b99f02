"""A copy restored from a backup and an archive: started, and watched until it takes writes or ends."""

import contextlib
import re
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from haproof.lab.ground import ADMIN, Ground, passable
from haproof.lab.measure import Waits
from haproof.lab.postgres import Server, Session

RECOVERY_SECONDS = 60.0
POLL_SECONDS = 0.02
RECOVERY_ENDED = re.compile(r"\{startup\}.*?\b(?:FATAL|PANIC): +(.*)")
"""A line of the process that recovers (`postgres.SETTINGS` puts the kind of process between braces). Sessions
that are turned away meanwhile, ours among them, end with FATAL too."""

STOPPING = re.compile(r"LOG: +(recovery stopping .*)")
HISTORY_LINE = re.compile(r"^\s*\d+\s+([0-9A-F]+/[0-9A-F]+)\s+(.*)$", re.MULTILINE)
LONGEST_WORDS = 300


@dataclass(frozen=True)
class Opening:
    """A copy that takes writes: its timeline, and where and why the recovery stopped on the one before."""

    timeline: int
    stopped_at: str
    stop_reason: str | None


class Copy:
    """One restored server in a folder of its own."""

    def __init__(
        self, ground: Ground, work: Path, name: str, lay: Callable[[Server], str | None], prefix: str = ""
    ) -> None:
        """`lay` makes its data folder, or says why it refuses to."""
        self._ground = ground
        self.name = name
        self.server = Server(ground, f"{prefix}copy-{name}", passable(work / f"copy-{name}"))
        ground.rung.give(self.server.folder)
        self.refused = lay(self.server)
        ground.rung.give(self.server.folder)

    def recover(self, waits: Waits) -> str | None:
        """Start it and wait: None once it takes writes, else PostgreSQL's last words.

        Raises LabError where it goes on recovering for longer than a minute.
        """
        self.server.launch()
        seen = waits.until(
            f"the restored copy {self.name} to take writes, or to end",
            RECOVERY_SECONDS,
            self._ended_or_open,
            every_s=POLL_SECONDS,
        )
        if seen is None:
            return f"still recovering after {RECOVERY_SECONDS:g} s; {self.server.log_tail()}"
        return seen.value or None

    def _ended_or_open(self) -> str | None:
        """Its last words once it has ended, an empty text once it takes writes."""
        if not self.server.running:
            return self._fatal()
        with contextlib.suppress(psycopg.OperationalError), self.session() as session:
            row = session.execute(b"select pg_is_in_recovery()").fetchone()
            return "" if row is not None and row[0] is False else None
        return None

    def session(self) -> Session:
        """A session of the superuser."""
        return self.server.connect(ADMIN)

    def _fatal(self) -> str:
        """What ended the recovery; the end of the log where it does not say."""
        return (why_recovery_ended(self._log()) or self.server.log_tail())[:LONGEST_WORDS]

    def _log(self) -> str:
        with contextlib.suppress(OSError):
            return self.server.log.read_text(encoding="utf-8", errors="replace")
        return ""

    def opening(self) -> Opening:
        """From the history file of its timeline, which PostgreSQL writes when a recovery ends."""
        files = sorted((self.server.data / "pg_wal").glob("*.history"))
        timeline = int(files[-1].stem, 16)
        lines = HISTORY_LINE.findall(files[-1].read_text(encoding="utf-8"))
        stopping = STOPPING.findall(self._log())
        reason = stopping[-1] if stopping else lines[-1][1]
        return Opening(timeline, lines[-1][0], reason[:LONGEST_WORDS])

    def end_segment(self, session: Session, seconds: float) -> None:
        """End the WAL segment, and give an archiver time to take it."""
        session.execute(b"select pg_switch_wal()")
        session.execute(b"checkpoint")
        ready = self.server.data / "pg_wal" / "archive_status"
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline and any(ready.glob("*.ready")):
            time.sleep(POLL_SECONDS)

    def remove(self) -> None:
        """End it and free its disk; its log stays."""
        self.server.stop("immediate")
        shutil.rmtree(self.server.data, ignore_errors=True)


def why_recovery_ended(log: str) -> str | None:
    """The last fatal line of the recovering process in a server's log."""
    found = RECOVERY_ENDED.findall(log)
    return found[-1] if found else None
