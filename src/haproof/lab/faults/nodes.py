"""Faults as context managers: entering injects, leaving heals, both are journalled.

    with faults.database_stopped(stage.journal, server, "fast") as fault:
        seen = cluster.await_all("loss noticed", 33, "quorum_health", "lost", since_s=fault.at_s)
    # the server was started again; fault.healed_s is the moment just before that

Leaving by an exception does not heal: the slice is over then, and its children are ended anyway.
"""

import contextlib
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from haproof.lab.client import Answer
from haproof.lab.cluster import Node
from haproof.lab.in_flight import SLOW
from haproof.lab.journal import Journal
from haproof.lab.postgres import Server, StopMode


@dataclass
class Fault:
    """When a fault was injected and healed: just before the act, monotonic seconds and wall clock."""

    at_s: float
    at: datetime
    healed_s: float | None = None
    answer: Answer | None = None
    """What a node that was asked for it answered."""

    @property
    def healed_at(self) -> datetime:
        """When it was healed by the wall clock, as far from `at` as the monotonic clock says."""
        return self.at + timedelta(seconds=(self.healed_s or self.at_s) - self.at_s)


def _now() -> Fault:
    return Fault(time.monotonic(), datetime.now(UTC))


@contextlib.contextmanager
def node_killed(journal: Journal, node: Node, number: signal.Signals) -> Iterator[Fault]:
    """The node is sent SIGTERM or SIGKILL; it is started again, once it has ended, on leaving."""
    fault = _now()
    node.send(number)
    journal.act("node.kill", node=node.name, signal=number.name, sent_at=fault.at.isoformat())
    yield fault
    left = node.leave()
    fault.healed_s = time.monotonic()
    node.start()
    journal.act("node.restart", node=node.name, ended_by_itself=left)


@contextlib.contextmanager
def node_hung(journal: Journal, node: Node) -> Iterator[Fault]:
    """The node is stopped (SIGSTOP): its connections stay open; it is continued on leaving."""
    fault = _now()
    node.send(signal.SIGSTOP)
    journal.act("node.hang", node=node.name, signal="SIGSTOP", sent_at=fault.at.isoformat())
    yield fault
    fault.healed_s = time.monotonic()
    node.send(signal.SIGCONT)
    journal.act("node.continue", node=node.name, signal="SIGCONT")


@contextlib.contextmanager
def planned_handover(journal: Journal, node: Node, seconds: float) -> Iterator[Fault]:
    """The leader is asked to resign, and lives on; its answer is read on leaving."""
    fault = _now()
    exchange = node.client.begin("failover", seconds)
    journal.act("failover", node=node.name, sent_at=fault.at.isoformat())
    yield fault
    fault.answer = node.client.read(exchange, fault.at_s + seconds)
    fault.healed_s = time.monotonic()
    journal.saw("answer to failover", node=node.name, **fault.answer.summary())


@contextlib.contextmanager
def database_stopped(journal: Journal, server: Server, mode: StopMode) -> Iterator[Fault]:
    """PostgreSQL is stopped (`fast`) or crashed (`immediate`); it is started again on leaving.

    Commits are as fast as ever then, if they had been made slow.

    Leaving returns as soon as the server process runs again, without waiting for it to take connections.
    """
    fault = _now()
    server.signal_stop(mode)
    journal.act("database.stop", server=server.name, mode=mode, sent_at=fault.at.isoformat())
    yield fault
    server.await_end()
    server.forget(*SLOW)
    fault.healed_s = time.monotonic()
    server.launch()
    journal.act("database.start", server=server.name)
