"""The thread that writes audit events; while PostgreSQL is away they wait here, in order."""

import secrets
import threading
import time
from collections import deque
from collections.abc import Iterable

from haproof.node.decide import Event
from haproof.node.log import Log
from haproof.node.session import SessionLost, SqlError
from haproof.node.store import Store

_BATCH = 200
_RETRY_SECONDS = 0.1
_WRITE_SECONDS = 2.0
_DATA_FAULT = "22"  # the class of the error codes that say that a value cannot be stored
MOST_PENDING = 10_000


class Scribe:
    """A queue of events and the thread that empties it.

    An event keeps its id over every attempt, so that an attempt whose outcome is unknown can be repeated.
    """

    def __init__(self, store: Store, log: Log) -> None:
        self._store = store
        self._log = log
        self._changed = threading.Condition()
        self._pending: deque[tuple[str, Event]] = deque()
        self._stopped = False
        self.dropped = 0

    @property
    def pending(self) -> int:
        """How many events wait to be written."""
        return len(self._pending)

    def backlog(self) -> tuple[int, int]:
        """How many events wait, and how many were given up, at one moment: none is in both or in neither."""
        with self._changed:
            return len(self._pending), self.dropped

    def record(self, events: Iterable[Event]) -> None:
        """Queue events; never waits."""
        with self._changed:
            for event in events:
                self._log.write(f"event {event.name} {event.outcome} {dict(event.fields)}")
                if len(self._pending) == MOST_PENDING:
                    self._pending.popleft()
                    self.dropped += 1
                self._pending.append((secrets.token_hex(16), event))
            self._changed.notify_all()

    def flush(self, seconds: float) -> bool:
        """Wait until everything is written, at most so long; tell whether it is."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._pending, seconds)

    def stop(self) -> None:
        """Let the thread end once there is nothing to write."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def run(self) -> None:
        """Write what is queued, until told to stop."""
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._pending or self._stopped)
                if not self._pending:
                    return
            try:
                self._write(_BATCH)
            except SessionLost:
                time.sleep(_RETRY_SECONDS)
            except SqlError as error:
                self._write_around(error)

    def _write(self, at_once: int) -> None:
        deadline = time.monotonic() + _WRITE_SECONDS
        with self._store.open("audit", deadline=deadline) as session:
            while self._pending:
                batch = list(self._pending)[:at_once]
                self._store.write_events(session, batch, time.monotonic() + _WRITE_SECONDS)
                self._done(batch)

    def _write_around(self, error: SqlError) -> None:
        """One event that PostgreSQL cannot hold must not keep the others from being written."""
        self._log.write(f"audit: {error}")
        try:
            self._write(1)
        except SessionLost:
            pass
        except SqlError as refused:
            if refused.sqlstate.startswith(_DATA_FAULT) and self._pending:
                with self._changed:
                    self.dropped += 1
                    self._done([self._pending[0]])
                return
        time.sleep(_RETRY_SECONDS)

    def _done(self, batch: list[tuple[str, Event]]) -> None:
        with self._changed:
            done = {event_id for event_id, _ in batch}
            while self._pending and self._pending[0][0] in done:
                self._pending.popleft()
            self._changed.notify_all()
