"""VAL16: leadership metadata changed behind the leader's back, found, looked at, recovered from."""

import time
from typing import Any

from msgspec.structs import asdict

from haproof.core.histories.risks import (
    ASKED,
    BASELINE,
    CLEARED,
    DIVERGENCE,
    FINAL,
    GHOSTS,
    RECOVERED_EPOCHS,
    RECOVERY,
    REPEATED,
    Asked,
    highest_shown,
    lowest,
    of_asked,
)
from haproof.core.record import LARGEST
from haproof.errors import LabError
from haproof.kinds import split_brain
from haproof.lab.audit import Trail
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.ground import ADMIN
from haproof.lab.load import Load
from haproof.lab.measure import milliseconds
from haproof.lab.postgres import HONEST, Server
from haproof.lab.row_versions import StateTables
from haproof.lab.scenario import Scenario, Stage, SystemFailed
from haproof.lab.side_effects import SideEffects
from haproof.lab.user_data import UserTables, create_fixture

DETECTED, RECOVERED = "ha.split_brain.detected", "ha.split_brain.recovered"
EPOCHS = ("current_epoch", "local_epoch", "durable_epoch")
RISKS = ("none", "possible", "detected")
PROBE_ROWS = 20
FEWEST_REPEATS = 3
"""How often at least the leader is asked again about the same divergence."""

BURSTS, BURST_WRITES = 3, 20
"""Writes to each node that should refuse: one in twenty that is taken shows."""

NODE_POLLS = 2
"""A node's own polls that a question and its side effects are given: some writes come with the next one."""

RECOVER_SECONDS = 8.0


def run(stage: Stage) -> None:
    """The slice: each injection on a cluster that is in order."""
    stage.step("start PostgreSQL")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings["node_poll_ms"] = stage.target.timing.node_poll_ms
    scene = _Scene(stage, server, stage.cluster(server))
    try:
        settled = scene.baseline()
        scene.divergence(settled.leader)
        scene.repeated(settled.leader)
        scene.dry_run(settled.leader)
        scene.recovery(settled.leader)
        again = scene.cluster.settle(stage.target.timing.failover_deadline_s)
        if again is not None:
            scene.ghosts(again.leader)
        scene.final((again or settled).leader)
    except SystemFailed:
        scene.users.account()
        raise
    scene.users.account()


