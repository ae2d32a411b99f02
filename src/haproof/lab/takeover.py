"""Handovers, each measured several ways: the follower's status, the new leader's clock, writes."""

import signal
import time
from dataclasses import dataclass

from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.faults import nodes as faults
from haproof.lab.faults.nodes import Fault
from haproof.lab.ground import ADMIN
from haproof.lab.load import Load
from haproof.lab.measure import milliseconds
from haproof.lab.scenario import Stage

HANDOVER, SILENT = "handover-1", "silent-1"
OLD_LEADER_WRITES = 20
"""Sent to a node that no longer holds, after each handover: it must refuse them all."""

IN_FLIGHT = 8
"""Sent to the leader, and to nobody else, just before a kill that nobody watches."""

UNSEEN_SECONDS = (0.5, 0.6)
"""The followers are asked nothing for so long before a kill that nobody watches: none was just looked at."""


@dataclass(frozen=True)
class Trial:
    """A failover; None where it was not seen.

    `killed` is false where there was no settled leader to kill; `rejoined`: it came back as a follower; `why`
    quotes what was answered instead of a failover.

    `failover_ms` runs from just before the signal to the first status of the follower that names it as
    holder, polled at the target's interval; `takeover_ms` to the acquisition time that the new leader gives,
    by the wall clock of the same host.
    """

    failover_ms: float | None = None
    takeover_ms: float | None = None
    rejoined: bool = False
    killed: bool = True
    why: str | None = None


@dataclass(frozen=True)
class Takeover:
    """A follower's first status that names itself as the holder.

    `not_yet_ms` is when the last status was asked for that did not; both times are since the fault.
    """

    answer: Answer
    named_ms: float
    not_yet_ms: float

    def by_clock_ms(self, fault: Fault) -> float:
        """When the new leader says that it took over, no earlier than it was asked and did not say so.

        A node that answers slowly is named long after it leads. Without a time of its own: when it was named.
        """
        own_ms = takeover_ms(self.answer, fault)
        return self.named_ms if own_ms is None else min(max(own_ms, self.not_yet_ms), self.named_ms)


def await_takeover(stage: Stage, by: Node, fault: Fault, seconds: float) -> Takeover | None:
    """Poll the follower from the fault on until it names itself."""
    not_yet_s = fault.at_s

    def names_itself() -> Answer | None:
        nonlocal not_yet_s
        answer = by.status()
        if answer.text("holder_id") == by.name:
            return answer
        not_yet_s = answer.reply.sent_s
        return None

    seen = stage.waits.until(
        f"{by.name} to be named as holder",
        seconds,
        names_itself,
        every_s=stage.target.timing.poll_interval_ms / 1000,
        since_s=fault.at_s,
    )
    return Takeover(seen.value, seen.elapsed_ms, milliseconds(not_yet_s - fault.at_s)) if seen else None


def kill_leader(stage: Stage, cluster: Cluster, load: Load, number: signal.Signals, trial: str) -> Trial:
    """Kill the leader, time its replacement, start it again, see it rejoin, and write to it.

    A new holder that then takes no write within the deadline is no failover: its time is None.
    """
    settled = cluster.settle()
    if settled is None:
        load.history.mark("fault", trial)
        load.history.mark("end", trial)
        why = f"no leader that all nodes agree on before a kill; {cluster.last_words()}"
        return Trial(killed=False, why=why)
    deadline_s = stage.target.timing.failover_deadline_s
    successor = settled.follower
    load.history.mark("fault", trial, settled.leader.name)
    with faults.node_killed(stage.journal, settled.leader, number) as fault:
        seen = await_takeover(stage, successor, fault, deadline_s)
        load.history.mark("heal", trial, settled.leader.name)
    if seen is None:
        load.history.mark("end", trial)
        why = f"after the leader's {number.name} {stage.portrait(successor)}"
        return Trial(rejoined=_rejoined(cluster, settled) is not None, why=why)
    first = stage.waits.until(
        f"a write acknowledged by {successor.name}",
        deadline_s,
        lambda: load.taken_over(successor, fault.at_s),
        since_s=fault.at_s,
    )
    load.history.mark("end", trial)
    after = _rejoined(cluster, settled)
    load.burst(settled.leader, OLD_LEADER_WRITES)
    found = Trial(
        failover_ms=seen.named_ms if first is not None else None,
        takeover_ms=takeover_ms(seen.answer, fault),
        rejoined=after is not None and settled.leader in after.followers,
        why=None if first is not None else f"{successor.name} led, and acknowledged nothing: {load.said}",
    )
    stage.journal.saw("failover", signal=number.name, by=successor.name, **vars(found))
    return found


