"""VAL13: two nodes on one PostgreSQL, the leader ended in every way, eight writers going on throughout."""

import signal
import time

from haproof.core.histories.recounting import of_failover
from haproof.core.targets import FAILOVER_MS, RAPID_CYCLES
from haproof.errors import NotRun
from haproof.kinds import failover
from haproof.kinds.failover.record import FailoverMetrics, FailoverObservations
from haproof.lab import write_probes
from haproof.lab.accounting import ReadTable, lost, table_again, whole_table
from haproof.lab.client import Answer
from haproof.lab.cluster import Cluster, Settled
from haproof.lab.database_ends import end_database
from haproof.lab.elections import read_elections
from haproof.lab.in_flight import COMMIT_DELAY_MS, endless_commits
from haproof.lab.load import Load
from haproof.lab.postgres import HONEST, Server
from haproof.lab.scenario import Profile, Scenario, Stage, SystemFailed
from haproof.lab.stale import StaleWrites
from haproof.lab.takeover import Trial, hand_over, kill_in_silence, kill_leader

PROBE_ROWS = 10
QUIET_SECONDS: dict[Profile, float] = {"quick": 2.0, "default": 3.0, "full": 5.0}
"""Before the first fault: whatever changes then was provoked by nobody."""

ENDLESS_SECONDS = 0.6
"""Commits wait for so long: longer than the reference node's deadline for them, shorter than the lab's."""

NON_HOLDER_WRITES = 200
"""At least so many writes are answered by nodes that do not hold, over the whole slice."""

OF_THE_EVENTS = ("epochs", "events_match")
"""What needs the audit events as well; not measured before they were read."""

SPREAD = 0.4
"""Kill instants are spread over this part of the lock bound: more than a heartbeat (at most a third)."""

ABOUT_WRITES_THROUGH_NODES = (
    "stale_write_refused",
    "write_gap_ms",
    "sigterm_accepting_trials_ms",
    "sigkill_accepting_trials_ms",
    "answers_invalid",
    "non_holder_accepted",
)
"""What a target without a protected-write endpoint cannot be asked."""

DEFAULT_BOUND_MS = 1_000


def run(stage: Stage) -> None:
    """The slice, from the first start to the last count of rows."""
    if stage.target.writes_through_node and stage.target.lacks("sql.raise_epoch"):
        raise NotRun(f"the target {stage.target.name} does not offer sql.raise_epoch")
    stage.step("start PostgreSQL")
    server = stage.server("postgres")
    server.start()
    stage.settings.update(server.settings(*HONEST))
    stage.settings["takeover_clock"] = "wall clock of the host: new leader's acquired_at minus the kill"
    stage.draft.metric("poll_interval_ms", stage.target.timing.poll_interval_ms)
    scene = _Scene(stage, server, stage.cluster(server))
    try:
        scene.baseline()
        scene.quiet()
        scene.killed_series("sigterm", signal.SIGTERM)
        scene.killed_series("sigkill", signal.SIGKILL)
        scene.planned_handover()
        scene.rapid_cycles()
        scene.unobserved_kill()
        scene.database_ends()
        scene.endless_commits()
        scene.hung_leader()
        scene.raised_epochs()
        scene.final()
    except SystemFailed:
        scene.account()
        raise
    scene.account()


