"""VAL16: leadership metadata changed behind the leader's back, found, looked at, recovered from."""

import time

from haproof.core.slices import split_brain
from haproof.errors import LabError
from haproof.lab.audit import Trail
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Node, Settled
from haproof.lab.ground import ADMIN
from haproof.lab.load import Load
from haproof.lab.measure import Seen
from haproof.lab.postgres import HONEST, Server
from haproof.lab.row_versions import changed_rows, control_rows
from haproof.lab.scenario import Scenario, Stage
from haproof.lab.user_data import UserData, create_fixture, user_data

DETECTED, RECOVERED = "ha.split_brain.detected", "ha.split_brain.recovered"
RISKS = ("none", "possible", "detected")
PROBE_ROWS = 20
REPEATS = 5
"""How often the leader is asked again about the same divergence."""

RECOVER_SECONDS = 8.0
AFTERMATH_SECONDS = 0.3
"""A write that a request caused may come a moment after its answer: rows are compared only then."""


def run(stage: Stage) -> None:
    """The slice: each injection on a cluster that is in order."""
    stage.step("start PostgreSQL")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings["detection_repeats"] = REPEATS
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
    finally:
        scene.writer.stop()


class _Scene:
    """The nodes, the database, and what the user data was before the first injection."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.writer = Load(stage, cluster)
        self.trail = Trail(stage, cluster, DETECTED, RECOVERED)
        self.user_data: UserData | None = None

    def baseline(self) -> Settled:
        """Two nodes, user data in place, and a leader that sees no risk."""
        self.stage.step("start two nodes")
        self.cluster.start()
        settled = self.stage.must(self.cluster.settle(), "no leader that both nodes agree on came up")
        self.stage.step(f"write {PROBE_ROWS} protected rows and a table of user data")
        for _ in range(PROBE_ROWS):
            self.writer.write(settled.leader)
        create_fixture(self.server)
        self.user_data = user_data(self.server, self.stage.target)
        if self.user_data is None:
            raise LabError("the user data cannot be read; see [sql] protected_rows")
        self.draft.metric("user_rows_before", self.user_data.rows)
        answer = settled.leader.client.call("split_brain")
        self.stage.journal.saw("risk at baseline", node=settled.leader.name, **answer.summary())
        self.draft.metric("baseline_risk", risk(answer))
        return settled

    def divergence(self, leader: Node) -> None:
        """Raise the durable epoch; wait for the leader's answer and for the event that tells of it."""
        self.stage.step("raise the epoch behind the leader's back")
        with self.trail.deed(DETECTED):
            injected_s = self.inject("raise_epoch")
            seen, last = self.await_risk(leader, "detected", injected_s)
            self.draft.metric("divergence_risk", last)
            self.draft.metric("detection_ms", seen.elapsed_ms if seen else None)
            if seen is not None:
                self.trail.await_more(DETECTED)

    def repeated(self, leader: Node) -> None:
        """Ask again and again: the same answer, and nothing written by it."""
        self.stage.step(f"ask {REPEATS} times more")
        before = control_rows(self.server)
        risks = []
        for _ in range(REPEATS):
            risks.append(risk(leader.client.call("split_brain")))
            self.stage.waits.pause(self.stage.target.timing.poll_interval_ms / 1000)
        self.stage.waits.pause(AFTERMATH_SECONDS)
        changes = changed_rows(before, control_rows(self.server))
        self.stage.journal.saw("repeated detection", risks=risks, changes=changes)
        self.draft.observe("repeated_risks", risks)
        self.draft.observe("detection_writes", sum(changes.values()))

    def dry_run(self, leader: Node) -> None:
        """manual-reconcile says what it would do, and does nothing."""
        self.stage.step("ask for manual-reconcile, the dry run")
        before = control_rows(self.server)
        answer = self.recover(leader, "manual-reconcile")
        self.stage.waits.pause(AFTERMATH_SECONDS)
        changes = changed_rows(before, control_rows(self.server))
        self.stage.journal.saw("dry run", changes=changes)
        self.draft.observe("dry_run_accepted", answer.ok and answer.flag("success") is not False)
        self.draft.observe("dry_run_writes", sum(changes.values()))

    def recovery(self, leader: Node) -> None:
        """promote-leader brings the risk back to none, and leaves the user data alone."""
        self.stage.step("recover with promote-leader")
        with self.trail.deed(RECOVERED):
            answer = self.recover(leader, "promote-leader")
            seen, last = self.await_risk(leader, "none", answer.reply.sent_s)
            self.draft.metric("recovered_risk", last)
            self.draft.metric("recovery_ms", seen.elapsed_ms if seen else None)
            self.trail.await_more(RECOVERED)  # now: a risk that ends by itself may leave the same event
        self.draft.observe("audit_events", self.trail.names)
        self.draft.observe("audit_follows_deeds", self.trail.follows())
        self.compare_user_data()

    def ghosts(self, leader: Node) -> None:
        """Open epochs of nobody raise the risk; resigned, they end it."""
        self.stage.step("insert ghost epochs that nobody closed")
        with self.trail.deed():
            injected_s = self.inject("open_ghost_epochs")
            seen, last = self.await_risk(leader, "possible", injected_s)
            self.draft.metric("ghost_risk", last)
            if seen is not None:
                self.trail.await_more(DETECTED)
        self.stage.step("resign the ghost epochs")
        healed_s = self.inject("close_ghost_epochs")
        _, last = self.await_risk(leader, "none", healed_s)
        self.draft.observe("ghost_cleared_risk", last)

    def final(self, leader: Node) -> None:
        """A cluster that works, with one leader in word and deed."""
        self.stage.step("look at the cluster at the end")
        settled = self.cluster.settle(self.stage.target.timing.failover_deadline_s)
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("end", **{name: answer.summary() for name, answer in answers.items()})
        leaders = [node for node in self.cluster.nodes if answers[node.name].text("role") == "leader"]
        last = leaders[0] if leaders else leader
        self.draft.observe("final_risk", risk(last.client.call("split_brain")))
        self.compare_user_data()
        deadline_s = self.stage.target.timing.failover_deadline_s
        self.draft.observe("final_write_accepted", self.writer.accepted(last, self.stage.waits, deadline_s))
        others = [node for node in self.cluster.nodes if node not in leaders]
        self.draft.observe("final_leaders", len(leaders) + self.writer.accepted_by(others))

    def inject(self, name: str) -> float:
        """Run a statement of the target's, and make sure that it changed rows; the moment just before."""
        statement = self.stage.sql(name)
        at_s = time.monotonic()
        affected = self.server.affected(statement, ADMIN)
        self.stage.journal.act(f"sql.{name}", rows=affected)
        if affected == 0:
            raise LabError(f"[sql] {name} of the target {self.stage.target.name} changed no row")
        return at_s

    def recover(self, leader: Node, strategy: str) -> Answer:
        """Ask the leader for a strategy, once."""
        answer = leader.client.call("split_brain_recover", RECOVER_SECONDS, strategy=strategy)
        self.stage.journal.act(strategy, node=leader.name, **answer.summary())
        return answer

    def await_risk(self, node: Node, wanted: str, since_s: float) -> tuple[Seen[str] | None, str | None]:
        """Ask for the risk until it is the wanted one; also what was answered last, whatever it was."""
        last: str | None = None

        def probe() -> str | None:
            nonlocal last
            answer = node.client.call("split_brain")
            last = risk(answer)
            if last != wanted:
                return None
            self.stage.journal.saw("risk", node=node.name, **answer.summary())
            return last

        seen = self.stage.waits.until(
            f"{node.name} to see the risk {wanted}",
            self.stage.target.timing.failover_deadline_s,  # the seed bounds no time for this
            probe,
            every_s=self.stage.target.timing.poll_interval_ms / 1000,
            since_s=since_s,
        )
        return seen, last

    def compare_user_data(self) -> None:
        """Hold the user data against what it was; a difference seen once stays."""
        now = user_data(self.server, self.stage.target)
        self.stage.journal.saw("user data", before=self.user_data, now=now)
        if self.draft.metrics["user_data_intact"] is False:
            return
        self.draft.metric("user_rows_after", now.rows if now else None)
        self.draft.metric("user_data_intact", now == self.user_data)


def risk(answer: Answer) -> str | None:
    """The risk that a node answers; None for anything that is none of the three."""
    text = answer.text("risk") if answer.ok else None
    return text if text in RISKS else None


SCENARIO = Scenario(
    slice=split_brain.SLICE,
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
