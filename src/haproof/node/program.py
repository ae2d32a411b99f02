"""The node: one state, three threads that change it by the rules, and an HTTP server that shows it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from haproof.node import tools
from haproof.node.api import Api
from haproof.node.arguments import BadArguments, Settings, parse
from haproof.node.decide import Claim, Decision, Instant, Leadership, Observation, Rules, State, stamp
from haproof.node.http import Server
from haproof.node.leadership import LeadershipLoop
from haproof.node.log import Log
from haproof.node.monitor import QuorumMonitor
from haproof.node.scribe import Scribe
from haproof.node.session import Wakeup
from haproof.node.store import Store
from haproof.node.writes import Writes

_RESIGN_SECONDS = 0.7
_FLUSH_SECONDS = 0.2
_HOUR_SECONDS = 3600.0
_FAULT_STATUS = 70


class Node:
    """What the threads share. Each part is made by a factory that a test may replace."""

    rules_type: Callable[..., Rules] = Rules
    store_type: Callable[..., Store] = Store
    writes_type: Callable[..., Writes] = Writes
    monitor_type: Callable[..., QuorumMonitor] = QuorumMonitor
    leadership_type: Callable[..., LeadershipLoop] = LeadershipLoop
    api_type: Callable[..., Api] = Api

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = Log(settings.log_file, settings.node_id)
        self.rules = self.rules_type(settings.limits)
        self.store = self.store_type(settings)
        self.writes = self.writes_type(self.store)
        self.scribe = Scribe(self.store, self.log)
        self.stopping = threading.Event()
        self._told_to_stop = Wakeup()
        self.prepared = threading.Event()
        self._lock = threading.Lock()
        self._state = State()
        self.monitor = self.monitor_type(self)
        self.leadership = self.leadership_type(self)
        self.api = self.api_type(self)

    # The state, and what changes it ----------------------------------------------------------------------

    def now(self) -> Instant:
        """The moment, on both clocks."""
        return Instant(datetime.now(UTC), time.monotonic())

    def stamp(self, moment: datetime) -> str:
        """Write a time as the node writes all of them."""
        return stamp(moment)

    def view(self) -> tuple[State, Instant]:
        """The state as it is now, and the now that questions about it need."""
        with self._lock:
            return self._state, self.now()

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
        self.monitor.wake()  # after an outage the leader should not wait for its own next poll

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

    # Running ---------------------------------------------------------------------------------------------

    def run(self, server: Server) -> None:
        """Serve until a signal says stop, then resign and return; takes a second at most."""
        threads = {"monitor": self.monitor.run, "scribe": self.scribe.run, "http": server.serve_forever}
        if not self.settings.limits.maintenance:
            threads["leadership"] = self.leadership.run
        started = {
            name: threading.Thread(target=self._or_end, args=(target,), name=name, daemon=True)
            for name, target in threads.items()
        }
        for thread in started.values():
            thread.start()
        self.log.write(f"listens on {self.settings.host}:{self.settings.port}")
        while not self._told_to_stop.wait(_HOUR_SECONDS):
            pass
        self.stopping.set()
        self.leadership.wake()
        self.monitor.wake()
        if "leadership" in started:
            started["leadership"].join(_RESIGN_SECONDS)
        self.scribe.flush(_FLUSH_SECONDS)
        self.writes.drain(_FLUSH_SECONDS / 2)
        tools.end_all()
        self.log.write("stopped")

    def _or_end(self, target: Callable[[], None]) -> None:
        """Run a thread; a fault in it ends the process.

        A node whose monitor is dead would report a healthy quorum for ever. One that is gone is replaced.
        """
        try:
            target()
        except BaseException as fault:  # noqa: BLE001 - whatever it is, nobody can go on without this thread
            sentence = f"fault in {threading.current_thread().name}: {type(fault).__name__}: {fault}"
            self.log.write(sentence)
            sys.stderr.write(f"haproof.node: {' '.join(sentence.split())}\n")
            sys.stderr.flush()
            os._exit(_FAULT_STATUS)

    def obey_signals(self) -> None:
        """SIGTERM and SIGINT: the first resigns, the second ends the process at once.

        The handler itself only makes way for the second one. A handler runs in the main thread, and a signal
        that the system hands to another thread does not interrupt the main thread's wait; the bell does.
        """
        self._told_to_stop.ring_at_signals()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda number, _frame: signal.signal(number, signal.SIG_DFL))


def main(argv: Sequence[str] | None = None, node_type: type[Node] = Node) -> int:
    """Run one node; gives the exit status: 0 after SIGTERM, 2 for arguments that cannot be used.

    A fault of the program itself ends the process with 70.
    """
    try:
        settings = parse(sys.argv[1:] if argv is None else argv)
        node = node_type(settings)
        server = Server((settings.host, settings.port), node.api, settings.token)
    except BadArguments as error:
        sys.stderr.write(f"haproof.node: {error}\n")
        return 2
    except OSError as error:
        where = error.filename or f"{settings.host}:{settings.port}"
        sys.stderr.write(f"haproof.node: {where}: {error.strerror}\n")
        return 2
    node.obey_signals()
    node.run(server)
    return 0
