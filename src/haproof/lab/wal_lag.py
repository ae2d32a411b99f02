"""Sampling `pg_stat_replication` honestly: a measurement counts once, when the lag itself changed.

The view repeats the last lag for seconds, so a reading is not a measurement; NULL means that nothing is in
flight. A sampler reads as fast as it is told to on a thread of its own, and keeps what changed.
"""

import threading
import time
from dataclasses import dataclass, field

import psycopg

from haproof.errors import LabError
from haproof.lab.measure import milliseconds
from haproof.lab.postgres import Server, Session

READ = b"""
select (extract(epoch from write_lag) * 1000)::float8, (extract(epoch from flush_lag) * 1000)::float8,
    (extract(epoch from replay_lag) * 1000)::float8,
    pg_wal_lsn_diff(pg_current_wal_insert_lsn(), replay_lsn)::bigint, state
from pg_stat_replication where application_name = %s
"""


@dataclass(frozen=True)
class Reading:
    """One row of the view: lags in milliseconds (None: nothing in flight), the gap to the insert position."""

    at_s: float
    write_ms: float | None
    flush_ms: float | None
    replay_ms: float | None
    gap_bytes: int | None
    state: str | None

    @property
    def lags(self) -> tuple[float | None, float | None, float | None]:
        """The three lags."""
        return self.write_ms, self.flush_ms, self.replay_ms


def read(session: Session, standby: str) -> Reading | None:
    """The standby's row as it is now; None while it is not connected."""
    row = session.execute(READ, (standby,)).fetchone()
    now = time.monotonic()
    if row is None:
        return None
    write, flush, replay = (None if lag is None else round(lag, 3) for lag in row[:3])
    return Reading(now, write, flush, replay, row[3], row[4])


class Distinct:
    """The measurements of one lag: every change to a value, and a value that comes back after NULL."""

    def __init__(self, sticky: float | None) -> None:
        """`sticky` is what the view shows before anything was measured; it counts for nothing."""
        self._last = sticky
        self.values: list[float] = []

    def saw(self, value: float | None) -> None:
        """One more reading."""
        if value is not None and value != self._last:
            self.values.append(value)
        self._last = value


@dataclass
class Lags:
    """What one phase of sampling came to.

    `kept` are, after what the view showed when the phase began, the readings in which any lag differed from
    the one before; all of them where `keep_all` asks for it.
    """

    readings: int = 0
    nulls: int = 0
    absent: int = 0
    largest_gap_bytes: int = 0
    write: Distinct = field(default_factory=lambda: Distinct(None))
    flush: Distinct = field(default_factory=lambda: Distinct(None))
    replay: Distinct = field(default_factory=lambda: Distinct(None))
    kept: list[Reading] = field(default_factory=list)
    keep_all: bool = False

    @classmethod
    def after(cls, first: Reading | None, keep_all: bool = False) -> "Lags":
        """An empty phase; what the view shows at its start is an old measurement, not one of this phase."""
        if first is None:
            first = Reading(time.monotonic(), None, None, None, None, None)
        write, flush, replay = (Distinct(lag) for lag in first.lags)
        return cls(write=write, flush=flush, replay=replay, kept=[first], keep_all=keep_all)

    def saw(self, reading: Reading | None) -> None:
        """One more reading (None: the standby is not connected)."""
        if reading is None:
            self.absent += 1
            return
        self.readings += 1
        self.nulls += reading.write_ms is None
        self.largest_gap_bytes = max(self.largest_gap_bytes, reading.gap_bytes or 0)
        self.write.saw(reading.write_ms)
        self.flush.saw(reading.flush_ms)
        self.replay.saw(reading.replay_ms)
        if self.keep_all or not self.kept or self.kept[-1].lags != reading.lags:
            self.kept.append(reading)

    def lines(self, phase: str, began_s: float) -> list[dict[str, object]]:
        """What was kept, as raw evidence; `ms` counts from `began_s`, `reading` numbers all readings."""
        return [
            ({"reading": number} if self.keep_all and number else {})
            | {
                "phase": phase,
                "ms": milliseconds(reading.at_s - began_s),
                "write_lag_ms": reading.write_ms,
                "flush_lag_ms": reading.flush_ms,
                "replay_lag_ms": reading.replay_ms,
                "gap_bytes": reading.gap_bytes,
            }
            for number, reading in enumerate(self.kept)
        ]


class Sampler:
    """Reads the view on a thread and a session of its own, while its block lasts."""

    def __init__(self, primary: Server, user: str, standby: str, every_s: float) -> None:
        self._standby = standby
        self._every_s = every_s
        self._session = primary.connect(user)
        self._ended = threading.Event()
        self._fault: psycopg.Error | None = None
        self._thread = threading.Thread(target=self._run, name="lag sampler", daemon=True)
        self.began_s = time.monotonic()
        self.lags = Lags.after(read(self._session, standby))

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._session.close()
        if self._fault is not None and kind is None:
            raise LabError(f"pg_stat_replication could not be read any longer: {self._fault}")

    @property
    def measured(self) -> int:
        """How many distinct values of write_lag so far."""
        return len(self.lags.write.values)

    def _run(self) -> None:
        try:
            while not self._ended.wait(self._every_s):
                self.lags.saw(read(self._session, self._standby))
        except psycopg.Error as fault:
            self._fault = fault