class _Scene:
    """The nodes, the load on them, and what was counted so far."""

    def __init__(self, stage: Stage, server: Server, cluster: Cluster) -> None:
        self.stage = stage
        self.draft = stage.draft
        self.server = server
        self.cluster = cluster
        self.load = Load(stage, cluster)
        self.stale = StaleWrites(stage, cluster, self.load)
        self.probes: dict[str, str] = {}
        self.killed = self.rejoined = 0
        self.events_read = False
        self.odd_event: str | None = None
        self.unasked: str | None = None
        """Why the old leader of a planned handover could not be written to; None where it was."""
        self.spread_s = SPREAD * (stage.target.timing.lock_bound_ms or DEFAULT_BOUND_MS) / 1000
        stage.settings["kill_spread_ms"] = self.spread_s * 1000
        stage.settings["crash_commit_delay_ms"] = COMMIT_DELAY_MS
        stage.settings["failover_deadline_s"] = stage.target.timing.failover_deadline_s
        if not stage.target.writes_through_node:
            self.draft.leave_out(*ABOUT_WRITES_THROUGH_NODES)

    def baseline(self) -> None:
        """Two healthy nodes, one leader, and probe rows that can be read."""
        self.stage.step("start two nodes")
        ready = self.cluster.start()
        settled = self.cluster.settle() if ready == len(self.cluster.nodes) else None
        answers = settled.answers if settled else self.cluster.statuses()
        self.stage.journal.saw("baseline", **{name: answer.summary() for name, answer in answers.items()})
        holders = {answer.text("holder_id") for answer in answers.values()}
        self.draft.observe("nodes_healthy", _with(answers, "quorum_health", "healthy"))
        self.draft.observe("leaders", _with(answers, "role", "leader"))
        self.draft.observe("holder_agreed", len(holders) == 1 and None not in holders)
        settled = self.stage.must(settled, "no leader that both nodes agree on came up")
        self.load.watch()
        self.stage.step(f"write {PROBE_ROWS} probe rows")
        self.load.burst(settled.leader, PROBE_ROWS)
        write_probes.unusual(self.load, settled.leader)
        self.probes = self.load.acknowledged()
        self.draft.observe("probe_rows_written", len(self.probes))
        self.draft.observe("probe_rows_readable", self.readable_probes(whole_table))
        self.draft.observe("leaders", 1 + self.load.accepted_by(settled.followers))
        self.count_boasters(settled)
        write_probes.repeat(self.load, settled.leader)
        write_probes.contradict(self.load, settled.leader)
        self.stage.must(self.probes or None, f"the leader acknowledged no probe row: {self.load.said}")

    def count_boasters(self, settled: Settled) -> None:
        """A follower that says it accepts protected writes counts as a leader: clients would follow it."""
        for node in settled.followers:
            answer = settled.answers[node.name]
            if answer.flag("can_accept_protected_writes") is True:
                self.draft.observe("leaders", self.draft.observations["leaders"] + 1)
                said = "calls itself a follower, and says can_accept_protected_writes true"
                self.draft.quote("leaders", f"{node.name} {said}")

    def quiet(self) -> None:
        """The load begins, and nothing is done to anybody for a while."""
        seconds = QUIET_SECONDS[self.stage.options.profile]
        self.stage.step(f"write for {seconds:g} s without a fault")
        self.load.start()
        self.stage.waits.pause(seconds)

    def killed_series(self, name: str, number: signal.Signals) -> None:
        """`--trials` failovers by one signal, at random instants; the single figure is the worst."""
        trials: list[Trial] = []
        while len(trials) < self.stage.options.trials:
            label = f"{name}-{len(trials) + 1}"
            self.stage.step(
                f"{number.name} the leader, trial {len(trials) + 1} of {self.stage.options.trials}"
            )
            self.stage.waits.pause(self.stage.random.uniform(0, self.spread_s))
            trials.append(self.kill(number, label, f"{name}_failover_ms", f"{name}_trials_ms"))
            if trials[-1].failover_ms is None:
                return

    def planned_handover(self) -> None:
        """One leader resigns and lives on."""
        if self.stage.target.lacks("api.failover"):
            return
        self.stage.step("ask the leader to hand over")
        settled = self.settled("before the planned handover")
        with write_probes.retrying(self.load, settled):
            self.unasked = hand_over(self.stage, settled, self.load)

    def rapid_cycles(self) -> None:
        """Three SIGTERM failovers without a pause, the leader alternating; none after one that never came."""
        came = True
        for count in range(1, RAPID_CYCLES + 1):
            self.stage.step(f"rapid SIGTERM cycle {count} of {RAPID_CYCLES}")
            label = f"rapid-{count}"
            if came:
                came = self.kill(signal.SIGTERM, label, "rapid_cycle_ms").failover_ms is not None
            else:
                self.load.history.mark("fault", label)
                self.load.history.mark("end", label)

    def kill(self, number: signal.Signals, label: str, *keys: str) -> Trial:
        """One kill of the leader, counted; `keys` are figures that it leaves null where no other led."""
        trial = kill_leader(self.stage, self.cluster, self.load, number, label)
        self.count(trial.killed, trial.rejoined)
        for key in keys:
            if trial.why is not None:
                self.draft.quote(key, trial.why)
        return trial

    def count(self, killed: bool, rejoined: bool) -> None:
        """Nodes that were killed, and those that came back as followers."""
        self.killed += killed
        self.rejoined += rejoined
        if killed and not rejoined:
            self.draft.quote("nodes_rejoined", self.cluster.last_words())
        self.draft.observe("nodes_killed", self.killed)
        self.draft.observe("nodes_rejoined", self.rejoined)

    def unobserved_kill(self) -> None:
        """SIGKILL the leader, and ask nobody anything for the target time."""
        self.stage.step(f"SIGKILL the leader, and ask nobody anything for {FAILOVER_MS / 1000:g} s")
        settled = self.settled("before the kill that is followed by silence")
        kill_in_silence(self.stage, settled, self.load, FAILOVER_MS / 1000)
        after = self.cluster.settle()
        self.count(True, after is not None and settled.leader in after.followers)

    def database_ends(self) -> None:
        """PostgreSQL stopped and killed: is it noticed, is there a leader again, are the rows there?"""
        ends = end_database(self.stage, self.cluster, self.server, self.load)
        self.draft.observe("pg_crash_noticed_ms", [end.noticed_ms for end in ends])
        self.draft.observe("leader_back_ms", [end.back_ms for end in ends])
        self.draft.observe("probe_rows_intact", self.readable_probes() == len(self.probes))

    def endless_commits(self) -> None:
        """Commits that go through only after a while: an answer before that must not promise anything."""
        self.stage.step("let commits wait for a standby that is not there")
        self.settled("before commits had to wait")
        with endless_commits(self.server):
            self.load.hurry()
            self.stage.waits.pause(ENDLESS_SECONDS)
            self.load.relax()

    def hung_leader(self) -> None:
        """SIGSTOP the leader, write to it, wait for another to lead, SIGCONT; then read the epochs so far."""
        bound_ms = self.stage.target.timing.lock_bound_ms
        if bound_ms is None:
            self.draft.leave_out("hung_leader_failover_ms", "lock_bound_ms")
        else:
            self.draft.metric("lock_bound_ms", bound_ms)
            self.stage.step("hang the leader (SIGSTOP)")
            settled = self.settled("before the hang")
            self.stale.hang(settled, bound_ms)
        self.stage.step("read the epochs")
        settled = self.settled("after the hang")
        self.odd_event = read_elections(self.stage, self.cluster, settled, self.load.history)
        self.events_read = True

    def raised_epochs(self) -> None:
        """Raise the durable epoch behind the leader's back, with writes in flight, and recover."""
        if self.stage.target.writes_through_node:
            self.stale.raise_epochs()

    def final(self) -> None:
        """One leader that takes writes, and every node healthy."""
        self.stage.step("look at the cluster at the end")
        self.load.ask_others(NON_HOLDER_WRITES)
        settled = self.cluster.settle()
        deadline_s = self.stage.target.timing.failover_deadline_s
        healthy = settled is not None and self.load.accepted(settled.leader, self.stage.waits, deadline_s)
        self.draft.observe("final_healthy", healthy)
        words = f"a last write: {self.load.said}" if settled is not None else self.cluster.last_words()
        self.draft.quote("final_healthy", words)

    def account(self) -> None:
        """Stop the load, and derive from the history what anybody can derive from it again."""
        self.stage.step("count the rows")
        self.load.stop()
        self.read_table()
        for name, value in of_failover(self.load.history.lines(), self.stage.settings).items():
            if name in self.draft.metrics:
                self.draft.metric(name, value)
            elif name in self.draft.observations and (self.events_read or name not in OF_THE_EVENTS):
                self.draft.observe(name, value)
        if self.unasked is not None and not self.draft.metrics.get("non_holder_accepted"):
            self.draft.metric("non_holder_accepted", None)
            self.draft.quote("non_holder_accepted", self.unasked)
        self.quote_oddities()

    def read_table(self) -> None:
        """The whole table at the end, into the history; nothing where PostgreSQL answers without it."""
        if not self.probes:
            return
        at_s = time.monotonic()
        try:
            table = table_again(self.server, self.stage.sql("protected_rows"))
        except SystemFailed as fault:
            self.stage.journal.saw("no table at the end", why=str(fault))
            self.draft.quote("data_loss_rows", str(fault))
            return
        self.load.history.final(at_s, table)

    def quote_oddities(self) -> None:
        """What was answered in a form that the contract does not know, beside the figures that it spoils."""
        for key in ("epochs", "events_match"):
            odd = self.load.history.odd.get("current_epoch") or self.odd_event
            if odd is not None:
                self.draft.quote(key, odd)
        if self.load.invalid is not None and "answers_invalid" in self.draft.metrics:
            self.draft.quote("answers_invalid", self.load.invalid)

    def settled(self, when: str) -> Settled:
        """The cluster with one leader, or the end of the slice."""
        return self.stage.must(self.cluster.settle(), f"no leader that all nodes agree on {when}")

    def readable_probes(self, read: ReadTable = table_again) -> int:
        """How many probe rows are in the database with their payload."""
        if not self.probes:
            return 0
        table = read(self.server, self.stage.sql("protected_rows"))
        stored = {row_id: payload for row_id, payload, _ in table}
        return len(self.probes) - len(lost(self.probes, stored))


def _with(answers: dict[str, Answer], name: str, value: str) -> int:
    """How many nodes answer `value` in a field."""
    return sum(1 for answer in answers.values() if answer.text(name) == value)


SCENARIO = Scenario(
    slice=failover.KIND,
    needs=("writes", "api.status", "api.audit_events", "sql.protected_rows"),
    metrics=FailoverMetrics.__struct_fields__,
    observations=FailoverObservations.__struct_fields__,
    run=run,
)
