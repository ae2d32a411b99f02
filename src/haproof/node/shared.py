"""What the parts of a node share: its settings, its one state, and the means to act on it.

The parts (monitor, leadership, API) are given this and know nothing of each other, nor of the program that
puts them together.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from haproof.node.arguments import Settings
from haproof.node.commands import Commands
from haproof.node.database import Database
from haproof.node.decide import Claim, Decision, Instant, Leadership, Observation, Rules, State, stamp
from haproof.node.log import Log
from haproof.node.scribe import Scribe
from haproof.node.store import Store
from haproof.node.writes import Writes


class View(NamedTuple):
    """One reading of a node: its state, and the instant that questions about it need.

    Whatever one answer says comes from one view. Two readings may lie on both sides of a change, and an
    answer made of both describes a node that never was: a leader without the lock.
    """

    state: State
    now: Instant


class Shared:
    """One state, changed by the rules and read as a whole. What a test may replace is made by a factory."""

    rules_type: Callable[..., Rules] = Rules
    store_type: Callable[..., Store] = Store
    writes_type: Callable[..., Writes] = Writes

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = Log(settings.log_file, settings.node_id)
        self.rules = self.rules_type(settings.limits)
        self.store = self.store_type(settings)
        self.writes = self.writes_type(self.store)
        self.scribe = Scribe(self.store, self.log)
        self.commands = Commands()
        self.store.horizon.watch(self.commands.bell.ring)
        self.stopping = threading.Event()
        self.prepared = threading.Event()
        self._lock = threading.Lock()
        self._state = State()

    def now(self) -> Instant:
        """The moment, on both clocks."""
        return Instant(datetime.now(UTC), time.monotonic())

    def stamp(self, moment: datetime) -> str:
        """Write a time as the node writes all of them."""
        return stamp(moment)

    def view(self) -> View:
        """The state as it is now. An answer asks once and hands the view down."""
        with self._lock:
            return View(self._state, self.now())

    def polled(self, seen: Observation) -> None:
        """The monitor has an answer."""
        self._decide(lambda state, now: self.rules.polled(state, seen, now))

    def poll_failed(self, reason: str) -> None:
        """The monitor has none."""
        self._decide(lambda state, now: self.rules.poll_failed(state, reason, now))

    def campaigned(self, won: Leadership, asked_at: float) -> None:
        """This node leads."""
        self._change(lambda state, now: self.rules.campaigned(state, won, asked_at, now))
        self.log.write(f"leads epoch {won.epoch}")

    def lock_won(self, database: Database | None) -> None:
        """The lock is this node's, on this server."""
        self.store.lock_server = database
        self._change(lambda state, now: replace(state, lock_database=database))

    def heartbeat(self, asked_at: float) -> None:
        """The lock's session lives."""
        self._change(lambda state, now: self.rules.heartbeat(state, asked_at, now))

    def drop_claim(self) -> Claim | None:
        """Stop accepting; gives the claim that there was."""
        before = self._change(lambda state, now: self.rules.claim_dropped(state, now))
        return before.claim

    def lock_lost(self) -> None:
        """The lock is no longer this node's."""
        before = self._change(lambda state, now: self.rules.lock_lost(state, now))
        self.store.lock_server = None
        self.writes.close_idle()
        if before.claim:
            self.log.write(f"lost the lock of epoch {before.claim.epoch}")

    def recovered(self) -> None:
        """An operator's recovery went through."""
        self._change(lambda state, now: self.rules.recovered(state))

    def _change(self, change: Callable[[State, Instant], State]) -> State:
        with self._lock:
            before = self._state
            self._state = change(before, self.now())
            return before

    def _decide(self, decide: Callable[[State, Instant], Decision]) -> None:
        with self._lock:
            self._state, events = decide(self._state, self.now())
            self.scribe.record(events)
