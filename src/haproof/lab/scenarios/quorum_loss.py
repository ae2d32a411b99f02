"""VAL17: PostgreSQL taken away and given back, twice; what the nodes say and do meanwhile."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from haproof.core.slices import quorum_loss
from haproof.lab import faults
from haproof.lab.accounting import stored_rows
from haproof.lab.audit import Trail
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node
from haproof.lab.load import Load
from haproof.lab.measure import Seen, worst
from haproof.lab.postgres import HONEST, Server
from haproof.lab.scenario import Profile, Scenario, Stage

CYCLES = 2
HELD_SECONDS: dict[Profile, float] = {"quick": 0.3, "default": 1.0, "full": 3.0}
"""PostgreSQL stays away so long after the loss was reported: a block that ends by itself would show."""

STOP_SPREAD_SECONDS = 0.4
"""The stop comes at a random moment of so long, so that no cycle is in step with the nodes' own polls."""

RESOLUTION = timedelta(seconds=1)
"""A node may give its times in whole seconds, rounded down."""

LOST, RESTORED = "ha.quorum.lost", "ha.quorum.restored"


def run(stage: Stage) -> None:
    """The slice: a baseline, two losses, the trace that they leave."""
    stage.step("start PostgreSQL")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings |= {
        "loss_cycles": CYCLES,
        "loss_held_ms": HELD_SECONDS[stage.options.profile] * 1000,
        "stop_spread_ms": STOP_SPREAD_SECONDS * 1000,
        "postgres_stop_mode": "fast",
    }
    scene = _Scene(stage, server, stage.cluster(server))
    try:
        scene.baseline()
        for number in range(1, CYCLES + 1):
            if not scene.cycle(number):
                break
        scene.trace()
    finally:
        scene.writer.stop()


