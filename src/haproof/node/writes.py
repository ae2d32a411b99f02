"""Protected writes: accepted only by a transaction that proves its epoch is still the durable one."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from haproof.node.session import Row, Session, SessionLost, SqlError
from haproof.node.store import Store

_MOST_AT_ONCE = 8

_INSERT = """
INSERT INTO app.rollouts (id, payload, epoch, node_id, created_at) VALUES ($1, $2, $3, $4, clock_timestamp())
ON CONFLICT (id) DO NOTHING RETURNING id, payload, epoch, node_id, created_at
"""
_SELECT = "SELECT id, payload, epoch, node_id, created_at FROM app.rollouts WHERE id = $1"


class NotWritten(Exception):
    """The write did not happen; the message says why."""


class Fenced(Exception):
    """The epoch of this node is no longer the durable one; the write did not happen."""


class Conflict(Exception):
    """The id is taken by a row with another payload; the write did not happen."""


class OutcomeUnknown(Exception):
    """COMMIT was sent, and whether it holds (on every standby that it should) is not known."""


@dataclass(frozen=True, slots=True)
class Written:
    """A row that is there; `created` is false when an earlier, equal write had put it there."""

    row: Row
    created: bool


class Writes:
    """A few write sessions, each named after the epoch it belongs to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._poll_s = store.settings.poll_s
        self._bound_s = store.settings.limits.lock_bound_s
        self._slots = threading.BoundedSemaphore(_MOST_AT_ONCE)
        self._changed = threading.Condition()
        self._idle: list[tuple[int, float, Session]] = []
        self._under_way = 0

    def write(self, epoch: int, rollout_id: str, payload: str) -> Written:
        """Insert one row under the epoch; raises `Fenced`, `Conflict`, `NotWritten` or `OutcomeUnknown`."""
        deadline = time.monotonic() + max(self._bound_s, 2 * self._poll_s)
        with self._slot(deadline):
            try:
                session = self._take(epoch, deadline)
                try:
                    if reason := self._store.misplaced(session) or self._store.superseded(session):
                        raise NotWritten(f"not written: {reason}")
                    written = self._stage(session, epoch, rollout_id, payload, deadline)
                except BaseException:
                    session.close()  # rolls back
                    raise
            except (SessionLost, SqlError) as error:
                raise NotWritten(f"not written: {error}") from error
            self.commit(session)
            self._give_back(epoch, session)
            return written

    def commit(self, session: Session) -> None:
        """Send COMMIT and wait for it; raises `OutcomeUnknown` unless it is known to hold."""
        try:
            session.run("COMMIT", deadline=time.monotonic() + 2 * self._poll_s)
        except SqlError as error:
            session.close()
            raise NotWritten(f"not written: {error}") from error
        except SessionLost as error:
            raise OutcomeUnknown(f"outcome unknown: {error}") from error
        if session.warnings:
            # A cancelled wait for a standby reports success, and says in a warning that nobody confirmed.
            session.close()
            raise OutcomeUnknown(f"outcome unknown: {session.warnings[0]}")

    def drain(self, seconds: float) -> bool:
        """Wait for the writes under way, at most so long."""
        with self._changed:
            return self._changed.wait_for(lambda: self._under_way == 0, seconds)

    def close_idle(self) -> None:
        """Close the sessions that nobody uses, for example because their epoch is over."""
        with self._changed:
            idle, self._idle = self._idle, []
        for _, _, session in idle:
            session.close()

    def _stage(self, session: Session, epoch: int, rollout_id: str, payload: str, deadline: float) -> Written:
        session.run("BEGIN ISOLATION LEVEL READ COMMITTED", deadline=deadline)
        durable = self._store.fence(session, epoch, deadline)
        if durable != epoch:
            raise Fenced(f"fenced: durable epoch {durable}, local epoch {epoch}")
        node_id = self._store.settings.node_id
        rows = session.run(_INSERT, [rollout_id, payload, epoch, node_id], deadline=deadline)
        if rows:
            return Written(rows[0], created=True)
        rows = session.run(_SELECT, [rollout_id], deadline=deadline)
        if not rows:
            raise NotWritten("not written: a row of this id was there and is gone; try again")
        if rows[0][1] != payload:
            raise Conflict("a rollout of this id with another payload exists")
        return Written(rows[0], created=False)

    @contextmanager
    def _slot(self, deadline: float) -> Iterator[None]:
        if not self._slots.acquire(timeout=max(0.0, deadline - time.monotonic())):
            raise NotWritten("not written: too many writes at once")
        with self._changed:
            self._under_way += 1
        try:
            yield
        finally:
            self._slots.release()
            with self._changed:
                self._under_way -= 1
                self._changed.notify_all()

    def _take(self, epoch: int, deadline: float) -> Session:
        oldest = time.monotonic() - self._bound_s / 2  # the server ends those that idle for the whole bound
        while True:
            with self._changed:
                if not self._idle:
                    break
                its_epoch, used_at, session = self._idle.pop()
            if its_epoch == epoch and used_at > oldest and session.probably_alive():
                return session
            session.close()
        return self._store.open_write_session(epoch, deadline=deadline)

    def _give_back(self, epoch: int, session: Session) -> None:
        with self._changed:
            self._idle.append((epoch, time.monotonic(), session))
