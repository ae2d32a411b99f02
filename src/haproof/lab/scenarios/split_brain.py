"""VAL16: leadership metadata changed behind the leader's back, found, looked at, recovered from."""

import time

from haproof.core.histories.risks import (
    AGAIN,
    BASELINE,
    CLEARED,
    DIVERGENCE,
    FINAL,
    GHOSTS,
    PROMOTED,
    RECOVERED_AGAIN,
    RECOVERED_EPOCHS,
    RECOVERY,
    REPEATED,
    highest_shown,
    lowest,
)
from haproof.kinds import split_brain
from haproof.lab.audit import Trail
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.load import Load
from haproof.lab.postgres import HONEST, Server
from haproof.lab.risk_questions import RiskQuestions, risk
from haproof.lab.row_versions import StateTables
from haproof.lab.scenario import Scenario, Stage, SystemFailed
from haproof.lab.side_effects import SideEffects
from haproof.lab.user_data import UserTables, create_fixture

DETECTED, RECOVERED = "ha.split_brain.detected", "ha.split_brain.recovered"
PROBE_ROWS = 20
FEWEST_REPEATS = 3
"""How often at least the leader is asked again about the same divergence."""

BURSTS, BURST_WRITES = 3, 20
"""Writes to each node that should refuse: one in twenty that is taken shows."""

NODE_POLLS = 2
"""A node's own polls that a question and its side effects are given: some writes come with the next one."""

