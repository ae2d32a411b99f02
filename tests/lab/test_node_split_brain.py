"""Split-brain: epochs changed behind the leader's back, found, shown, and recovered from."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lab.node_fixture import Bench, Postgres, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab

GHOST = "INSERT INTO haproof_ha.leader_epochs (epoch, holder_id, acquired_at) VALUES (%s, 'ghost', now())"
RAISE = "UPDATE haproof_ha.leadership_state SET current_epoch = current_epoch + 1"
TABLES = ("leadership_state", "leader_epochs", "audit_events", "backups")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


def risk(node: RunningNode) -> str:
    return str(node.get("/v1/ha/split-brain").body["risk"])


def recover(node: RunningNode, strategy: str = "promote-leader", **more: Any) -> Any:
    return node.post("/v1/ha/split-brain/recover", {"strategy": strategy, "operator": "tester", **more})


def changes(bench: Bench) -> list[tuple[Any, ...]]:
    """Every row of the node's own tables, with the transaction that wrote it."""
    return [
        row
        for t in TABLES
        for row in bench.sql(f"SELECT xmin::text, t::text FROM haproof_ha.{t} t ORDER BY 2")
    ]


def test_a_raised_epoch_is_detected_fences_the_leader_and_stays_until_recovered(bench: Bench) -> None:
    leader = bench.leader("n1")
    assert risk(leader) == "none"
    bench.sql(RAISE)
    found = leader.get("/v1/ha/split-brain").body
    assert (found["risk"], found["recommended_action"]) == ("detected", "force_failover")
    assert (found["local_epoch"], found["durable_epoch"], found["holder_match"]) == (1, 2, True)
    eventually("the leader is fenced", lambda: leader.status()["write_block_active"])
    time.sleep(0.6)
    status = leader.status()
    assert status["quorum_loss_reason"] == "fenced: durable epoch 2, local epoch 1"
    assert (status["role"], status["session_lock_held"]) == ("leader", True)
    assert (status["current_epoch"], status["quorum_health"]) == (2, "healthy")
    assert leader.write("x").status == 503

    done = recover(leader, reason="a drill")
    assert done.status == 200
    assert done.body == {"success": True, "node_id": "n1", "previous_epoch": 1, "epoch": 3}
    assert risk(leader) == "none"
    assert leader.write("y").body["epoch"] == 3
    eventually("every event is written", lambda: leader.get("/v1/health/audit").body["complete"])
    time.sleep(0.5)
    names = [e["event_name"] for e in leader.events() if "split_brain" in e["event_name"]]
    assert names == ["ha.split_brain.detected", "ha.split_brain.recovered"]
    recovered = leader.events("ha.split_brain.recovered")[0]
    assert (recovered["actor"], recovered["fields"]["reason"]) == ("tester", "a drill")


@pytest.mark.parametrize("epoch", [-5, 1000], ids=["below", "above"])
def test_ghost_rows_are_possible_risk_that_ends_when_they_are_closed(bench: Bench, epoch: int) -> None:
    leader = bench.leader("n1")
    bench.sql(GHOST, epoch)
    found = leader.get("/v1/ha/split-brain").body
    assert (found["risk"], found["recommended_action"]) == ("possible", "investigate")
    assert found["unclosed_epochs"] == sorted([1, epoch])
    assert leader.write("x").status == 201  # its epoch is the durable one
    bench.sql("UPDATE haproof_ha.leader_epochs SET resigned_at = now() WHERE epoch = %s", epoch)
    assert risk(leader) == "none"


def test_promotion_cures_ghosts_with_an_epoch_above_them(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.sql(GHOST, 1000)
    done = recover(leader)
    assert (done.status, done.body["epoch"], done.body["previous_epoch"]) == (200, 1001, 1)
    assert risk(leader) == "none"
    notes = bench.sql(
        "SELECT epoch, notes FROM haproof_ha.leader_epochs WHERE resigned_at IS NOT NULL ORDER BY 1"
    )
    assert notes == [(1, "superseded by 1001"), (1000, "superseded by 1001")]


def test_another_durable_holder_is_possible_risk(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.sql("UPDATE haproof_ha.leadership_state SET holder_id = 'somebody'")
    found = leader.get("/v1/ha/split-brain").body
    assert (found["risk"], found["holder_match"]) == ("possible", False)


def test_detection_and_the_dry_run_write_nothing(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.sql(RAISE)
    eventually("the rise is recorded", lambda: leader.events("ha.split_brain.detected"))
    before = changes(bench)
    for _ in range(3):
        assert risk(leader) == "detected"
        for path in ("/v1/ha/status", "/v1/audit/events", "/v1/ha/backups", "/v1/health/leader"):
            assert leader.get(path).status == 200
        plan = recover(leader, "manual-reconcile")
        assert plan.status == 200
        assert plan.body["dry_run"] is True
        assert plan.body["plan"] == [
            "close epoch 1 as superseded by 3",
            "make epoch 3 durable, held by the node that has the leadership lock",
        ]
    time.sleep(0.5)
    assert changes(bench) == before
    assert len(leader.events("ha.split_brain.detected")) == 1


def test_the_plan_names_the_epoch_that_a_promotion_then_begins(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.sql(GHOST, 40)
    bench.sql("UPDATE haproof_ha.leader_epochs SET resigned_at = now() WHERE epoch = 40")
    plan = recover(leader, "manual-reconcile", force=True).body["plan"]
    assert plan[-1].startswith("make epoch 41 durable")
    assert recover(leader, force=True).body["epoch"] == 41


def test_recovery_is_refused_without_risk_and_on_a_follower(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    for strategy in ("promote-leader", "manual-reconcile"):
        assert recover(leader, strategy).status == 409
    eventually("the follower names the holder", lambda: follower.status()["holder_id"] == "n1")
    refused = recover(follower, force=True)
    assert (refused.status, refused.body["holder_id"]) == (421, "n1")
    assert leader.status()["current_epoch"] == 1
    forced = recover(leader, force=True)
    assert (forced.status, forced.body["epoch"]) == (200, 2)
    for body in (
        {},
        {"strategy": "wish", "operator": "tester"},
        {"strategy": "promote-leader"},
        {"strategy": "promote-leader", "operator": ""},
        {"strategy": "promote-leader", "operator": "another"},
        {"strategy": 1, "operator": "tester"},
    ):
        assert leader.post("/v1/ha/split-brain/recover", {**body, "force": True}).status == 400


def test_a_fenced_leader_whose_session_ends_follows(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.sql(RAISE)
    eventually("the leader is fenced", lambda: leader.status()["write_block_active"])
    bench.sql(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'haproof lock n1'"
    )
    eventually("it waits in line and wins again", lambda: leader.status()["current_epoch"] == 3)
    assert leader.write("x").body["epoch"] == 3


def test_audit_records_cannot_be_changed(bench: Bench) -> None:
    leader = bench.leader("n1")
    for change in ("UPDATE haproof_ha.audit_events SET actor = ''", "DELETE FROM haproof_ha.audit_events"):
        with pytest.raises(Exception, match="append only"):
            bench.sql(change)
    with pytest.raises(Exception, match="append only"):
        bench.sql("TRUNCATE haproof_ha.audit_events")
    assert len(leader.events()) == 1
