"""The node's decisions under every order of things: several nodes, one durable row, one lock, virtual time.

The simulation does what PostgreSQL does (one lock, one row, a server that ends the lock's session of a node
that is silent for the bound, a fence that reads the row inside the write's transaction) and calls the real
`Rules` for everything that a node decides. Laws:

- never two holders in one epoch, and epochs only grow;
- no write is accepted without the claim, nor under an epoch that is not the durable one at its commit;
- a node whose silence made the server end its lock session does not accept, whatever it has heard since;
- a split-brain is told only where somebody meddled: never because an answer came late;
- losses and returns of quorum are told in turn, and counted;
- every interruption recovers: with the faults healed, one node leads and accepts within a few rounds.

The last test breaks one decision at a time and expects the laws to notice.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from haproof.node.decide import Decision, Event, Instant, Leadership, Limits, Observation, Rules, State

BOUND = 1.0
EPOCH_START = datetime(2026, 1, 1, tzinfo=UTC)
NODES = ("n1", "n2", "n3")


@dataclass
class Server:
    """The durable side."""

    epoch: int = 0
    holder: str | None = None
    holders: dict[int, str] = field(default_factory=dict)
    open_epochs: set[int] = field(default_factory=set)
    lock: str | None = None
    heard_at: float = 0.0
    up: bool = True

    def campaign(self, node_id: str) -> Leadership:
        self.epoch = max(self.epoch, *self.holders, 0) + 1 if self.holders else self.epoch + 1
        assert self.epoch not in self.holders, "two holders in one epoch"
        self.holders[self.epoch] = node_id
        self.holder, self.open_epochs = node_id, {self.epoch}
        return Leadership(self.epoch, node_id, EPOCH_START)


@dataclass
class Simulated:
    """One node: its state by the real rules, and whether it runs."""

    rules: Rules
    state: State = field(default_factory=State)
    hung: bool = False
    session: bool = False  # its own belief that its lock session lives
    asked: Observation | None = None
    heartbeat_sent: float | None = None
    events: list[Event] = field(default_factory=list)


class Cluster(RuleBasedStateMachine):
    rules_type: type[Rules] = Rules

    @initialize()
    def begin(self) -> None:
        self.now = 0.0
        self.server = Server()
        self.nodes = {name: self.fresh(name) for name in NODES}
        self.accepted: list[tuple[str, int]] = []
        self.stale_writes = 0
        self.timed_out: set[str] = set()
        self.meddled = False

    def fresh(self, name: str) -> Simulated:
        return Simulated(self.rules_type(Limits(name, lock_bound_s=BOUND)))

    def fence(self, epoch: int) -> bool:
        """What the write's transaction finds in the row that it locked."""
        return epoch == self.server.epoch

    def instant(self) -> Instant:
        return Instant(EPOCH_START + timedelta(seconds=self.now), self.now)

    def end_lock_of(self, name: str) -> None:
        if self.server.lock == name:
            self.server.lock = None

    # time and faults -------------------------------------------------------------------------------------

    @rule(seconds=st.sampled_from([0.01, 0.2, 0.3, 0.9, 1.1, 5.0]))
    def time_passes(self, seconds: float) -> None:
        self.now += seconds
        if self.server.lock is not None and self.now - self.server.heard_at >= BOUND:
            self.timed_out.add(self.server.lock)
            self.server.lock = None  # idle_session_timeout

    @rule(name=st.sampled_from(NODES))
    def hang(self, name: str) -> None:
        self.nodes[name].hung = True

    @rule(name=st.sampled_from(NODES))
    def wake(self, name: str) -> None:
        self.nodes[name].hung = False

    @rule(name=st.sampled_from(NODES))
    def kill_and_start_again(self, name: str) -> None:
        self.end_lock_of(name)
        self.timed_out.discard(name)
        self.nodes[name] = self.fresh(name)

    @rule()
    def server_stops(self) -> None:
        self.server.up, self.server.lock, self.meddled = False, None, True

    @rule()
    def server_starts(self) -> None:
        self.server.up = True

    @precondition(lambda self: self.server.up)
    @rule(by=st.integers(1, 3))
    def somebody_raises_the_epoch(self, by: int) -> None:
        self.server.epoch += by
        self.meddled = True

    @precondition(lambda self: self.server.up)
    @rule(name=st.sampled_from(NODES))
    def lock_session_is_ended(self, name: str) -> None:
        self.end_lock_of(name)
        self.meddled = True

    # what a node does ------------------------------------------------------------------------------------

    def running(self, name: str) -> Simulated | None:
        node = self.nodes[name]
        return None if node.hung else node

    @rule(name=st.sampled_from(NODES))
    def ask(self, name: str) -> None:
        """Send a poll; its answer is what the server holds now, and may arrive much later."""
        node = self.running(name)
        if node and self.server.up:
            leadership = Leadership(self.server.epoch, self.server.holder, EPOCH_START)
            node.asked = Observation(leadership, tuple(sorted(self.server.open_epochs)), (), self.now)

    @rule(name=st.sampled_from(NODES))
    def hear(self, name: str) -> None:
        node = self.running(name)
        if node is None:
            return
        if node.asked is not None:
            node.state, events = node.rules.polled(node.state, node.asked, self.instant())
            node.asked = None
        elif not self.server.up:
            node.state, events = node.rules.poll_failed(node.state, "refused", self.instant())
        else:
            return
        node.events += events

    @rule(name=st.sampled_from(NODES))
    def heartbeat(self, name: str) -> None:
        node = self.running(name)
        if node is None or not node.session:
            return
        if self.server.up and self.server.lock == name:
            self.server.heard_at = node.heartbeat_sent = self.now
        else:
            node.session, node.heartbeat_sent = False, None
            node.state = node.rules.lock_lost(node.state, self.instant())

    @rule(name=st.sampled_from(NODES))
    def hear_heartbeat(self, name: str) -> None:
        """The answer may come long after it was asked for, even from a session that is gone since."""
        node = self.running(name)
        if node and node.session and node.heartbeat_sent is not None:
            node.state = node.rules.heartbeat(node.state, node.heartbeat_sent, self.instant())
            node.heartbeat_sent = None

    @rule(name=st.sampled_from(NODES))
    def win_and_campaign(self, name: str) -> None:
        node = self.running(name)
        if node and not node.session and self.server.up and self.server.lock is None:
            self.server.lock, self.server.heard_at, node.session = name, self.now, True
            self.timed_out.discard(name)
            won = self.server.campaign(name)
            node.state = node.rules.campaigned(node.state, won, self.now, self.instant())

    @rule(name=st.sampled_from(NODES))
    def resign(self, name: str) -> None:
        node = self.running(name)
        if node and node.session and node.state.claim and self.server.up and self.server.lock == name:
            node.state = node.rules.claim_dropped(node.state, self.instant())
            self.server.open_epochs.clear()
            self.server.lock, node.session = None, False
            node.state = node.rules.lock_lost(node.state, self.instant())

    @rule(name=st.sampled_from(NODES))
    def promote(self, name: str) -> None:
        node = self.running(name)
        if node and node.session and node.state.claim and self.server.up and self.server.lock == name:
            node.state = node.rules.claim_dropped(node.state, self.instant())
            self.server.heard_at = self.now
            won = self.server.campaign(name)
            node.state = node.rules.campaigned(node.state, won, self.now, self.instant())
            node.state = node.rules.recovered(node.state)

    @rule(name=st.sampled_from(NODES))
    def write(self, name: str) -> None:
        node = self.running(name)
        if node is None or not node.rules.can_accept(node.state, self.instant()) or not self.server.up:
            return
        assert node.state.claim is not None, "accepts without a claim"
        if self.fence(node.state.claim.epoch):
            self.stale_writes += node.state.claim.epoch != self.server.epoch
            self.accepted.append((name, node.state.claim.epoch))

    # laws ------------------------------------------------------------------------------------------------

    @invariant()
    def writes_belong_to_the_holder_of_their_epoch(self) -> None:
        assert self.stale_writes == 0, "a write under an epoch that is not durable was accepted"
        epochs = [epoch for _, epoch in self.accepted]
        assert epochs == sorted(epochs), "a write under an older epoch was accepted"
        assert all(self.server.holders[epoch] == name for name, epoch in self.accepted)

    @invariant()
    def who_was_ended_for_silence_knows_it(self) -> None:
        for name in self.timed_out:
            node = self.nodes[name]
            assert not node.rules.can_accept(node.state, self.instant()), f"{name} accepts without the lock"

    @invariant()
    def who_knows_its_session_is_gone_claims_nothing(self) -> None:
        assert not [name for name, node in self.nodes.items() if node.state.claim and not node.session]

    @invariant()
    def who_has_lost_quorum_does_not_accept(self) -> None:
        for node in self.nodes.values():
            if node.rules.quorum(node.state, self.instant()).health == "lost":
                assert not node.rules.can_accept(node.state, self.instant()), "accepts without quorum"

    @invariant()
    def a_split_brain_is_told_only_after_meddling(self) -> None:
        told = {event.name for node in self.nodes.values() for event in node.events}
        assert self.meddled or "ha.split_brain.detected" not in told, "a false alarm"

    @invariant()
    def at_most_one_node_leads_an_epoch(self) -> None:
        claimed = [node.state.claim.epoch for node in self.nodes.values() if node.state.claim]
        assert len(claimed) == len(set(claimed))

    @invariant()
    def losses_and_returns_are_told_in_turn(self) -> None:
        for node in self.nodes.values():
            told = [event.name for event in node.events if event.name.startswith("ha.quorum")]
            assert told == ["ha.quorum.lost", "ha.quorum.restored"] * (len(told) // 2) + (
                ["ha.quorum.lost"] if len(told) % 2 else []
            )
            assert told.count("ha.quorum.lost") == node.state.detected_loss_count

    def teardown(self) -> None:
        """Heal everything: somebody must lead and be accepted."""
        if not hasattr(self, "nodes"):
            return
        self.server.up = True
        for node in self.nodes.values():
            node.hung = False
        for _ in range(4):
            for name in NODES:
                self.heartbeat(name)
                self.hear_heartbeat(name)
                self.win_and_campaign(name)
                self.ask(name)
                self.hear(name)
            self.time_passes(0.2)
        leaders = [name for name, node in self.nodes.items() if node.rules.leads(node.state, self.instant())]
        assert len(leaders) == 1, leaders
        leader = self.nodes[leaders[0]]
        if not leader.rules.can_accept(leader.state, self.instant()):
            reason = leader.rules.write_block(leader.state, self.instant())
            assert reason is not None
            assert reason.startswith("fenced"), reason  # visibly so, until an operator promotes it
            self.promote(leaders[0])
        before = len(self.accepted)
        self.write(leaders[0])
        assert len(self.accepted) == before + 1


