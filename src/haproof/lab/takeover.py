"""One failover, measured three ways: the follower's status, the new leader's clock, a client's writes."""

import signal
from collections.abc import Callable
from dataclasses import dataclass

from haproof.lab import faults
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.faults import Fault
from haproof.lab.measure import Seen, milliseconds
from haproof.lab.scenario import Stage
from haproof.lab.writes import Writer


@dataclass(frozen=True)
class Trial:
    """A failover; None where it was not seen.

    `killed` is false where there was no settled leader to kill; `rejoined`: it came back as a follower.

    `failover_ms` runs from just before the signal to the first status of the follower that names it as
    holder, polled at the target's interval; `takeover_ms` to the acquisition time that the new leader gives,
    by the wall clock of the same host; `gap_ms` is the longest time between two acknowledged writes.
    """

    failover_ms: float | None = None
    takeover_ms: float | None = None
    gap_ms: float | None = None
    rejoined: bool = False
    killed: bool = True


def names_itself(node: Node) -> Callable[[], Answer | None]:
    """A probe: the node's status once it names the node itself as the holder."""

    def probe() -> Answer | None:
        answer = node.status()
        return answer if answer.text("holder_id") == node.name else None

    return probe


def await_takeover(stage: Stage, by: Node, fault: Fault, seconds: float) -> Seen[Answer] | None:
    """Poll the follower from the fault on until it names itself."""
    return stage.waits.until(
        f"{by.name} to be named as holder",
        seconds,
        names_itself(by),
        every_s=stage.target.timing.poll_interval_ms / 1000,
        since_s=fault.at_s,
    )


def kill_leader(stage: Stage, cluster: Cluster, writer: Writer, number: signal.Signals) -> Trial:
    """Kill the leader, time its replacement, start it again and see it rejoin.

    A new holder that then takes no write within the deadline is no failover: its time is None.
    """
    settled = cluster.settle()
    if settled is None:
        return Trial(killed=False)
    deadline_s = stage.target.timing.failover_deadline_s
    successor = settled.follower
    with faults.node_killed(stage.journal, settled.leader, number) as fault:
        seen = await_takeover(stage, successor, fault, deadline_s)
    if seen is None:
        return Trial(rejoined=_rejoined(cluster, settled) is not None)
    first = stage.waits.until(
        f"a write acknowledged by {successor.name}",
        deadline_s,
        lambda: writer.taken_over(successor, fault.at_s),
        since_s=fault.at_s,
    )
    after = _rejoined(cluster, settled)
    trial = Trial(
        failover_ms=seen.elapsed_ms if first is not None else None,
        takeover_ms=_takeover_ms(seen.value, fault),
        gap_ms=writer.gap_ms(fault.at_s, first.value) if first is not None else None,
        rejoined=after is not None and settled.leader in after.followers,
    )
    stage.journal.saw("failover", signal=number.name, by=successor.name, **vars(trial))
    return trial


def _rejoined(cluster: Cluster, before: Settled) -> Settled | None:
    """The cluster settled again, the killed node answering."""
    return cluster.settle() if before.leader.running else None


def _takeover_ms(answer: Answer, fault: Fault) -> float | None:
    """From the kill to `acquired_at`; None where that is not given, or lies before the kill."""
    acquired_at = answer.instant("acquired_at")
    if acquired_at is None or acquired_at < fault.at:
        return None
    return milliseconds(-(fault.at - acquired_at).total_seconds())
