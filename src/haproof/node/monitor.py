"""The thread that asks PostgreSQL, again and again, whether it is there and who leads."""

import time

from haproof.node.session import Session, SessionLost, SqlError, Wakeup
from haproof.node.shared import Shared

_RETRY_SECONDS = 0.05


class QuorumMonitor:
    """Polls on a session of its own, which never waits on a commit."""

    def __init__(self, node: Shared) -> None:
        self._node = node
        self._poll_s = node.settings.poll_s
        self._bell = Wakeup()
        self._session: Session | None = None
        node.store.horizon.watch(self.wake)

    def wake(self) -> None:
        """Make the thread poll now, or end if `node.stopping` is set."""
        self._bell.ring()

    def run(self) -> None:
        """Go on until the node stops."""
        while not self._node.stopping.is_set():
            started_at = time.monotonic()
            self.poll(started_at + 2 * self._poll_s)
            self._rest(started_at)

    def poll(self, deadline: float) -> None:
        """SAFETY: ask once; no answer before the deadline (monotonic) is a loss of quorum."""
        try:
            if self._session is None:
                self._session = self._node.store.open("poll", deadline=deadline)
                self._node.store.ensure_schema(self._session, deadline)
                self._node.prepared.set()
            elif reason := self._node.store.superseded(self._session):
                raise SessionLost(reason)
            seen = self._node.store.observe(self._session, time.monotonic(), deadline)
        except (SessionLost, SqlError) as error:
            self._forget_session()
            self._node.poll_failed(str(error))
        else:
            self._node.polled(seen)

    def _rest(self, started_at: float) -> None:
        """Wait for the next poll; the end of the connection is a reason to ask at once."""
        if self._session is None:
            self._bell.wait(min(self._poll_s, _RETRY_SECONDS))
            return
        try:
            self._session.idle(started_at + self._poll_s, self._bell)
        except SessionLost:
            self._forget_session()

    def _forget_session(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
