"""Quorum against real servers: PostgreSQL ended, hung, not there yet, and without its standby."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lab.node_fixture import Answer, Bench, Postgres, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab

POLL_SECONDS = 0.2


@pytest.fixture
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


def lost(*nodes: RunningNode) -> bool:
    return all(node.health() == "lost" for node in nodes)


def synchronous(node: RunningNode) -> bool:
    replicas = node.status()["replication"]["replicas"]
    return [replica["sync_state"] for replica in replicas] == ["sync"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_stopped_server_is_noticed_blocks_writes_and_comes_back(bench: Bench, number: int) -> None:
    nodes = [bench.leader("n1"), bench.node("n2")]
    for cycle in (1, 2):
        leader = bench.leader_among(*nodes)
        bench.postgres.stop(number)
        eventually("both report the loss", lambda: lost(*nodes), 5)
        status = leader.status()
        assert status["write_block_active"] is True
        assert status["can_accept_protected_writes"] is False
        assert status["quorum_loss_reason"]
        assert status["detected_loss_count"] == cycle
        assert leader.write(f"during-{cycle}").status == 503
        assert leader.get("/v1/ha/split-brain").status == 503
        assert leader.get("/v1/health/read-ready").status == 503
        bench.postgres.start()
        again = bench.leader_among(*nodes)
        assert again.write(f"after-{cycle}").status == 201
    status = leader.status()
    assert datetime.fromisoformat(status["last_restored_at"]) > datetime.fromisoformat(status["last_lost_at"])
    eventually("every event is written", lambda: leader.get("/v1/health/audit").body["complete"])
    ours = [
        e["event_name"]
        for e in leader.events()
        if e["source"] == leader.node_id and "quorum" in e["event_name"]
    ]
    assert ours == ["ha.quorum.lost", "ha.quorum.restored"] * 2
    assert bench.sql("SELECT id FROM app.rollouts ORDER BY id") == [("after-1",), ("after-2",)]


def test_a_server_that_hangs_is_noticed_within_its_deadline_and_hangs_nobody(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    bench.postgres.signal_all(signal.SIGSTOP)
    began_at = time.monotonic()
    eventually("both report the loss", lambda: lost(leader, follower), 5)
    # one interval until the next poll, and its deadline of two; the rest is a slow machine
    assert time.monotonic() - began_at < 3 * POLL_SECONDS + 1
    assert leader.write("hung", timeout=3).status == 503
    eventually("the claim is dropped", lambda: leader.status()["role"] == "follower", 3)
    asked_at = time.monotonic()
    assert follower.kill(signal.SIGTERM) == 0
    assert leader.kill(signal.SIGTERM) == 0
    assert time.monotonic() - asked_at < 4
    bench.postgres.signal_all(signal.SIGCONT)


def test_a_leader_told_to_stop_while_the_server_hangs_ends_in_time(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.postgres.signal_all(signal.SIGSTOP)
    asked_at = time.monotonic()
    assert leader.kill(signal.SIGTERM) == 0
    assert time.monotonic() - asked_at < 2.5
    bench.postgres.signal_all(signal.SIGCONT)


def test_a_second_sigterm_ends_the_process_at_once(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.postgres.signal_all(signal.SIGSTOP)
    os.kill(leader.pid, signal.SIGTERM)
    time.sleep(0.1)
    assert leader.kill(signal.SIGTERM) in (-signal.SIGTERM, 0)
    bench.postgres.signal_all(signal.SIGCONT)


def test_before_the_first_answer_a_node_is_starting_and_counts_nothing(bench: Bench) -> None:
    bench.postgres.stop()
    node = bench.launch("n1")
    eventually("the node answers", node.status_or_none)
    time.sleep(2 * POLL_SECONDS)
    status = node.status()
    assert (status["quorum_health"], status["quorum_loss_reason"]) == ("lost", "starting")
    assert (status["detected_loss_count"], status["last_lost_at"]) == (0, None)
    assert status["write_block_active"] is True
    assert node.write("x").status == 503
    bench.postgres.start()
    eventually("the node leads", node.leads)
    status = node.status()
    assert (status["detected_loss_count"], status["last_restored_at"]) == (0, None)


def test_too_few_synchronous_replicas_block_writes(bench: Bench) -> None:
    node = bench.leader("n1", "--min-sync-replicas", "1")
    status = node.status()
    assert status["quorum_health"] == "degraded"
    assert status["quorum_loss_reason"] == "0 of 1 synchronous replicas"
    assert status["write_block_active"] is True
    refused = node.write("x")
    assert (refused.status, refused.body["error"]) == (503, "0 of 1 synchronous replicas")


def test_maintenance_blocks_writes_and_does_not_campaign(bench: Bench) -> None:
    node = bench.node("n1", "--maintenance")
    status = node.status()
    assert status["quorum_loss_reason"] == "maintenance mode"
    assert (status["quorum_health"], status["write_block_active"]) == ("healthy", True)
    time.sleep(0.5)
    assert node.status()["holder_id"] is None
    assert node.write("x").body == {"error": "maintenance mode"}


def test_a_commit_that_no_standby_confirms_is_unknown_and_holds_up_nobody(
    bench: Bench, tmp_path: Path
) -> None:
    folder = tmp_path / "standby"
    folder.mkdir()
    standby = bench.postgres.standby(folder, "s1")
    standby.start()
    try:
        with bench.session() as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = 's1'")
            session.execute("SELECT pg_reload_conf()")
        leader = bench.leader("n1")
        follower = bench.node("n2")
        eventually("the standby is synchronous", lambda: synchronous(leader))
        assert leader.write("confirmed").status == 201
        standby.stop(signal.SIGQUIT)
        unknown = leader.write("unconfirmed")
        assert unknown.status == 504
        assert unknown.body["error"].startswith("outcome unknown")
        killed_at = time.monotonic()
        leader.kill(signal.SIGKILL)
        eventually("n2 leads though a commit waits", follower.leads, 3)
        assert time.monotonic() - killed_at < 3
        assert follower.write("unconfirmed").status == 504
        standby.start()
        eventually("the same write is confirmed", lambda: follower.write("unconfirmed").status == 200)
    finally:
        standby.stop(signal.SIGQUIT)


def test_a_standby_that_stops_replaying_degrades_and_in_the_end_forbids_a_failover(
    bench: Bench, tmp_path: Path
) -> None:
    folder = tmp_path / "standby"
    folder.mkdir()
    standby = bench.postgres.standby(folder, "s1", "wal_receiver_status_interval = '1s'")
    standby.start()
    try:
        node = bench.leader("n1", "--lag-warning-ms", "300", "--lag-critical-ms", "1500")
        assert node.write("first").status == 201
        with psycopg.connect(standby.dsn(), autocommit=True) as session:
            session.execute("SELECT pg_wal_replay_pause()")
            assert node.write("second").status == 201
            eventually("the lag is a warning", lambda: node.status()["quorum_health"] == "degraded", 15)
            status = node.status()
            assert status["quorum_loss_reason"].startswith("replay lag ")
            assert status["write_block_active"] is False
            eventually("the lag is critical", lambda: lag(node)["lag_status"] == "critical", 15)
            assert lag(node)["max_replay_lag_ms"] > 1500
            refused = node.post("/v1/ha/failover", {})
            assert refused.status == 409
            assert "lag" in refused.body["error"]
            session.execute("SELECT pg_wal_replay_resume()")
        eventually("the lag is gone", lambda: node.health() == "healthy", 15)
        assert node.post("/v1/ha/failover", {}).status == 200
    finally:
        standby.stop(signal.SIGQUIT)


def lag(node: RunningNode) -> dict[str, Any]:
    return dict(node.status()["replication"])


def test_a_cancelled_wait_for_the_standby_is_no_success(bench: Bench) -> None:
    leader = bench.leader("n1", "--poll-ms", "2000")
    with bench.session() as session:
        session.execute("ALTER SYSTEM SET synchronous_standby_names = 'nobody'")
        session.execute("SELECT pg_reload_conf()")
        time.sleep(0.3)
        answers: list[Answer] = []
        writer = threading.Thread(target=lambda: answers.append(leader.write("cancelled")))
        writer.start()
        cancel = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        session.execute("SET synchronous_commit = local")
        eventually("the commit waits and is cancelled", lambda: session.execute(cancel).fetchall())
        writer.join(20)
    assert [answer.status for answer in answers] == [504]
    assert bench.sql("SELECT count(*) FROM app.rollouts") == [(1,)]
