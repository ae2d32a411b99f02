"""The node's decisions, row by row of the tables in docs/node.md."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from haproof.node.database import Database
from haproof.node.decide import Instant, Leadership, Limits, Observation, Replica, Rules, State

T0 = datetime(2026, 1, 1, tzinfo=UTC)
SYNC = Replica("s1", "streaming", "sync", 1.0, 2.0)


def at(seconds: float) -> Instant:
    return Instant(T0 + timedelta(seconds=seconds), seconds)


def seen(
    epoch: int = 0,
    holder: str | None = None,
    *,
    asked_at: float,
    open_epochs: tuple[int, ...] = (),
    **more: object,
) -> Observation:
    replicas = more.get("replicas", ())
    assert isinstance(replicas, tuple)
    return Observation(Leadership(epoch, holder, T0 if holder else None), open_epochs, replicas, asked_at)


def rules(**limits: object) -> Rules:
    return Rules(replace(Limits("n1"), **limits))  # type: ignore[arg-type]


def answered(judge: Rules, **more: object) -> State:
    """A node that has seen PostgreSQL once, at second 1."""
    return judge.polled(State(), seen(asked_at=1, **more), at(1))[0]  # type: ignore[arg-type]


def leading(judge: Rules, epoch: int = 1, second: float = 2) -> State:
    won = Leadership(epoch, "n1", T0)
    return judge.campaigned(answered(judge), won, second, at(second))


class TestQuorumTable:
    def test_lost_comes_before_everything(self) -> None:
        judge = rules(maintenance=True, min_sync_replicas=1)
        state, _ = judge.poll_failed(answered(judge), "connection refused", at(2))
        quorum = judge.quorum(state, at(2))
        assert (quorum.health, quorum.write_block, quorum.reason) == ("lost", True, "connection refused")

    def test_maintenance_blocks_and_leaves_the_health_as_measured(self) -> None:
        judge = rules(maintenance=True, min_sync_replicas=1)
        quorum = judge.quorum(answered(judge), at(2))
        assert (quorum.health, quorum.write_block, quorum.reason) == ("degraded", True, "maintenance mode")

    def test_a_fenced_leader_blocks_and_names_both_epochs(self) -> None:
        judge = rules()
        state, _ = judge.polled(leading(judge), seen(7, "n2", asked_at=2.1), at(2.2))
        quorum = judge.quorum(state, at(2.3))
        assert (quorum.health, quorum.write_block) == ("healthy", True)
        assert quorum.reason == "fenced: durable epoch 7, local epoch 1"
        assert judge.leads(state, at(2.3))
        assert not judge.can_accept(state, at(2.3))

    @pytest.mark.parametrize(
        ("replica", "health", "blocked"),
        [
            (SYNC, "healthy", False),
            (replace(SYNC, sync_state="quorum"), "healthy", False),
            (replace(SYNC, sync_state="async"), "degraded", True),
            (replace(SYNC, sync_state="potential"), "degraded", True),
            (replace(SYNC, state="catchup"), "degraded", True),
        ],
    )
    def test_only_a_streaming_synchronous_replica_counts(
        self, replica: Replica, health: str, blocked: bool
    ) -> None:
        judge = rules(min_sync_replicas=1)
        quorum = judge.quorum(answered(judge, replicas=(replica,)), at(2))
        assert (quorum.health, quorum.write_block) == (health, blocked)
        assert quorum.reason == ("0 of 1 synchronous replicas" if blocked else None)

    @pytest.mark.parametrize(
        ("lag", "health", "status"),
        [
            (None, "healthy", "healthy"),
            (999, "healthy", "healthy"),
            (1000, "degraded", "warning"),
            (10_000, "degraded", "warning"),
            (10_001, "degraded", "critical"),
        ],
    )
    def test_replay_lag_degrades_without_blocking(self, lag: float | None, health: str, status: str) -> None:
        judge = rules()
        state = answered(judge, replicas=(replace(SYNC, replay_lag_ms=lag),))
        quorum = judge.quorum(state, at(2))
        assert (quorum.health, quorum.write_block) == (health, False)
        assert judge.lag_status(state) == status


class TestLossAndReturn:
    def test_before_the_first_answer_nothing_is_counted(self) -> None:
        judge = rules()
        state, events = judge.poll_failed(State(), "connection refused", at(1))
        assert (state, events) == (State(), ())
        assert judge.quorum(state, at(1)).reason == "starting"
        state, events = judge.polled(state, seen(asked_at=2), at(2))
        assert events == ()
        assert (state.last_restored_at, state.detected_loss_count) == (None, 0)

    def test_each_loss_counts_once_and_each_return_is_later(self) -> None:
        judge = rules()
        state, names = answered(judge), []
        for cycle in (1, 2):
            for second in (10 * cycle, 10 * cycle + 1):
                state, events = judge.poll_failed(state, f"failure {second}", at(second))
                names += [event.name for event in events]
            assert state.detected_loss_count == cycle
            assert state.last_lost_at == at(10 * cycle).wall
            assert state.lost_reason == f"failure {10 * cycle + 1}"
            state, events = judge.polled(state, seen(asked_at=10 * cycle + 2), at(10 * cycle + 3))
            names += [event.name for event in events]
            assert state.last_restored_at == at(10 * cycle + 3).wall
        assert names == ["ha.quorum.lost", "ha.quorum.restored"] * 2


class TestLeadership:
    def test_a_campaign_makes_a_leader_that_names_itself_at_once(self) -> None:
        judge = rules()
        state = leading(judge, epoch=4)
        assert state.leadership == Leadership(4, "n1", T0)
        assert judge.leads(state, at(2.5))
        assert judge.can_accept(state, at(2.5))

    def test_a_lease_that_ran_out_is_no_leadership_until_the_lock_session_answers(self) -> None:
        judge = rules(lock_bound_s=1.0)
        state = leading(judge)
        assert not judge.leads(state, at(3.0))
        assert not judge.holds_lock(state, at(3.0))
        assert judge.leads(judge.heartbeat(state, 2.9, at(2.95)), at(3.8))

    def test_a_lost_lock_takes_the_claim_with_it(self) -> None:
        judge = rules()
        state = judge.lock_lost(leading(judge), at(2.1))
        assert state.claim is None
        assert not judge.holds_lock(state, at(2.1))
        assert not judge.can_accept(state, at(2.1))

    def test_an_answer_asked_for_before_the_campaign_says_nothing_about_it(self) -> None:
        judge = rules()
        state = leading(judge, epoch=2, second=2)
        state, events = judge.polled(state, seen(1, "n2", asked_at=1.9), at(2.1))
        assert state.leadership.epoch == 2
        assert events == ()
        assert judge.can_accept(state, at(2.2))


class TestSplitBrain:
    @pytest.mark.parametrize(
        ("epoch", "holder", "open_epochs", "risk", "action"),
        [
            (1, "n1", (1,), "none", "none"),
            (1, "n1", (), "none", "none"),
            (2, "n1", (1,), "detected", "force_failover"),
            (0, "n1", (1,), "detected", "force_failover"),
            (2, "n2", (1, 2), "detected", "force_failover"),
            (1, "n1", (1, 9), "possible", "investigate"),
            (1, "n2", (1,), "possible", "investigate"),
            (1, None, (1,), "possible", "investigate"),
        ],
    )
    def test_a_leader(
        self, epoch: int, holder: str | None, open_epochs: tuple[int, ...], risk: str, action: str
    ) -> None:
        judge = rules()
        found = judge.split_brain(
            leading(judge).claim, seen(epoch, holder, asked_at=3, open_epochs=open_epochs)
        )
        assert (found.risk, found.recommended_action, found.local_epoch) == (risk, action, 1)

    def test_a_follower_has_no_epoch_of_its_own(self) -> None:
        found = rules().split_brain(None, seen(5, "n2", asked_at=3, open_epochs=(5,)))
        assert (found.risk, found.local_epoch, found.holder_match) == ("none", None, None)
        assert rules().split_brain(None, seen(5, "n2", asked_at=3, open_epochs=(4, 5))).risk == "possible"

    def test_each_rise_is_one_event_and_the_fall_another(self) -> None:
        judge = rules()
        state, names = leading(judge), []
        looks = [((1,), 1), ((1, 9), 1), ((1, 9), 1), ((1, 9), 2), ((1, 9), 1), ((1,), 1), ((1,), 1)]
        for second, (open_epochs, epoch) in enumerate(looks, start=3):
            look = seen(epoch, "n1", asked_at=second, open_epochs=open_epochs)
            state = judge.heartbeat(state, second, at(second))
            state, events = judge.polled(state, look, at(second))
            names += [(event.name, dict(event.fields).get("risk")) for event in events]
        assert names == [
            ("ha.split_brain.detected", "possible"),
            ("ha.split_brain.detected", "detected"),
            ("ha.split_brain.recovered", None),
        ]

    def test_between_two_claims_nothing_is_said_about_the_risk(self) -> None:
        judge = rules()
        state, _ = judge.polled(leading(judge), seen(2, "n1", asked_at=2.5), at(2.5))
        assert state.risk == "detected"
        dropped = judge.claim_dropped(state, at(2.6))
        assert judge.polled(dropped, seen(2, "n1", asked_at=2.7), at(2.7))[0].risk == "detected"
        woken = judge.polled(state, seen(2, "n1", asked_at=9), at(9))
        assert (woken[0].risk, woken[1]) == ("detected", ())
        gone = judge.lock_lost(state, at(9.1))
        assert judge.polled(gone, seen(2, "n1", asked_at=9.2), at(9.2))[0].risk == "none"

    def test_a_recovery_by_an_operator_is_not_told_twice(self) -> None:
        judge = rules()
        state, _ = judge.polled(leading(judge), seen(2, "n1", asked_at=3), at(3))
        state = judge.claim_dropped(state, at(3.5))
        state = judge.recovered(judge.campaigned(state, Leadership(3, "n1", T0), 4, at(4)))
        state, events = judge.polled(state, seen(3, "n1", asked_at=5, open_epochs=(3,)), at(5))
        assert (state.risk, events) == ("none", ())


HERE, THERE = Database("10.0.0.1", 5432, 1, False), Database("10.0.0.2", 5432, 2, False)


class TestEpochsThatNobodyHasConfirmed:
    """With synchronous replicas asked for, a row that was read is shown once one of them has it."""

    def look(
        self,
        judge: Rules,
        state: State,
        epoch: int,
        written: int,
        confirmed: int | None,
        database: Database | None = None,
    ) -> State:
        answer = seen(epoch, "n2", asked_at=5, replicas=(SYNC,))
        observed = replace(answer, written=written, confirmed=confirmed, database=database)
        return judge.polled(state, observed, at(6))[0]

    def test_a_row_is_shown_at_once_where_a_replica_has_all_of_the_log(self) -> None:
        state = self.look(rules(min_sync_replicas=1), State(), 1, 100, 100)
        assert (state.leadership.epoch, state.durable.epoch) == (1, 1)

    def test_a_row_is_not_shown_before_a_replica_has_it(self) -> None:
        judge = rules(min_sync_replicas=1)
        state = self.look(judge, State(), 1, 100, 100)
        state = self.look(judge, state, 2, 200, 150)
        assert (state.leadership.epoch, state.durable.epoch) == (1, 2)
        state = self.look(judge, state, 2, 300, 199)
        assert state.leadership.epoch == 1
        state = self.look(judge, state, 2, 400, 200)  # as far as the log went when the row was first read
        assert state.leadership.epoch == 2

    def test_nothing_is_shown_where_no_replica_is_there(self) -> None:
        state = self.look(rules(min_sync_replicas=1), State(), 1, 100, None)
        assert (state.leadership, state.durable.epoch) == (Leadership(), 1)

    def test_another_row_or_another_server_begins_anew(self) -> None:
        judge = rules(min_sync_replicas=1)
        state = self.look(judge, State(), 1, 200, 150, database=HERE)
        assert self.look(judge, state, 2, 300, 250, database=HERE).leadership.epoch == 0
        assert self.look(judge, state, 1, 300, 250, database=HERE).leadership.epoch == 1
        assert self.look(judge, state, 1, 300, 250, database=THERE).leadership.epoch == 0

    def test_without_replicas_asked_for_every_row_is_shown(self) -> None:
        assert self.look(rules(), State(), 1, 100, None).leadership.epoch == 1

    def test_a_leader_is_fenced_by_a_row_that_is_not_shown_yet(self) -> None:
        judge = rules(min_sync_replicas=1)
        state = replace(leading(judge), replicas=(SYNC,))
        observed = replace(seen(7, "n2", asked_at=2.1, replicas=(SYNC,)), written=9, confirmed=1)
        state, _ = judge.polled(state, observed, at(2.2))
        assert state.leadership.epoch == 1
        assert judge.write_block(state, at(2.3)) == "fenced: durable epoch 7, local epoch 1"


def test_what_another_server_holds_says_nothing_of_this_nodes_claim() -> None:
    judge = rules()
    state = replace(leading(judge), lock_database=HERE)
    after, events = judge.polled(state, replace(seen(9, "n2", asked_at=2.1), database=THERE), at(2.2))
    assert (after.leadership.epoch, after.durable.epoch, after.risk, events) == (1, 1, "none", ())
    after, _ = judge.polled(state, replace(seen(9, "n2", asked_at=2.1), database=HERE), at(2.2))
    assert (after.durable.epoch, after.risk) == (9, "detected")
    assert judge.lock_lost(state, at(3)).lock_database is None