def hand_over(stage: Stage, settled: Settled, load: Load) -> str | None:
    """Ask the leader to resign, and write to it once another one leads; why none did, where none did."""
    limit_s = stage.target.timing.failover_deadline_s
    load.history.mark("fault", HANDOVER, settled.leader.name)
    with faults.planned_handover(stage.journal, settled.leader, limit_s) as fault:
        seen = await_takeover(stage, settled.follower, fault, limit_s)
        load.burst(settled.leader, OLD_LEADER_WRITES)
        load.history.mark("end", HANDOVER)
    if seen is not None:
        return None
    said = fault.answer.quoted_body() if fault.answer is not None else "nothing"
    return f"no other node led after {settled.leader.name} was asked to hand over; it answered {said}"


def kill_in_silence(stage: Stage, settled: Settled, load: Load, seconds: float) -> float | None:
    """Kill the leader and ask nobody anything for so long; when the other one took over, in ms, by its clock.

    Where the target lists its open epochs, they are read before the first node is asked: a takeover of which
    PostgreSQL holds no trace by then came later, whatever the new leader says.
    """
    limit_s = stage.target.timing.failover_deadline_s
    with load.silence():
        before = open_epochs(stage, load)
        stage.waits.pause(stage.random.uniform(*UNSEEN_SECONDS))
        in_flight = load.send_some(settled.leader, IN_FLIGHT)
        load.history.mark("fault", SILENT, settled.leader.name)
        with faults.node_killed(stage.journal, settled.leader, signal.SIGKILL) as fault:
            for sent in in_flight:  # its connection is closed: nobody else is asked
                load.answered(sent)
            stage.waits.pause(max(fault.at_s + seconds - time.monotonic(), 0))
            silent_ms = milliseconds(time.monotonic() - fault.at_s)
            after = open_epochs(stage, load)
            seen = await_takeover(stage, settled.follower, fault, seconds + limit_s)
            load.history.mark("heal", SILENT, settled.leader.name)
    found = takeover_ms(seen.answer, fault) if seen is not None else None
    stage.draft.quote("unobserved_takeover_ms", f"after the silence {stage.portrait(settled.follower)}")
    if found is not None and after is not None and after == before:
        found = max(found, silent_ms)
    stage.journal.saw("unobserved takeover", open_before=before, open_after=after, takeover_ms=found)
    return found


def open_epochs(stage: Stage, load: Load) -> list[str] | None:
    """The open epochs that PostgreSQL holds now; None where the target does not list them."""
    statement = stage.target.sql.open_epochs
    if statement is None:
        return None
    return sorted(str(row[0]) for row in load.cluster.server.rows(statement, ADMIN) if row)


def takeover_ms(answer: Answer, fault: Fault) -> float | None:
    """From the kill to `acquired_at`; None where that is not given, or lies before the kill."""
    acquired_at = answer.instant("acquired_at")
    if acquired_at is None or acquired_at < fault.at:
        return None
    return milliseconds(-(fault.at - acquired_at).total_seconds())


def _rejoined(cluster: Cluster, before: Settled) -> Settled | None:
    """The cluster settled again, the killed node answering."""
    return cluster.settle() if before.leader.running else None
