"""Leadership against a real PostgreSQL: taking over, giving up, being ended, and being refused."""

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

from haproof.node.arguments import Settings
from haproof.node.decide import Limits
from haproof.node.session import Row, Session, SqlError
from haproof.node.store import Store
from lab.node_fixture import Answer, Bench, Postgres, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab

BOUND_SECONDS = 1.0


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


def seconds_to_acquire(node: RunningNode, since: float) -> float:
    """From a wall-clock instant to the node's own `acquired_at`."""
    return datetime.fromisoformat(node.status()["acquired_at"]).timestamp() - since


def test_one_leads_the_other_follows_and_both_agree(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    eventually("the follower names the holder", lambda: follower.status()["holder_id"] == "n1")
    ours, theirs = leader.status(), follower.status()
    assert (ours["role"], theirs["role"]) == ("leader", "follower")
    assert ours["current_epoch"] == theirs["current_epoch"] == 1
    assert ours["acquired_at"] == theirs["acquired_at"]
    assert (ours["session_lock_held"], theirs["session_lock_held"]) == (True, False)
    assert (ours["write_ready"], theirs["write_ready"]) == (True, False)
    assert leader.get("/v1/health/write-ready").status == 200
    assert follower.get("/v1/health/write-ready").status == 503
    assert follower.get("/v1/health/read-ready").body == {"ready": True}


def test_a_write_is_accepted_once_and_a_follower_points_to_the_holder(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    first = leader.write("a", "payload")
    assert first.status == 201
    assert first.body.keys() == {"id", "epoch", "node_id", "created_at"}
    again, other = leader.write("a", "payload"), leader.write("a", "another")
    assert (again.status, again.body) == (200, first.body)
    assert other.status == 409
    refused = follower.write("b")
    assert (refused.status, refused.body["holder_id"]) == (421, "n1")
    rows = bench.sql("SELECT id, payload, epoch, node_id FROM app.rollouts")
    assert rows == [("a", "payload", 1, "n1")]


def test_a_killed_leader_is_taken_over_at_once(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    killed_at = time.time()
    leader.kill(signal.SIGKILL)
    eventually("the follower leads", follower.leads)
    assert 0 < seconds_to_acquire(follower, killed_at) < 1
    assert follower.status()["holder_id"] == "n2"
    assert follower.write("after").status == 201
    notes = bench.sql("SELECT epoch, notes, resigned_at IS NULL FROM haproof_ha.leader_epochs ORDER BY 1")
    assert notes == [(1, "superseded by 2", False), (2, None, True)]
    rejoined = leader.start().ready()
    eventually("the killed node follows", lambda: rejoined.status()["holder_id"] == "n2")
    assert rejoined.status()["role"] == "follower"


def test_sigterm_resigns_closes_the_epoch_and_ends_with_status_0(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    assert leader.kill(signal.SIGTERM) == 0
    eventually("the follower leads", follower.leads)
    resigned = bench.sql("SELECT notes, resigned_at FROM haproof_ha.leader_epochs WHERE epoch = 1")
    assert resigned[0][0] is None
    assert resigned[0][1] is not None
    names = [event["event_name"] for event in follower.events()]
    assert names == ["ha.leader.elected", "ha.leader.resigned", "ha.leader.elected"]
    elected = follower.events("ha.leader.elected")
    assert [event["fields"] for event in elected] == [
        {"epoch": 1, "holder_id": "n1"},
        {"epoch": 2, "holder_id": "n2"},
    ]


def test_a_hung_leader_is_taken_over_within_the_bound_and_its_write_is_refused(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    answers: list[Answer] = []
    stopped_at = time.time()
    os.kill(leader.pid, signal.SIGSTOP)
    writer = threading.Thread(target=lambda: answers.append(leader.write("stale", timeout=30)))
    writer.start()
    eventually("the follower leads", follower.leads)
    assert seconds_to_acquire(follower, stopped_at) < BOUND_SECONDS + 1
    os.kill(leader.pid, signal.SIGCONT)
    writer.join(20)
    assert answers
    assert answers[0].status in (409, 421, 503)
    assert bench.sql("SELECT count(*) FROM app.rollouts WHERE id = 'stale'") == [(0,)]
    eventually("the old leader follows", lambda: leader.status()["holder_id"] == "n2")
    assert leader.status()["role"] == "follower"


def test_a_follower_that_hangs_in_line_does_not_keep_the_lock(bench: Bench) -> None:
    leader, hung = bench.leader("n1"), bench.node("n2")
    eventually("n2 stands in line", lambda: waiting(bench) == 1)
    third = bench.node("n3")
    eventually("n3 stands in line", lambda: waiting(bench) == 2)
    os.kill(hung.pid, signal.SIGSTOP)
    leader.kill(signal.SIGKILL)
    eventually("n3 leads", third.leads, BOUND_SECONDS + 2)
    os.kill(hung.pid, signal.SIGCONT)
    eventually("n2 follows", lambda: hung.status()["holder_id"] == "n3")
    assert hung.status()["role"] == "follower"
    assert third.leads()


def waiting(bench: Bench) -> int:
    sql = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND database = "
    return int(bench.sql(sql + "(SELECT oid FROM pg_database WHERE datname = current_database())")[0][0])


def test_a_leader_whose_lock_session_is_ended_drops_its_claim(bench: Bench) -> None:
    leader = bench.leader("n1")
    bench.node("n2")
    eventually("n2 stands in line", lambda: waiting(bench) == 1)
    ended = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'haproof lock n1'"
    )
    bench.sql(ended)
    eventually("n2 holds", lambda: leader.status()["holder_id"] == "n2")
    assert leader.status()["role"] == "follower"
    assert leader.write("x").status == 421


def test_failover_moves_the_leadership_and_says_what_it_did(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    eventually("n2 stands in line", lambda: waiting(bench) == 1)
    refused = follower.post("/v1/ha/failover", {})
    assert refused.status == 409
    done = leader.post("/v1/ha/failover", {"reason": "a drill"})
    assert done.status == 200
    assert done.body["success"] is True
    assert (done.body["previous_holder"], done.body["previous_epoch"]) == ("n1", 1)
    eventually("n2 leads", follower.leads)
    triggered = follower.events("ha.failover.triggered")
    assert [(event["actor"], event["fields"]["reason"]) for event in triggered] == [("tester", "a drill")]


def test_failover_of_a_single_node_begins_its_next_epoch(bench: Bench) -> None:
    leader = bench.leader("n1")
    assert leader.post("/v1/ha/failover", {}).status == 200
    eventually("n1 leads again", lambda: leader.leads() and leader.status()["current_epoch"] == 2)


def test_a_write_session_that_hangs_in_a_transaction_does_not_hold_up_the_new_leader(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    eventually("n2 stands in line", lambda: waiting(bench) == 1)
    hung = bench.session()
    hung.execute("SET application_name = 'haproof write 1 n1'")
    hung.execute("BEGIN")
    hung.execute("SELECT current_epoch FROM haproof_ha.leadership_state FOR SHARE")
    killed_at = time.time()
    leader.kill(signal.SIGKILL)
    eventually("n2 leads", follower.leads)
    assert seconds_to_acquire(follower, killed_at) < 1
    with pytest.raises(psycopg.OperationalError):
        hung.execute("COMMIT")


def test_a_campaign_waits_for_somebody_elses_row_lock_and_goes_through_after_it(bench: Bench) -> None:
    leader, follower = bench.leader("n1"), bench.node("n2")
    eventually("n2 stands in line", lambda: waiting(bench) == 1)
    with bench.session() as operator:
        operator.execute("BEGIN")
        operator.execute("SELECT * FROM haproof_ha.leadership_state FOR UPDATE")
        leader.kill(signal.SIGKILL)
        time.sleep(1)
        assert not follower.leads()
        operator.execute("ROLLBACK")
        eventually("n2 leads", follower.leads)
    assert follower.status()["current_epoch"] == 2


def test_followers_that_die_in_line_leave_no_sessions_behind(bench: Bench) -> None:
    bench.leader("n1")
    for _ in range(3):
        follower = bench.node("n2")
        eventually("n2 stands in line", lambda: waiting(bench) >= 1)
        follower.kill(signal.SIGKILL)
    eventually("nobody stands in line", lambda: waiting(bench) == 0, BOUND_SECONDS * 3)


def test_the_database_refuses_a_write_under_an_older_epoch(bench: Bench) -> None:
    leader = bench.leader("n1", "--poll-ms", "5000")
    assert leader.write("before").status == 201
    bench.sql("UPDATE haproof_ha.leadership_state SET current_epoch = current_epoch + 1")
    refused = leader.write("stale")
    assert (refused.status, refused.body) == (409, {"error": "fenced: durable epoch 2, local epoch 1"})
    assert bench.sql("SELECT id FROM app.rollouts") == [("before",)]


def test_a_takeover_is_rehearsed_without_being_run(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.leader("n1")
    before = bench.sql("SELECT * FROM haproof_ha.leader_epochs")
    run, refused, statements = Session.run, [], []

    def watched(*given: Any, **more: Any) -> list[Row]:
        statements.append(str(given[1]).strip())
        try:
            return run(*given, **more)
        except SqlError as error:
            refused.append(error)
            raise

    monkeypatch.setattr(Session, "run", watched)
    store = Store(Settings(Limits("n2"), "127.0.0.1", 1, bench.dsn, b"", Path("/"), 0.2, None))
    with store.open("lock", deadline=time.monotonic() + 5) as session:
        store.rehearse(session, time.monotonic() + 5)
    assert refused == []
    planned = [one for one in statements if one.startswith("EXPLAIN")]
    assert any("UPDATE haproof_ha.leadership_state" in one for one in planned)
    assert any("pg_terminate_backend" in one for one in planned)
    assert bench.sql("SELECT * FROM haproof_ha.leader_epochs") == before
    assert bench.sql("SELECT current_epoch FROM haproof_ha.leadership_state") == [(1,)]


def test_every_leader_has_an_epoch_of_its_own(bench: Bench) -> None:
    nodes = [bench.leader("n1"), bench.node("n2")]
    for _ in range(4):
        leader = bench.leader_among(*nodes)
        leader.kill(signal.SIGTERM)
        leader.start()
    last = bench.leader_among(*nodes)
    epochs = [event["fields"]["epoch"] for event in last.events("ha.leader.elected")]
    assert epochs == list(range(1, len(epochs) + 1))
    assert len(epochs) >= 5
    holders = bench.sql("SELECT epoch, holder_id FROM haproof_ha.leader_epochs ORDER BY 1")
    assert [epoch for epoch, _ in holders] == epochs
