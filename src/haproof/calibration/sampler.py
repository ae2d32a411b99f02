"""Twenty readings a second of `pg_stat_replication`, and what changed in them."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg

from haproof.calibration.samples_file import SamplesFile
from haproof.calibration.server import Connection, Lost, Server, usable
from haproof.core.histories.calibration import Lag, Sampled
from haproof.core.instant import format_instant
from haproof.errors import HaproofError, UsageError

READ = b"""
select pid, (extract(epoch from write_lag) * 1000)::float8 from pg_stat_replication
where state = 'streaming'
"""
EVERY_SECONDS = 0.05
LARGEST_STEP_SECONDS = 1.0
"""Two readings further apart leave a gap, which is not counted as sampled."""

MOST_IDLE_DAYS = 7
"""Days in which nothing was sampled, at most, between the first session and the one that goes on: beyond
that it is another calibration, and its report, dated by its last sample, would look as new as that."""

FLUSH_SECONDS = 5.0
LINE_SECONDS = 60.0
PATIENCE_SECONDS = 300.0
RETRY_SECONDS = 2.0


class Interrupted(HaproofError):
    """The server was lost for too long; what was measured is kept."""

    exit_status = 3


@dataclass
class _Minute:
    """What was sampled since the last line."""

    seconds: float = 0.0
    readings: int = 0
    nulls: int = 0
    standbys: int = 0


@dataclass
class Sampler:
    """Samples until the file holds `hours`; `say` is told what a person should know."""

    server: Server
    samples: SamplesFile
    hours: float
    say: Callable[[str], None]
    patience_s: float = PATIENCE_SECONDS
    every_s: float = EVERY_SECONDS
    _numbers: dict[int, int] = field(default_factory=dict, init=False)
    _last: dict[int, float | None] = field(default_factory=dict, init=False)
    _minute: _Minute = field(default_factory=_Minute, init=False)
    _sessions: int = field(default=0, init=False)
    _opening: str = field(default="", init=False)

    def run(self, opening: str = "") -> None:
        """`opening` is said once there is a server that can be used.

        Raises UsageError where the server is none that can be used, Interrupted where it stays away,
        OutputError; whatever ends it, what was measured is written.
        """
        self._opening = opening
        try:
            while not self._done:
                session = self._session()
                try:
                    self._sample(session)
                except (psycopg.Error, OSError) as fault:
                    self._end_minute()
                    self.say(f"lost the server ({self.server.words(fault)}); connecting again")
                finally:
                    session.close()
        finally:
            self._end_minute()

    @property
    def _done(self) -> bool:
        return self.samples.seconds + self._minute.seconds >= self.hours * 3600

    def _session(self) -> Connection:
        """A session with a server that can be used; a lost one is asked for again for a while."""
        deadline = time.monotonic() + self.patience_s
        while True:
            try:
                session = self.server.connect()
                try:
                    self._begin(session)
                except BaseException:
                    session.close()
                    raise
                return session
            except Lost as fault:
                if self._sessions == 0:
                    raise UsageError(f"the server cannot be reached: {fault}") from None
                if time.monotonic() >= deadline:
                    why = f"the server could not be reached for {self.patience_s:g} s ({fault})"
                    raise self._interrupted(why) from None
            time.sleep(min(RETRY_SECONDS, self.patience_s))

    def _interrupted(self, why: str) -> Interrupted:
        return Interrupted(
            f"{why}: {self.samples.seconds / 3600:.2f} of {self.hours:g} hours are kept; run the same "
            "command again to go on"
        )

    def _begin(self, session: Connection) -> None:
        """Raises UsageError where it is another server than before, or too long ago."""
        found = usable(session, need_standby=self._sessions == 0)
        if self.samples.identifier not in (None, found.system_identifier):
            raise UsageError(
                f"{self.samples.path.parent} holds a calibration of another server (system identifier "
                f"{self.samples.identifier}, this one has {found.system_identifier}): "
                "name another folder with --evidence"
            )
        if self._sessions == 0 and self.samples.idle_days(found.at) > MOST_IDLE_DAYS:
            raise UsageError(
                f"{self.samples.path.parent} holds a calibration that began {_day(self.samples.began)}, with "
                f"more than {MOST_IDLE_DAYS} days since then in which nothing was sampled: old samples and "
                "new ones are not mixed, so name another folder with --evidence"
            )
        if self._sessions == 0 and self._opening:
            self.say(self._opening)
        self._sessions += 1
        self.samples.identifier = found.system_identifier
        self.samples.add(found)
        self.samples.flush(sync=True)
        self._last.clear()

    def _sample(self, session: Connection) -> None:
        """Read until it is enough. The schedule is absolute: a slow reading does not shift the next one."""
        cursor = session.cursor(binary=True)
        began = before = flushed = lined = streamed = time.monotonic()
        turn = 0
        while not self._done:
            rows = cursor.execute(READ, prepare=True).fetchall()
            now = time.monotonic()
            self._saw(rows, now - before)
            before = now
            streamed = now if rows else streamed
            if now - streamed > self.patience_s:
                raise self._interrupted(f"no standby was connected for {self.patience_s:g} s")
            if now - lined >= LINE_SECONDS:
                lined = flushed = now
                self._end_minute()
            elif now - flushed >= FLUSH_SECONDS:
                flushed = now
                self.samples.flush()
            turn = max(turn + 1, int((now - began) / self.every_s) + 1)
            time.sleep(max(began + turn * self.every_s - time.monotonic(), 0))

    def _saw(self, rows: Sequence[tuple[Any, ...]], step_s: float) -> None:
        """One reading of the view."""
        minute = self._minute
        if step_s <= LARGEST_STEP_SECONDS and rows:
            minute.seconds += step_s
        minute.standbys = max(minute.standbys, len(rows))
        for pid, lag in rows:
            minute.readings += 1
            minute.nulls += lag is None
            value = None if lag is None else round(lag, 3)
            first = pid not in self._last
            if first or self._last[pid] != value:
                number = self._numbers.setdefault(pid, len(self._numbers) + 1)
                self.samples.add(Lag(standby=number, write_lag_ms=value, first=first))
                self._last[pid] = value

    def _end_minute(self) -> None:
        """Write down what was sampled since the last time."""
        minute, self._minute = self._minute, _Minute()
        if minute.readings:
            self.samples.add(
                Sampled(
                    at=format_instant(datetime.now(UTC)),
                    seconds=round(minute.seconds, 3),
                    readings=minute.readings,
                    nulls=minute.nulls,
                    standbys=minute.standbys,
                )
            )
        self.samples.flush(sync=True)


def _day(began: datetime | None) -> str:
    return "" if began is None else f"on {began:%Y-%m-%d}"
