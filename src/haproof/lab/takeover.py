"""Handovers: the leader ended in every way, the follower asked until it leads, a write taken.

The figures follow from the history (`core.histories`); what is measured here decides how the slice goes on.
"""

import signal
import time
from dataclasses import dataclass

from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.faults import nodes as faults
from haproof.lab.faults.nodes import Fault
from haproof.lab.ground import ADMIN
from haproof.lab.load import Load
from haproof.lab.measure import Seen
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
    """A failover. `failover_ms` is None where it was not seen, and where nothing was written after it.

    `killed` is false where there was no settled leader to kill; `rejoined`: it came back as a follower; `why`
    quotes what was answered instead of a failover.
    """

    failover_ms: float | None = None
    rejoined: bool = False
    killed: bool = True
    why: str | None = None


def await_takeover(stage: Stage, by: Node, fault: Fault, seconds: float) -> Seen[Answer] | None:
    """Poll the follower from the fault on until it names itself."""

    def names_itself() -> Answer | None:
        answer = by.status()
        return answer if answer.text("holder_id") == by.name else None

    return stage.waits.until(
        f"{by.name} to be named as holder",
        seconds,
        names_itself,
        every_s=stage.target.timing.poll_interval_ms / 1000,
        since_s=fault.at_s,
    )


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
        failover_ms=seen.elapsed_ms if first is not None else None,
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


def kill_in_silence(stage: Stage, settled: Settled, load: Load, seconds: float) -> None:
    """Kill the leader and ask nobody anything for so long; then ask when the other one took over.

    Where the target lists its open epochs, they are read before the first node is asked: a takeover of which
    PostgreSQL holds no trace by then came later, whatever the new leader says.
    """
    limit_s = stage.target.timing.failover_deadline_s
    with load.silence():
        note_open_epochs(stage, load)
        stage.waits.pause(stage.random.uniform(*UNSEEN_SECONDS))
        in_flight = load.send_some(settled.leader, IN_FLIGHT)
        load.history.mark("fault", SILENT, settled.leader.name)
        with faults.node_killed(stage.journal, settled.leader, signal.SIGKILL) as fault:
            for sent in in_flight:  # its connection is closed: nobody else is asked
                load.answered(sent)
            stage.waits.pause(max(fault.at_s + seconds - time.monotonic(), 0))
            note_open_epochs(stage, load)
            await_takeover(stage, settled.follower, fault, seconds + limit_s)
            load.history.mark("heal", SILENT, settled.leader.name)
            load.history.mark("end", SILENT, settled.leader.name)
    stage.draft.quote("unobserved_takeover_ms", f"after the silence {stage.portrait(settled.follower)}")


def note_open_epochs(stage: Stage, load: Load) -> None:
    """The open epochs that PostgreSQL holds now, as a part of the silent trial, where they are listed."""
    statement = stage.target.sql.open_epochs
    if statement is not None:
        found = sorted(str(row[0]) for row in load.cluster.server.rows(statement, ADMIN) if row)
        load.history.open_epochs(SILENT, found)


def _rejoined(cluster: Cluster, before: Settled) -> Settled | None:
    """The cluster settled again, the killed node answering."""
    return cluster.settle() if before.leader.running else None
