"""A primary with its streaming standby, and the questions that a lag measurement asks of the two."""

import contextlib
import time

import psycopg

from haproof.lab.ground import ADMIN
from haproof.lab.measure import Seen, Waits, milliseconds
from haproof.lab.postgres import Server, Session
from haproof.lab.wal import inserted, replayed
from haproof.lab.wal_lag import Reading, read

DRAIN_EVERY_SECONDS = 0.002
CATCH_UP_EVERY_SECONDS = 0.01
PROBE = b"insert into haproof_lab.lag_probes values (%s)"
PROBE_VISIBLE = b"select 1 from haproof_lab.lag_probes where id = %s"


class ReplicaPair:
    """Both servers running, with a superuser's session on each; a context manager that closes the sessions.

    `standby.name` is the standby's `application_name`.
    """

    def __init__(self, primary: Server, standby: Server, waits: Waits) -> None:
        self.primary = primary
        self.standby = standby
        self._waits = waits
        self._sessions = contextlib.ExitStack()
        self._view = self.session(primary)
        self._replica = self.session(standby)

    def __enter__(self) -> "ReplicaPair":
        return self

    def __exit__(self, *_: object) -> None:
        self._sessions.close()

    def session(self, server: Server) -> Session:
        """One more session of the superuser, closed with the others."""
        return self._sessions.enter_context(contextlib.closing(server.connect(ADMIN)))

    def reading(self) -> Reading | None:
        """The standby's row of `pg_stat_replication`; None while it is not connected."""
        return read(self._view, self.standby.name)

    def streams(self) -> bool | None:
        """True once the standby's row says so."""
        reading = self.reading()
        return True if reading is not None and reading.state == "streaming" else None

    def nothing_in_flight(self) -> bool | None:
        """True once the standby is there and its write_lag is NULL."""
        reading = self.reading()
        return True if reading is not None and reading.write_ms is None else None

    def gap_bytes(self) -> int:
        """What the primary has made and the standby has not replayed yet."""
        return max(inserted(self._view) - replayed(self._replica), 0)

    def drained(self, what: str, seconds: float) -> Seen[int] | None:
        """Wait until the standby has replayed all that the primary has made by now."""
        since_s, end = time.monotonic(), inserted(self._view)

        def done() -> int | None:
            position = replayed(self._replica)
            return position if position >= end else None

        return self._waits.until(
            f"the standby to replay {what}", seconds, done, every_s=DRAIN_EVERY_SECONDS, since_s=since_s
        )

    def visible_after_ms(self, session: Session, probe: int, seconds: float) -> float | None:
        """Commit a row and ask the standby for it without a pause: milliseconds from acknowledgement to row.

        None where it was not to be seen in time.
        """
        session.execute(PROBE, (probe,))
        acknowledged_s = time.monotonic()
        while time.monotonic() - acknowledged_s < seconds:
            if self._replica.execute(PROBE_VISIBLE, (probe,)).fetchone():
                return milliseconds(time.monotonic() - acknowledged_s)
        return None

    def standby_returns(self, seconds: float) -> Seen[bool] | None:
        """Start the standby, which was stopped, and wait until it has replayed what was made meanwhile.

        Timed from just before its process is started. Raises LabError when it never takes connections.
        """
        end, since_s = inserted(self._view), time.monotonic()
        self.standby.launch()
        seen = self._waits.until(
            "the standby to replay its backlog",
            seconds,
            lambda: self._caught_up(end),
            every_s=CATCH_UP_EVERY_SECONDS,
            since_s=since_s,
        )
        self.standby.await_connections()
        self._replica = self.session(self.standby)
        return seen

    def _caught_up(self, end: int) -> bool | None:
        try:
            with contextlib.closing(self.standby.connect(ADMIN)) as session:
                return True if replayed(session) >= end else None
        except psycopg.OperationalError:
            return None