STALE_WRITES = 4
"""Sent at once to a leader whose epoch is no longer the durable one."""


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
        again = scene.settled_again()
        if again is not None:
            scene.divergence_again(again.leader)
            again = scene.settled_again()
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
        self.risks = RiskQuestions(stage, server, self.tables)
        self.usurpers: list[Node] = []
        """Followers that acted on promote-leader, although another node leads."""

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
            self.risks.note(BASELINE, node, settled.answers[node.name], leads=False)
        answer = self.risks.ask(BASELINE, settled.leader)
        self.stage.journal.saw("risk at baseline", node=settled.leader.name, **answer.summary())
        self.risks.tell()
        return settled

    def divergence(self, leader: Node) -> None:
        """Raise the durable epoch; wait for the leader's answer and for the event that tells of it."""
        self.stage.step("raise the epoch behind the leader's back")
        with self.trail.deed(DETECTED):
            injected_s = self.risks.inject("raise_epoch")
            came = self.risks.await_risk(DIVERGENCE, leader, "detected", injected_s)
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
                answer = self.risks.recover(node, "manual-reconcile")
                if node is leader:  # another node may have nothing to reconcile, and refuse
                    accepted.append(answer.ok and answer.flag("success") is not False)
                    self.risks.quote("dry_run_accepted", node, answer)

        self.draft.observe("dry_run_writes", self.effects.of("rows changed by the dry run", ask))
        self.ask_again(leader)
        self.draft.observe("dry_run_accepted", all(accepted))
        self.draft.observe("repeated_risks", self.risks.figures().get("repeated_risks"))

    def ask_again(self, leader: Node) -> None:
        """One question to each node about a divergence that the leader has reported."""
        for node in self.cluster.nodes:
            answer = self.risks.ask(REPEATED, node, leads=node is leader)
            if node is leader and risk(answer) != "detected":
                self.risks.quote("repeated_risks", node, answer)

    def recovery(self, leader: Node) -> None:
        """promote-leader brings the risk back to none, and leaves the user data alone."""
        self.stage.step("recover with promote-leader")
        self.draft.metric("epoch_before_recovery", highest_shown(self.risks.asked))
        if self.risks.rubbish is not None:
            self.draft.quote("epoch_after_recovery", self.risks.rubbish)
        with self.trail.deed(RECOVERED):
            answer = self.risks.recover(leader, "promote-leader")
            came = self.risks.await_risk(RECOVERY, leader, "none", answer.reply.sent_s)
            self.trail.await_more(RECOVERED)  # now: a risk that ends by itself may leave the same event
        self.draft.observe("audit_events", self.trail.names)
        self.draft.observe("audit_follows_deeds", self.trail.follows())
        if came:
            status = leader.status()
            shown = [status.count("current_epoch")]
            shown += [answer.count("epoch")] if answer.value("epoch") is not None else []
            self.stage.journal.saw(RECOVERED_EPOCHS, node=leader.name, epochs=shown)
            self.draft.metric("epoch_after_recovery", lowest(shown))
            if self.risks.rubbish is None:
                self.risks.quote("epoch_after_recovery", leader, status)
        self.users.compare()

    def settled_again(self) -> Settled | None:
        """The cluster in order after a recovery; None where it never is."""
        return self.cluster.settle(self.stage.target.timing.failover_deadline_s)

    def divergence_again(self, leader: Node) -> None:
        """A second divergence: found as the first was, no write under the old epoch, nobody else promoted."""
        self.stage.step("raise the epoch a second time, and write under the old one")
        injected_s = self.risks.inject("raise_epoch")
        if self.risks.await_risk(AGAIN, leader, "detected", injected_s):
            self.users.stale(leader, STALE_WRITES)
            self.says_that_it_refuses(leader)
            for follower in self.cluster.others(leader):
                self.promote_follower(follower, leader)
        answer = self.risks.recover(leader, "promote-leader")
        self.risks.await_risk(RECOVERED_AGAIN, leader, "none", answer.reply.sent_s)
        self.users.compare()

    def says_that_it_refuses(self, leader: Node) -> None:
        """With its own next poll a leader that is fenced stops saying that it accepts protected writes."""
        if not self.stage.target.writes_through_node:
            return
        status = leader.status()

        def refuses() -> bool | None:
            nonlocal status
            status = leader.status()
            return True if status.flag("can_accept_protected_writes") is not True else None

        limit_s = self.watch_s + self.stage.target.timing.answer_deadline_ms / 1000
        what = f"{leader.name} to say that it accepts no protected writes"
        if self.stage.waits.until(what, limit_s, refuses) is None:
            self.risks.contradicted(leader, status)

    def promote_follower(self, follower: Node, leader: Node) -> None:
        """promote-leader at a node that does not lead: refused, or carried out by the leader in its place."""
        before = self.risks.ask(PROMOTED, leader).count("durable_epoch")
        answer = self.risks.recover(follower, "promote-leader")
        after = self.risks.ask(PROMOTED, leader)
        accepted = answer.ok and answer.flag("success") is not False
        acted = accepted or after.count("durable_epoch") != before
        if acted and risk(after) != "none":
            self.usurpers.append(follower)
            self.risks.quote("final_leaders", follower, answer)

    def ghosts(self, leader: Node) -> None:
        """Open epochs of nobody raise the risk; resigned, they end it."""
        self.stage.step("insert ghost epochs that nobody closed")
        with self.trail.deed():
            injected_s = self.risks.inject("open_ghost_epochs")
            if self.risks.await_risk(GHOSTS, leader, "possible", injected_s):
                self.trail.await_more(DETECTED)
        self.stage.step("resign the ghost epochs")
        healed_s = self.risks.inject("close_ghost_epochs", may_be_done=True)
        self.risks.await_risk(CLEARED, leader, "none", healed_s)

    def final(self, leader: Node) -> None:
        """A cluster that works, with one leader in word and deed."""
        self.stage.step("look at the cluster at the end")
        settled = self.cluster.settle(self.stage.target.timing.failover_deadline_s)
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("end", **{name: answer.summary() for name, answer in answers.items()})
        leaders = [node for node in self.cluster.nodes if answers[node.name].text("role") == "leader"]
        last = leaders[0] if leaders else leader
        self.risks.ask(FINAL, last)
        self.risks.tell()
        self.users.compare()
        deadline_s = self.stage.target.timing.failover_deadline_s
        self.draft.observe("final_write_accepted", self.load.accepted(last, self.stage.waits, deadline_s))
        others = [node for node in self.cluster.nodes if node not in leaders]
        taking = [node for node in others if self.takes_writes(node)]
        self.draft.observe("final_leaders", len(leaders) + len({*taking, *self.usurpers}))
        if taking:
            self.draft.quote("final_leaders", f"{taking[0].name} does not lead, and accepted a write")

    def takes_writes(self, follower: Node) -> bool:
        """Whether a node that should refuse accepts one of many writes; it counts as a leader then."""
        if not self.stage.target.writes_through_node:
            return False
        sent = [write for _ in range(BURSTS) for write in self.load.burst(follower, BURST_WRITES)]
        return any(write.outcome == "acknowledged" for write in sent)


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