class _Scene:
    """The nodes, the database, and what is watched in both."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.load = Load(stage, cluster)
        self.users = UserTables(stage, server, self.load)
        self.trail = Trail(stage, cluster, DETECTED, RECOVERED)
        self.tables = StateTables(server, stage.target.sql.state_tables)
        self.watch_s = NODE_POLLS * stage.target.timing.node_poll_ms / 1000
        self.effects = SideEffects(self.tables, stage.waits, stage.journal, self.watch_s)
        self.asked: list[Asked] = []
        self.rubbish: str | None = None

    def baseline(self) -> Settled:
        """Two nodes, user data in place, and a leader that sees no risk."""
        self.stage.step("start two nodes")
        self.cluster.start()
        settled = self.stage.must(self.cluster.settle(), "no leader that both nodes agree on came up")
        self.stage.step(f"write {PROBE_ROWS} protected rows and a table of user data")
        self.load.crowd(settled.leader, PROBE_ROWS)
        create_fixture(self.server)
        self.tables.versions()  # from here on a table that is gone is missed
        self.users.note()
        for node in self.cluster.nodes:
            self.note(BASELINE, node, settled.answers[node.name], leads=False)
        answer = self.ask(BASELINE, settled.leader)
        self.stage.journal.saw("risk at baseline", node=settled.leader.name, **answer.summary())
        self.tell()
        return settled

    def divergence(self, leader: Node) -> None:
        """Raise the durable epoch; wait for the leader's answer and for the event that tells of it."""
        self.stage.step("raise the epoch behind the leader's back")
        with self.trail.deed(DETECTED):
            injected_s = self.inject("raise_epoch")
            came = self.await_risk(DIVERGENCE, leader, "detected", injected_s)
            if came:
                self.trail.await_more(DETECTED)

    def repeated(self, leader: Node) -> None:
        """Ask every node again and again: the leader's answer stays, and nothing is written by the asking."""
        self.stage.step("ask again and again")

        def ask() -> None:
            until_s, number = time.monotonic() + self.watch_s, 0
            while number < FEWEST_REPEATS or time.monotonic() < until_s:
                number += 1
                self.ask_again(leader)
                self.stage.waits.pause(self.stage.target.timing.poll_interval_ms / 1000)

        self.draft.observe("detection_writes", self.effects.of("rows changed while the nodes are asked", ask))

    def dry_run(self, leader: Node) -> None:
        """manual-reconcile says what it would do, and does nothing, whichever node is asked."""
        self.stage.step("ask for manual-reconcile, the dry run")
        accepted: list[bool] = []

        def ask() -> None:
            for node in (leader, *self.cluster.others(leader)):
                answer = self.recover(node, "manual-reconcile")
                if node is leader:  # another node may have nothing to reconcile, and refuse
                    accepted.append(answer.ok and answer.flag("success") is not False)
                    self.quote("dry_run_accepted", node, answer)

        self.draft.observe("dry_run_writes", self.effects.of("rows changed by the dry run", ask))
        self.ask_again(leader)
        self.draft.observe("dry_run_accepted", all(accepted))
        self.draft.observe("repeated_risks", self.figures().get("repeated_risks"))

    def ask_again(self, leader: Node) -> None:
        """One question to each node about a divergence that the leader has reported."""
        for node in self.cluster.nodes:
            answer = self.ask(REPEATED, node, leads=node is leader)
            if node is leader and risk(answer) != "detected":
                self.quote("repeated_risks", node, answer)

    def recovery(self, leader: Node) -> None:
        """promote-leader brings the risk back to none, and leaves the user data alone."""
        self.stage.step("recover with promote-leader")
        self.draft.metric("epoch_before_recovery", highest_shown(self.asked))
        if self.rubbish is not None:
            self.draft.quote("epoch_after_recovery", self.rubbish)
        with self.trail.deed(RECOVERED):
            answer = self.recover(leader, "promote-leader")
            came = self.await_risk(RECOVERY, leader, "none", answer.reply.sent_s)
            self.trail.await_more(RECOVERED)  # now: a risk that ends by itself may leave the same event
        self.draft.observe("audit_events", self.trail.names)
        self.draft.observe("audit_follows_deeds", self.trail.follows())
        if came:
            status = leader.status()
            shown = [status.count("current_epoch")]
            shown += [answer.count("epoch")] if answer.value("epoch") is not None else []
            self.stage.journal.saw(RECOVERED_EPOCHS, node=leader.name, epochs=shown)
            self.draft.metric("epoch_after_recovery", lowest(shown))
            if self.rubbish is None:
                self.quote("epoch_after_recovery", leader, status)
        self.users.compare()

    def ghosts(self, leader: Node) -> None:
        """Open epochs of nobody raise the risk; resigned, they end it."""
        self.stage.step("insert ghost epochs that nobody closed")
        with self.trail.deed():
            injected_s = self.inject("open_ghost_epochs")
            if self.await_risk(GHOSTS, leader, "possible", injected_s):
                self.trail.await_more(DETECTED)
        self.stage.step("resign the ghost epochs")
        healed_s = self.inject("close_ghost_epochs", may_be_done=True)
        self.await_risk(CLEARED, leader, "none", healed_s)

    def final(self, leader: Node) -> None:
        """A cluster that works, with one leader in word and deed."""
        self.stage.step("look at the cluster at the end")
        settled = self.cluster.settle(self.stage.target.timing.failover_deadline_s)
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("end", **{name: answer.summary() for name, answer in answers.items()})
        leaders = [node for node in self.cluster.nodes if answers[node.name].text("role") == "leader"]
        last = leaders[0] if leaders else leader
        self.ask(FINAL, last)
        self.tell()
        self.users.compare()
        deadline_s = self.stage.target.timing.failover_deadline_s
        self.draft.observe("final_write_accepted", self.load.accepted(last, self.stage.waits, deadline_s))
        others = [node for node in self.cluster.nodes if node not in leaders]
        taking = [node for node in others if self.takes_writes(node)]
        self.draft.observe("final_leaders", len(leaders) + len(taking))
        if taking:
            self.draft.quote("final_leaders", f"{taking[0].name} does not lead, and accepted a write")

    def takes_writes(self, follower: Node) -> bool:
        """Whether a node that should refuse accepts one of many writes; it counts as a leader then."""
        if not self.stage.target.writes_through_node:
            return False
        sent = [write for _ in range(BURSTS) for write in self.load.burst(follower, BURST_WRITES)]
        return any(write.outcome == "acknowledged" for write in sent)

    def inject(self, name: str, may_be_done: bool = False) -> float:
        """Run a statement of the target's, and make sure that it changed rows; the moment just before.

        `may_be_done`: a system may have done by itself what the statement does; then it changes none.
        """
        statement = self.stage.sql(name)
        at_s = time.monotonic()
        with self.tables.blamed():
            affected = self.server.affected(statement, ADMIN)
        self.stage.journal.act(f"sql.{name}", rows=affected)
        if affected == 0 and not may_be_done:
            raise LabError(f"[sql] {name} of the target {self.stage.target.name} changed no row")
        return at_s

    def ask(self, phase: str, node: Node, since_s: float | None = None, leads: bool = True) -> Answer:
        """A node's split-brain answer, as a line of the journal with the epochs in it."""
        answer = node.client.call("split_brain")
        self.note(phase, node, answer, since_s, leads)
        return answer

    def note(
        self, phase: str, node: Node, answer: Answer, since_s: float | None = None, leads: bool = True
    ) -> None:
        """Keep an answer: after the recovery the epochs that were shown before it must all be over."""
        after_ms = None if since_s is None else milliseconds(answer.reply.done_s - since_s)
        line = Asked(ASKED, phase, leads, risk(answer), after_ms, self.epochs_in(answer))
        self.asked.append(line)
        self.stage.journal.saw(node=node.name, **asdict(line))

    def epochs_in(self, answer: Answer) -> list[int | None]:
        """The epochs that an answer shows; None for one that is none."""
        found: list[int | None] = []
        for name in EPOCHS:
            if answer.value(name) is not None:
                found.append(answer.count(name))
                if found[-1] is None:
                    self.rubbish = f"a node shows {name} {answer.quoted(name)}, which is no epoch"
        return found + [epoch for epoch in answer.items("unclosed_epochs") if is_epoch(epoch)]

    def tell(self) -> None:
        """The figures that follow from the answers so far."""
        for name, value in self.figures().items():
            if name in self.draft.metrics:
                self.draft.metric(name, value)
            elif name in self.draft.observations and name != "repeated_risks":
                self.draft.observe(name, value)

    def figures(self) -> dict[str, Any]:
        """What a recount derives from the journal's lines."""
        return of_asked(self.asked)

    def quote(self, name: str, node: Node, answer: Answer) -> None:
        """What a node answered, for the detail of the check that it breaks."""
        self.draft.quote(name, f"{node.name} answered {answer.reply.status}: {answer.quoted_body()}")

    def recover(self, leader: Node, strategy: str) -> Answer:
        """Ask the leader for a strategy, once."""
        answer = leader.client.call("split_brain_recover", RECOVER_SECONDS, strategy=strategy)
        self.stage.journal.act(strategy, node=leader.name, **answer.summary())
        return answer

    def await_risk(self, phase: str, node: Node, wanted: str, since_s: float) -> bool:
        """Ask for the risk until it is the wanted one; whether it came."""

        def probe() -> bool | None:
            answer = self.ask(phase, node, since_s)
            if risk(answer) != wanted:
                return None
            self.stage.journal.saw("risk", node=node.name, **answer.summary())
            return True

        seen = self.stage.waits.until(
            f"{node.name} to see the risk {wanted}",
            self.stage.target.timing.failover_deadline_s,  # the seed bounds no time for this
            probe,
            every_s=self.stage.target.timing.poll_interval_ms / 1000,
            since_s=since_s,
        )
        self.tell()
        return seen is not None


def risk(answer: Answer) -> str | None:
    """The risk that a node answers; None for anything that is none of the three."""
    text = answer.text("risk") if answer.ok else None
    return text if text in RISKS else None


def is_epoch(value: object) -> bool:
    """Whether an entry of a list is an epoch (the lowest ghost may be below 0)."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST


SCENARIO = Scenario(
    slice=split_brain.KIND,
    needs=(
        "writes",
        "api.status",
        "api.split_brain",
        "api.split_brain_recover",
        "api.audit_events",
        "sql.raise_epoch",
        "sql.open_ghost_epochs",
        "sql.close_ghost_epochs",
    ),
    metrics=(
        "baseline_risk",
        "divergence_risk",
        "ghost_risk",
        "recovered_risk",
        "user_rows_before",
        "user_rows_after",
        "user_data_intact",
        "detection_ms",
        "recovery_ms",
        "epoch_before_recovery",
        "epoch_after_recovery",
    ),
    observations=(
        "repeated_risks",
        "detection_writes",
        "dry_run_accepted",
        "dry_run_writes",
        "ghost_cleared_risk",
        "audit_events",
        "audit_follows_deeds",
        "final_leaders",
        "final_risk",
        "final_write_accepted",
    ),
    run=run,
)
