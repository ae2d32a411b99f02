"""The node on a database that fails over: a real primary and a real standby, promoted in every way."""

import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from lab.node_fixture import Bench, Postgres, RunningNode, eventually, running_postgres

pytestmark = pytest.mark.lab

EARLY = Path(__file__).with_name("bad_nodes_on_clusters") / "shows_an_epoch_too_early.py"


class PairBench(Bench):
    """Nodes that know both servers, the standby named first."""

    def __init__(self, folder: Path, primary: Postgres, standby: Postgres) -> None:
        super().__init__(folder, primary)
        self.standby = standby

    @property
    def dsn(self) -> str:
        ports = f"{self.standby.port},{self.postgres.port}"
        return (
            f"host=127.0.0.1,127.0.0.1 port={ports} user=postgres dbname={self.database} "
            "target_session_attrs=read-write"
        )

    def promote(self) -> None:
        with psycopg.connect(self.standby.dsn(), autocommit=True) as session:
            session.execute("SELECT pg_promote()")

    def rows(self, server: Postgres) -> set[str]:
        with psycopg.connect(server.dsn(self.database), autocommit=True) as session:
            return {row[0] for row in session.execute("SELECT id FROM app.rollouts").fetchall()}


@contextmanager
def pair(tmp_path: Path, extra: str = "") -> Iterator[PairBench]:
    with running_postgres(extra) as primary:
        folder = Path(tempfile.mkdtemp(prefix="haproof-node-"))
        standby = primary.standby(folder, "s1")
        bench: PairBench | None = None
        try:
            standby.start()
            bench = PairBench(tmp_path, primary, standby)
            yield bench
        finally:
            if bench is not None:
                bench.end_nodes()
            if standby.process is not None and standby.process.poll() is None:
                standby.signal_all(signal.SIGCONT)
            standby.stop(signal.SIGQUIT)
            shutil.rmtree(folder, ignore_errors=True)


def accepts(node: RunningNode, row: str) -> bool:
    return node.write(row).status in (200, 201)


def lost(node: RunningNode) -> None:
    eventually("the loss is noticed", lambda: node.health() == "lost")


def asks(node: RunningNode, server: Postgres) -> None:
    eventually("everybody asks the promoted server", lambda: database(node)["port"] == server.port)


def database(node: RunningNode) -> dict[str, Any]:
    found: dict[str, Any] = node.status()["database"]
    return found


def test_a_promotion_is_followed_and_an_old_primary_that_comes_back_is_not_believed(tmp_path: Path) -> None:
    with pair(tmp_path) as bench:
        nodes = [bench.node("n1"), bench.node("n2")]
        leader = bench.leader_among(*nodes)
        assert database(leader) == {
            "host": "127.0.0.1",
            "port": bench.postgres.port,
            "timeline": 1,
            "in_recovery": False,
        }
        assert leader.status()["epoch_durability"] == "local"
        assert accepts(leader, "before")
        epoch = leader.status()["current_epoch"]
        eventually("the row is on the standby", lambda: "before" in bench.rows(bench.standby))
        bench.postgres.signal_all(signal.SIGKILL)
        assert bench.postgres.process is not None
        bench.postgres.process.wait(10)
        bench.promote()
        leader = bench.leader_among(*nodes)
        assert accepts(leader, "after")
        assert leader.status()["current_epoch"] > epoch
        assert (database(leader)["port"], database(leader)["timeline"]) == (bench.standby.port, 2)

        bench.postgres.start()  # as a second primary, on timeline 1
        bench.standby.stop(signal.SIGQUIT)
        for node in nodes:
            lost(node)
        until = time.monotonic() + 3
        while time.monotonic() < until:
            time.sleep(0.02)
            for node in nodes:
                status = node.status()
                assert (status["quorum_health"], status["role"], status["write_ready"]) == (
                    "lost",
                    "follower",
                    False,
                )
        assert any("was superseded" in (node.status()["quorum_loss_reason"] or "") for node in nodes)
        assert bench.rows(bench.postgres) == {"before"}

        bench.standby.start()
        leader = bench.leader_among(*nodes, seconds=20)
        assert bench.rows(bench.standby) == {"before", "after"}
        assert database(leader)["timeline"] == 2