Cluster.TestCase.settings = settings(max_examples=200, stateful_step_count=50, deadline=None)
TestCluster = Cluster.TestCase


class LeaseFromTheAnswer(Rules):
    def heartbeat(self, state: State, asked_at: float, now: Instant) -> State:
        return super().heartbeat(state, now.monotonic, now)


class NoLease(Rules):
    def holds_lock(self, state: State, now: Instant) -> bool:
        return state.lock_held


class NeverBlocks(Rules):
    def write_block(self, state: State, now: Instant) -> str | None:
        return None


class BelievesLateAnswers(Rules):
    def polled(self, state: State, seen: Observation, now: Instant) -> Decision:
        return super().polled(state, replace(seen, asked_at=now.monotonic + 1), now)


class NoticesNoLoss(Rules):
    def poll_failed(self, state: State, reason: str, now: Instant) -> Decision:
        return state, (Event("ha.quorum.lost", now.wall, self.limits.node_id),)


class KeepsItsClaim(Rules):
    def lock_lost(self, state: State, now: Instant) -> State:
        return state


class NoFence(Cluster):
    def fence(self, epoch: int) -> bool:
        return True


LAWS = [
    Cluster.writes_belong_to_the_holder_of_their_epoch,
    Cluster.who_was_ended_for_silence_knows_it,
    Cluster.who_knows_its_session_is_gone_claims_nothing,
    Cluster.who_has_lost_quorum_does_not_accept,
    Cluster.a_split_brain_is_told_only_after_meddling,
    Cluster.at_most_one_node_leads_an_epoch,
    Cluster.losses_and_returns_are_told_in_turn,
]