class _Scene:
    """The nodes, and what each cycle came to. The witness led at baseline: its counters tell the losses."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.writer = Load(stage, cluster)
        self.trail = Trail(stage, cluster, LOST, RESTORED)
        self.leader = self.witness = cluster.nodes[0]
        self.losses: list[float | None] = []
        self.recoveries: list[float | None] = []
        self.blocked: list[bool | None] = []
        self.accepting: list[bool | None] = []
        self.refused: list[bool | None] = []
        self.written: list[bool | None] = []
        self.counts: list[int | None] = []
        if not stage.target.writes_through_node:
            self.draft.leave_out("protected_write_refused")

    def baseline(self) -> None:
        """A leader that takes writes, with nothing in their way."""
        self.stage.step("start two nodes")
        self.cluster.start()
        settled = self.cluster.settle()
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("baseline", **{name: answer.summary() for name, answer in answers.items()})
        self.leader = self.witness = settled.leader if settled else self._leading(answers)
        answer = answers[self.leader.name]
        self.draft.observe("baseline_quorum", answer.text("quorum_health"))
        self.draft.observe("baseline_write_block", answer.flag("write_block_active"))
        self.counts.append(answer.count("detected_loss_count"))
        self.stage.must(settled, "no leader that both nodes agree on, and that takes writes, came up")

    def cycle(self, number: int) -> bool:
        """One loss and one recovery. False where a next one would say nothing more."""
        self.stage.step(f"stop PostgreSQL, cycle {number} of {CYCLES}")
        before = self.witness.status()
        self.stage.waits.pause(self.stage.random.uniform(0, STOP_SPREAD_SECONDS))
        with (
            self.trail.deed(LOST),
            faults.database_stopped(self.stage.journal, self.server, "fast") as fault,
        ):
            lost = self.await_quorum("lost", fault.at_s)
            self.server.await_end()
            self.during_loss(number, before, fault.at)
        self.losses.append(_last_node_ms(lost))
        self.draft.metric("loss_detection_trials_ms", self.losses)
        self.draft.metric("loss_detection_ms", worst(self.losses))
        self.stage.step(f"start PostgreSQL, cycle {number} of {CYCLES}")
        healthy = self.await_quorum("healthy", fault.healed_s)
        self.server.await_connections()
        if None in lost.values():
            healthy = dict.fromkeys(healthy)  # who never reported a loss has not recovered from one
        self.recoveries.append(_last_node_ms(healthy))
        self.draft.metric("recovery_trials_ms", self.recoveries)
        self.draft.metric("recovery_ms", worst(self.recoveries))
        settled = self.after_loss(number, before, fault.healed_at)
        self.trail.done(RESTORED, began_s=fault.healed_s or fault.at_s)
        self.trail.await_more(LOST, RESTORED)
        return settled and None not in (self.losses[-1], self.recoveries[-1])

    def during_loss(self, number: int, before: Answer, since: datetime) -> None:
        """What the node that led says at the beginning and at the end of the outage, and a write to it."""
        first = self.status("during the loss")
        self.send_write(number)
        self.stage.waits.pause(HELD_SECONDS[self.stage.options.profile])
        last = self.status("at the end of the loss")
        for answer in (first, last):
            self.blocked.append(answer.flag("write_block_active"))
            self.accepting.append(answer.flag("can_accept_protected_writes"))
        self.draft.metric("write_block_active", every(self.blocked))
        self.draft.metric("can_accept_protected_writes", some(self.accepting))
        if number == 1 or not first.text("quorum_loss_reason"):
            self.draft.metric("quorum_loss_reason", first.text("quorum_loss_reason"))
        witness = self.witness.status()
        self.stage.journal.saw("witness during the loss", node=self.witness.name, **witness.summary())
        self.draft.observe("last_lost_at", _new("last_lost_at", before, witness, since))

    def send_write(self, number: int) -> None:
        """A protected write to the node that led; only an answer that says no is a refusal."""
        if not self.stage.target.writes_through_node:
            self.writer.write(
                self.leader
            )  # PostgreSQL is away: the old session ends here, and the next is a new one
            return
        write, answer = self.writer.answered(self.writer.send(self.leader, f"during-loss-{number}"))
        self.stage.journal.saw("write during the loss", outcome=write.outcome, **answer.summary())
        never_reached = answer.trouble == "refused"
        self.refused.append(None if never_reached else write.outcome == "refused")
        self.draft.metric("protected_write_refused", every(self.refused))

    def after_loss(self, number: int, before: Answer, since: datetime) -> bool:
        """A leader again, a write through it, and what the witness counted. False where none leads."""
        deadline_s = self.stage.target.timing.failover_deadline_s
        settled = self.cluster.settle(deadline_s)
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("after", **{name: answer.summary() for name, answer in answers.items()})
        self.leader = settled.leader if settled else self._leading(answers)
        answer = answers[self.leader.name]
        self.draft.observe("after_write_block", answer.flag("write_block_active"))
        self.draft.observe("after_can_accept", answer.flag("can_accept_protected_writes"))
        self.written.append(self.writer.accepted(self.leader, self.stage.waits, deadline_s))
        self.draft.observe("after_write_accepted", every(self.written))
        witness = answers[self.witness.name]
        self.draft.observe("last_restored_at", _new("last_restored_at", before, witness, since))
        self.counts.append(witness.count("detected_loss_count"))
        self.draft.observe("loss_counts", self.counts)
        self.draft.metric("detected_loss_count", self.counts[-1])
        self.look_for_refused(number)
        return settled is not None

    def look_for_refused(self, number: int) -> None:
        """A write that was refused in words and stored in fact was not refused."""
        if not self.refused or self.stage.target.sql.protected_rows is None:
            return
        if f"during-loss-{number}" in stored_rows(self.server, self.stage.target.sql.protected_rows):
            self.stage.journal.saw("the write during the loss is stored", cycle=number)
            self.refused.append(False)
            self.draft.metric("protected_write_refused", False)

    def trace(self) -> None:
        """The audit events that are there once PostgreSQL is."""
        self.stage.step("read the audit events")
        self.draft.observe("audit_events", self.trail.names)
        self.draft.observe("audit_follows_deeds", self.trail.follows())

    def status(self, when: str) -> Answer:
        """The status of the node that led before the loss."""
        answer = self.leader.status()
        self.stage.journal.saw(when, node=self.leader.name, **answer.summary())
        return answer

    def await_quorum(self, health: str, since_s: float | None) -> dict[str, Seen[Answer] | None]:
        """Wait until every node reports a quorum health, each polled for itself."""
        deadline_s = self.stage.target.timing.loss_deadline_s
        return self.cluster.await_all(
            f"every node to report {health}", deadline_s, "quorum_health", health, since_s
        )

    def _leading(self, answers: dict[str, Answer]) -> Node:
        """The node that says it leads, else the one that led before."""
        for node in self.cluster.nodes:
            if answers[node.name].text("role") == "leader":
                return node
        return self.leader


def _last_node_ms(nodes: Mapping[str, Seen[Answer] | None]) -> float | None:
    """How long the last node took; None where one never answered so."""
    return worst([seen.elapsed_ms if seen else None for seen in nodes.values()])


def every(readings: Iterable[bool | None]) -> bool | None:
    """True if each is; False once one is; None where one could not be read."""
    found = set(readings)
    return False if False in found else None if None in found or not found else True


def some(readings: Iterable[bool | None]) -> bool | None:
    """True once one is; None where one could not be read; else False."""
    found = set(readings)
    return True if True in found else None if None in found or not found else False


def _new(name: str, before: Answer, now: Answer, since: datetime) -> str | None:
    """A time that was not there before the loss and can be true; None where there is none.

    It can be true if it lies between the fault (its healing) and now, both by this host's clock.
    """
    at = now.instant(name)
    if at is None or at == before.instant(name):
        return None
    return now.text(name) if since - RESOLUTION <= at <= datetime.now(UTC) else None


SCENARIO = Scenario(
    slice=quorum_loss.SLICE,
    needs=("writes", "api.status", "api.audit_events"),
    metrics=(
        "loss_detection_ms",
        "recovery_ms",
        "write_block_active",
        "can_accept_protected_writes",
        "detected_loss_count",
        "quorum_loss_reason",
        "protected_write_refused",
        "loss_detection_trials_ms",
        "recovery_trials_ms",
    ),
    observations=(
        "baseline_quorum",
        "baseline_write_block",
        "last_lost_at",
        "after_write_block",
        "after_can_accept",
        "after_write_accepted",
        "last_restored_at",
        "loss_counts",
        "audit_events",
        "audit_follows_deeds",
    ),
    run=run,
)