def test_a_primary_that_was_superseded_while_it_runs_is_left(tmp_path: Path) -> None:
    with pair(tmp_path) as bench:
        nodes = [bench.node("n1"), bench.node("n2")]
        leader = bench.leader_among(*nodes)
        assert accepts(leader, "before")
        eventually("the row is on the standby", lambda: "before" in bench.rows(bench.standby))
        bench.promote()
        leader = eventually(
            "somebody leads on the promoted server",
            lambda: next(
                (node for node in nodes if node.leads() and database(node)["port"] == bench.standby.port),
                None,
            ),
            20,
        )
        eventually("writes are accepted there", lambda: accepts(leader, "after"))
        for node in nodes:
            asks(node, bench.standby)
        assert "after" in bench.rows(bench.standby)
        assert bench.rows(bench.postgres) == {"before"}


def test_an_epoch_that_no_standby_has_makes_nobody_a_leader(tmp_path: Path) -> None:
    with pair(tmp_path, "synchronous_standby_names = '*'\n") as bench:
        bench.standby.stop()
        node = bench.node("n1", "--min-sync-replicas", "1")
        until = time.monotonic() + 4  # longer than one campaign waits
        while time.monotonic() < until:
            time.sleep(0.02)
            status = node.status()
            assert (status["role"], status["holder_id"], status["current_epoch"]) == ("follower", None, 0)
            assert status["epoch_durability"] == "synchronous"
        bench.standby.start()
        bench.leader_among(node)
        shown = node.status()["current_epoch"]
        # A leader waits until a standby has its epoch on disk; the standby shows it when it has replayed it.
        with psycopg.connect(bench.standby.dsn(bench.database), autocommit=True) as session:
            replayed = "SELECT pg_last_wal_replay_lsn() = pg_last_wal_receive_lsn()"
            eventually("all is replayed", lambda: session.execute(replayed).fetchone() == (True,))
            row = session.execute(
                "SELECT current_epoch, holder_id FROM haproof_ha.leadership_state"
            ).fetchone()
        assert row == (shown, "n1")
        assert accepts(node, "row")


@pytest.mark.parametrize(("program", "twice"), [(None, False), (EARLY, True)], ids=["node", "early"])
def test_an_epoch_that_a_promotion_loses_was_never_shown(
    tmp_path: Path, program: Path | None, twice: bool
) -> None:
    shown: dict[int, set[str]] = {}

    def look(*nodes: RunningNode) -> None:
        for node in nodes:
            status = node.status()
            if status["holder_id"] is not None:
                shown.setdefault(status["current_epoch"], set()).add(status["holder_id"])

    with pair(tmp_path, "synchronous_standby_names = '*'\n") as bench:
        first = bench.leader("n1", "--min-sync-replicas", "1")
        second = bench.node("n2", "--min-sync-replicas", "1", program=program)
        eventually("a leader that accepts", lambda: first.status()["write_ready"])
        look(first, second)
        bench.standby.stop()  # stopped with SIGSTOP it would find the rest of the log in its socket later
        first.kill(signal.SIGTERM)
        until = time.monotonic() + 4
        while time.monotonic() < until:
            time.sleep(0.02)
            look(second)
        second.kill()
        bench.postgres.signal_all(signal.SIGKILL)
        bench.standby.start()
        bench.promote()
        with psycopg.connect(bench.standby.dsn(), autocommit=True) as session:
            session.execute("ALTER SYSTEM SET synchronous_standby_names = ''")
            session.execute("SELECT pg_reload_conf()")
        third = bench.leader("n3")
        look(third)
    assert any(len(holders) > 1 for holders in shown.values()) is twice, shown


def test_a_server_that_takes_no_writes_is_no_database(tmp_path: Path) -> None:
    with pair(tmp_path) as bench:
        bench.leader("n1")
        node = RunningNode("n2", bench.standby.dsn(bench.database), tmp_path)
        bench.nodes.append(node.start())
        eventually("it answers", lambda: node.status_or_none() is not None)
        time.sleep(1)
        status = node.status()
        assert (status["quorum_health"], status["quorum_loss_reason"]) == ("lost", "starting")
        bench.promote()
        eventually("it leads once the standby is promoted", node.leads, 20)


def test_a_node_says_why_a_server_is_none(tmp_path: Path) -> None:
    with pair(tmp_path) as bench:
        node = bench.leader("n1")
        with psycopg.connect(bench.postgres.dsn(), autocommit=True) as session:
            session.execute("ALTER SYSTEM SET default_transaction_read_only = on")
            session.execute("SELECT pg_reload_conf()")
        lost(node)
        assert "is read-only" in node.status()["quorum_loss_reason"]
        assert node.write("row").status == 503
