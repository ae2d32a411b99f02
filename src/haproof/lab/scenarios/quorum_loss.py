"""VAL17: PostgreSQL taken away and given back, again and again; what the nodes say and do meanwhile."""

import time
from datetime import UTC, datetime

from msgspec.structs import asdict

from haproof.core.histories.losses import DURING, losses
from haproof.core.histories.recounting import of_quorum_loss
from haproof.core.histories.table import Compared
from haproof.errors import LabError
from haproof.kinds import quorum_loss
from haproof.lab.accounting import whole_table
from haproof.lab.audit import Trail
from haproof.lab.caught import writes_caught
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.faults import nodes as faults
from haproof.lab.held_commits import let_commits_go
from haproof.lab.in_flight import COMMIT_DELAY_MS
from haproof.lab.load import Load
from haproof.lab.loss_answers import LossAnswers
from haproof.lab.postgres import HONEST, Server, StopMode
from haproof.lab.readings import every, some
from haproof.lab.scenario import Profile, Scenario, Stage, SystemFailed
from haproof.lab.user_data import strange

SHORT_SECONDS: dict[Profile, float] = {"quick": 0.3, "default": 1.0, "full": 3.0}
LONG_SECONDS: dict[Profile, float] = {"quick": 5.0, "default": 10.0, "full": 30.0}
"""How long PostgreSQL is away, from its exit on, once every node has reported the first loss (the second)."""

BEYOND_BOUND_SECONDS = 1.0
"""The long outage outlasts the lock bound by so much: what a node gives up then, it must take up again."""

SILENT_POLLS = 3
SILENT_SECONDS = 0.6
"""An outage in which nobody asks lasts so many of the node's own polls, and at least so long; then the same
time passes before anybody asks."""

WRITERS = 4
UNSEEN_SECONDS = 0.2
"""Nobody is asked anything for so long before a loss that nobody watches."""

STOP_MODES: tuple[StopMode, StopMode] = ("fast", "immediate")
"""How PostgreSQL ends in the first watched loss and in the second: stopped, with rows half written; killed,
with commits in flight."""

STEADY_SECONDS = 0.4
STOP_SPREAD_SECONDS = 0.4
"""The stop comes at a random moment of so long, so that no cycle is in step with the nodes' own polls."""

LOST, RESTORED = "ha.quorum.lost", "ha.quorum.restored"


def run(stage: Stage) -> None:
    """The slice: a baseline, a short loss, one that nobody watches, a long one, and the trace they leave."""
    stage.step("start PostgreSQL")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings |= {
        "stop_spread_ms": STOP_SPREAD_SECONDS * 1000,
        "postgres_stop_modes": ", ".join(STOP_MODES),
        "crash_commit_delay_ms": COMMIT_DELAY_MS,
    }
    scene = _Scene(stage, server, stage.cluster(server))
    try:
        scene.baseline()
        if scene.cycle(1, SHORT_SECONDS[stage.options.profile]) and scene.silent_cycle():
            scene.cycle(2, scene.long_s)
        scene.trace()
    except SystemFailed:
        scene.account()
        raise
    scene.account()