STORIES: dict[str, tuple[type[Rules], list[str]]] = {
    "a lease from the answer": (
        LeaseFromTheAnswer,
        ["ask", "hear", "win_and_campaign", "heartbeat", "0.9", "hear_heartbeat", "0.2"],
    ),
    "no lease": (NoLease, ["ask", "hear", "win_and_campaign", "1.1"]),
    "never blocks": (NeverBlocks, ["ask", "hear", "win_and_campaign", "server_stops", "hear"]),
    "believes late answers": (BelievesLateAnswers, ["ask", "win_and_campaign", "hear"]),
    "notices no loss": (NoticesNoLoss, ["ask", "hear", "server_stops", "hear"]),
    "keeps its claim": (KeepsItsClaim, ["win_and_campaign", "lock_session_is_ended", "heartbeat"]),
}


def tell(machine: Cluster, story: list[str]) -> None:
    """Let the steps happen to n1, and hold every law after each."""
    machine.begin()
    for step in story:
        if step[0].isdigit():
            machine.time_passes(float(step))
        elif step == "server_stops":
            machine.server_stops()
        elif step == "raise":
            machine.somebody_raises_the_epoch(1)
        else:
            getattr(machine, step)("n1")
        for law in LAWS:
            law(machine)


@pytest.mark.parametrize("name", STORIES)
def test_the_laws_notice_a_broken_decision(name: str) -> None:
    broken, story = STORIES[name]
    tell(Cluster(), story)
    machine = Cluster()
    machine.rules_type = broken
    with pytest.raises(AssertionError):
        tell(machine, story)


def test_the_laws_notice_a_missing_fence() -> None:
    story = ["ask", "hear", "win_and_campaign", "raise", "write"]
    tell(Cluster(), story)
    with pytest.raises(AssertionError, match="not durable"):
        tell(NoFence(), story)
