"""The node: three threads that change its state by the rules, and an HTTP server that shows it."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence

from haproof.node import tools
from haproof.node.api import Api
from haproof.node.arguments import BadArguments, Settings, parse
from haproof.node.decide import Leadership
from haproof.node.http import Server
from haproof.node.leadership import LeadershipLoop
from haproof.node.monitor import QuorumMonitor
from haproof.node.session import Wakeup
from haproof.node.shared import Shared

_RESIGN_SECONDS = 0.7
_FLUSH_SECONDS = 0.2
_SCOUT_SECONDS = 1.0
_HOUR_SECONDS = 3600.0
_FAULT_STATUS = 70


class Node(Shared):
    """What is shared, and the threads that share it, each made by a factory that a test may replace."""

    monitor_type: Callable[..., QuorumMonitor] = QuorumMonitor
    leadership_type: Callable[..., LeadershipLoop] = LeadershipLoop
    api_type: Callable[..., Api] = Api

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self._told_to_stop = Wakeup()
        self.monitor = self.monitor_type(self)
        self.leadership = self.leadership_type(self)
        self.api = self.api_type(self)

    def campaigned(self, won: Leadership, asked_at: float) -> None:
        """This node leads; after an outage it should not wait for its own next poll to say so."""
        super().campaigned(won, asked_at)
        self.monitor.wake()

    def run(self, server: Server) -> None:
        """Serve until a signal says stop, then resign and return; takes a second at most."""
        threads = {"monitor": self.monitor.run, "scribe": self.scribe.run, "http": server.serve_forever}
        if len(self.store.hosts) > 1:
            threads["scout"] = self._scout
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
        self.commands.bell.ring()
        self.monitor.wake()
        if "leadership" in started:
            started["leadership"].join(_RESIGN_SECONDS)
        self.scribe.flush(_FLUSH_SECONDS)
        self.writes.drain(_FLUSH_SECONDS / 2)
        tools.end_all()
        self.log.write("stopped")

    def _scout(self) -> None:
        """Look now and then whether another host has been promoted, which this node's own sessions would not
        learn while the server that they are on runs on."""
        while not self.stopping.wait(_SCOUT_SECONDS):
            self.store.look_around(time.monotonic() + _SCOUT_SECONDS)

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
        server = Server((settings.host, settings.port), node.api, settings.token, node.log)
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