class _Scene:
    """The nodes, and what each cycle came to. The witness led at baseline: its counters tell the losses."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.load = Load(stage, cluster, WRITERS)
        self.trail = Trail(stage, cluster, LOST, RESTORED)
        self.leader = self.witness = cluster.nodes[0]
        self.settled: Settled | None = None
        self.blocked: list[bool | None] = []
        self.accepting: list[bool | None] = []
        self.written: list[bool | None] = []
        self.counts: list[int | None] = []
        self.answers = LossAnswers(stage, cluster, self.load)
        self.blocked_after: list[bool | None] = []
        timing = stage.target.timing
        bound_s = (timing.lock_bound_ms or 0) / 1000 + BEYOND_BOUND_SECONDS
        self.long_s = max(LONG_SECONDS[stage.options.profile], bound_s)
        self.silent_s = max(SILENT_POLLS * timing.node_poll_ms / 1000, SILENT_SECONDS)
        stage.settings |= {"loss_held_at_least_ms": self.long_s * 1000, "silence_ms": self.silent_s * 1000}
        if not stage.target.writes_through_node:
            self.draft.leave_out("protected_write_refused", "writes_acknowledged_during_loss")
        if stage.target.sql.protected_rows is None:
            self.draft.leave_out("rows_lost")

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
        self.settled = self.stage.must(settled, "no leader that both nodes agree on, and that takes writes")
        self.answers.at_baseline(self.settled)
        self.load.start()

    def cycle(self, number: int, held_s: float) -> bool:
        """One loss and one recovery, watched. False where a next one would say nothing more."""
        label = f"loss-{number}"
        before = self.steady(f"stop PostgreSQL, cycle {number}")
        mode = STOP_MODES[number - 1]
        with self.trail.deed(LOST), writes_caught(self.stage, self.server, self.load, mode):
            self.load.history.mark("fault", label)
            with faults.database_stopped(self.stage.journal, self.server, mode) as fault:
                lost = self.await_quorum("lost", fault.at_s)
                self.load.relax()
                self.server.await_end()
                self.load.history.mark("gone", label)
                self.during_loss(number, held_s, before, fault.at)
                self.load.history.mark("heal", label)
        self.stage.step(f"start PostgreSQL, cycle {number}")
        healthy = self.await_quorum("healthy", fault.healed_s)
        self.server.await_connections()
        let_commits_go(self.stage.journal, self.server)
        self.after_loss(before, fault)
        self.load.history.mark("end", label)
        return lost and healthy and self.settled is not None

    def silent_cycle(self) -> bool:
        """A loss in which nobody asks, and a recovery likewise: what acts only when it is asked shows."""
        label = "silent-1"
        before = self.steady("stop PostgreSQL, and ask nobody anything")
        with self.load.silence():
            with self.trail.deed(LOST):
                self.stage.waits.pause(UNSEEN_SECONDS)
                self.load.history.mark("fault", label)
                with faults.database_stopped(self.stage.journal, self.server, "fast") as fault:
                    self.server.await_end()
                    self.load.history.mark("gone", label)
                    self.stage.waits.pause(self.silent_s)
                    self.load.history.mark("heal", label)
            self.stage.step("start PostgreSQL, and ask nobody anything")
            self.server.await_connections()
            self.stage.waits.pause(self.silent_s)
            witness = self.witness.status()
        self.stage.journal.saw("witness after the silence", node=self.witness.name, **witness.summary())
        self.answers.dated("last_lost_at", self.witness, before, witness, fault.at, fault.healed_at)
        self.after_loss(before, fault)
        self.load.history.mark("end", label)
        return self.settled is not None

    def steady(self, what: str) -> Answer:
        """Let a random time pass in which nothing is done to anybody; the witness's status at its end.

        Raises SystemFailed where leadership changed meanwhile, and nobody had touched the leader.
        """
        self.stage.step(what)
        self.stage.waits.pause(STEADY_SECONDS + self.stage.random.uniform(0, STOP_SPREAD_SECONDS))
        if self.settled is not None and (change := self.settled.changed()) is not None:
            raise SystemFailed(change)
        return self.witness.status()

    def during_loss(self, number: int, held_s: float, before: Answer, since: datetime) -> None:
        """What the node that led says at the beginning and at the end of the outage, and a write to it."""
        until_s = time.monotonic() + held_s
        first = self.status("during the loss")
        self.send_write(number)
        self.stage.waits.pause(max(until_s - time.monotonic(), 0))
        last = self.status("at the end of the loss")
        if held_s >= self.long_s:
            self.answers.health()
        for answer in (first, last):
            self.blocked.append(answer.flag("write_block_active"))
            self.accepting.append(answer.flag("can_accept_protected_writes"))
        self.draft.metric("write_block_active", every(self.blocked))
        self.draft.metric("can_accept_protected_writes", some(self.accepting))
        if number == 1 or not first.text("quorum_loss_reason"):
            self.draft.metric("quorum_loss_reason", first.text("quorum_loss_reason"))
        witness = self.witness.status()
        self.stage.journal.saw("witness during the loss", node=self.witness.name, **witness.summary())
        self.answers.dated("last_lost_at", self.witness, before, witness, since, datetime.now(UTC))

    def send_write(self, number: int) -> None:
        """A protected write to the node that led; only an answer that says no is a refusal."""
        if not self.stage.target.writes_through_node:
            return
        write, answer = self.load.answered(self.load.send(self.leader, f"{DURING}{number}"))
        self.stage.journal.saw("write during the loss", outcome=write.outcome, **answer.summary())
        if write.outcome != "refused" or answer.trouble == "refused":
            said = f"{self.leader.name} answered {answer.status}: {answer.quoted_body()}"
            self.draft.quote("protected_write_refused", said)

    def after_loss(self, before: Answer, fault: faults.Fault) -> None:
        """A leader again, a write through it, what the witness counted, and the events of it all."""
        deadline_s = self.stage.target.timing.failover_deadline_s
        self.settled = self.cluster.settle(deadline_s)
        answers = self.settled.answers if self.settled else self.cluster.statuses()
        self.stage.journal.saw("after", **{name: answer.summary() for name, answer in answers.items()})
        self.leader = self.settled.leader if self.settled else self._leading(answers)
        answer = answers[self.leader.name]
        self.blocked_after.append(self.answers.still_blocked(answer))
        self.draft.observe("after_write_block", some(self.blocked_after))
        self.draft.observe("after_can_accept", answer.flag("can_accept_protected_writes"))
        self.written.append(self.load.accepted(self.leader, self.stage.waits, deadline_s))
        self.draft.observe("after_write_accepted", every(self.written))
        witness = answers[self.witness.name]
        self.answers.dated(
            "last_restored_at", self.witness, before, witness, fault.healed_at, datetime.now(UTC)
        )
        self.counts.append(witness.count("detected_loss_count"))
        self.draft.observe("loss_counts", self.counts)
        self.draft.metric("detected_loss_count", self.counts[-1])
        self.trail.done(RESTORED, began_s=fault.healed_s or fault.at_s)
        self.trail.await_more(LOST, RESTORED)
        self.read_table()

    def trace(self) -> None:
        """The audit events, which were made while PostgreSQL was away."""
        self.draft.observe("audit_events", self.trail.names)
        self.draft.observe("audit_follows_deeds", self.trail.follows())

    def account(self) -> None:
        """Stop the load, and derive from its history what was said and promised during the losses."""
        self.stage.step("count the rows")
        self.load.stop()
        self.read_table()
        for name, value in of_quorum_loss(self.load.history.lines()).items():
            if name in self.draft.metrics:
                self.draft.metric(name, value)
        found = losses(self.load.history.operations())
        if found.acknowledged and "writes_acknowledged_during_loss" in self.draft.metrics:
            rows = ", ".join(found.acknowledged[:5])
            self.draft.quote("writes_acknowledged_during_loss", f"rows {rows}")
        if found.invalid:
            self.not_accepted(f"an answer of success that promises nothing: {found.invalid[0]}")
        if found.table is not None:
            self.explain(found.table)

    def not_accepted(self, why: str) -> None:
        """An answer that said yes, and a row that is not what was promised: writes are not accepted."""
        self.draft.observe("after_write_accepted", False)
        self.draft.quote("after_write_accepted", why)

    def read_table(self) -> None:
        """The whole table, as a line of the history."""
        statement, at_s = self.stage.target.sql.protected_rows, time.monotonic()
        if statement is None:
            return
        try:
            rows = whole_table(self.server, statement)
        except LabError as fault:
            self.server.rows("select 1")  # whose failure is the lab's own
            raise SystemFailed(f"the protected rows cannot be read any more: {fault}") from fault
        self.load.history.final(at_s, rows)

    def explain(self, table: Compared) -> None:
        """The table against what was sent: a row is accepted only if it is there, once, as it was sent."""
        self.stage.journal.saw("rows", **asdict(table))
        self.draft.quote("rows_lost", f"rows {', '.join(table.lost[:5])}")
        if table.duplicated or table.unexpected:
            self.not_accepted(strange(table))
        if table.refused_stored:
            stored = ", ".join(table.refused_stored[:5])
            self.draft.quote("protected_write_refused", f"refused, and stored: {stored}")

    def status(self, when: str) -> Answer:
        """The status of the node that led before the loss."""
        answer = self.leader.status()
        self.stage.journal.saw(when, node=self.leader.name, **answer.summary())
        return answer

    def await_quorum(self, health: str, since_s: float | None) -> bool:
        """Wait until every node reports a quorum health, each polled for itself; whether each did."""
        deadline_s = self.stage.target.timing.loss_deadline_s
        what = f"every node to report {health}"
        found = self.cluster.await_all(what, deadline_s, "quorum_health", health, since_s)
        return None not in found.values()

    def _leading(self, answers: dict[str, Answer]) -> Node:
        """The node that says it leads, else the one that led before."""
        for node in self.cluster.nodes:
            if answers[node.name].text("role") == "leader":
                return node
        return self.leader


SCENARIO = Scenario(
    slice=quorum_loss.KIND,
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
        "writes_acknowledged_during_loss",
        "rows_lost",
        "loss_held_ms",
        "block_held",
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
