"""Histories of RECOVERY, written by hand: a recovery without a fault, to be changed."""

from typing import Any

from haproof.core.histories import recovery
from haproof.core.histories.codec import decode, encode
from histories import Story

KINDS = ("ha.quorum.lost", "ha.quorum.restored", "ha.leader.elected")


class Run(Story):
    """Two nodes; every line belongs to one trial."""

    trial = "host-kill-1"

    def line(self, t_ms: float, kind: str, **keys: Any) -> "Run":
        super().line(t_ms, kind, trial=self.trial, **keys)
        return self

    def shows(self, at: float, node: str, epoch: int, holder: str, **more: Any) -> "Run":
        keys = {"role": "leader" if node == holder else "follower", "quorum_health": "healthy"} | more
        return self.line(
            at, "ok", op="status", node=node, epoch=epoch, holder=holder, asked_ms=at - 1, **keys
        )

    def writes(self, times: range, node: str, epoch: int) -> "Run":
        for at in times:
            row = f"row-{node}-{at}"
            self.begin(at - 4, row, node, client=row).finish(at, row, client=row, node=node, epoch=epoch)
        return self

    def member(self, at: float, member: str, timeline: int, *, writes: bool, synchronous: int) -> "Run":
        keys = {"member": member, "timeline": timeline, "read_write": writes, "value": synchronous}
        return self.line(at, "ok", op="status", **keys)

    def told(self, name: str, node: str) -> "Run":
        return self.line(9_000, "ok", op="event", node=node, value=name)

    def rows(self, without: tuple[str, ...] = (), more: tuple[Any, ...] = ()) -> "Run":
        sent = [one.id for one in self.lines if one.kind == "invoke" and one.id not in without]
        stored = [(row, (row or "").upper(), 1) for row in sent]
        return self.line(10_000, "final", rows=[*stored, *more])

    def judged(self, bound: float | None = 1_000) -> dict[str, Any]:
        operations = decode([encode(line) for line in sorted(self.lines, key=lambda line: line.t_ms)])
        (trial,) = recovery.trials(operations)
        return recovery.figures(trial, bound)


def promoted(trial: str = "host-kill-1") -> Run:
    """node1 leads epoch 3; the primary dies at 2 s, pg2 is promoted at 4 s, node2 leads from 5 s."""
    run = Run()
    run.trial = trial
    run.shows(1_000, "node1", 3, "node1").shows(1_001, "node2", 3, "node1")
    run.member(1_900, "pg1", 1, writes=True, synchronous=1)
    run.writes(range(1_000, 2_000, 100), "node1", 3)
    if trial in ("node-cut-1", "node-kill-1"):
        run.line(2_000, "fault", node="node1")
    else:
        run.line(2_000, "fault", member="pg1", timeline=1)
        run.shows(2_400, "node1", 3, "node1", role="follower", quorum_health="lost")
        run.shows(2_600, "node2", 3, "node1", quorum_health="lost")
        run.member(4_000, "pg2", 2, writes=True, synchronous=0)
        run.member(4_700, "pg2", 2, writes=True, synchronous=1)
    run.shows(5_000, "node2", 4, "node2")
    run.writes(range(5_100, 6_000, 100), "node2", 4)
    run.line(6_000, "heal").line(8_000, "end")
    return run.told(KINDS[0], "node1").told(KINDS[1], "node1").told(KINDS[2], "node2")
