"""Every safety of the node is one method: replaced in a few lines, and its absence shows.

The lab's own bad nodes do this to prove that the slices can fail; here it is held that the seams are there.
"""

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.node_fixture import Bench, Postgres, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab

PRELUDE = """
import sys
from haproof.node.api import Api
from haproof.node.decide import Leadership, Rules
from haproof.node.leadership import LeadershipLoop
from haproof.node.monitor import QuorumMonitor
from haproof.node.program import Node, main
from haproof.node.store import Store
from haproof.node.writes import Writes
"""

MAIN = "\nsys.exit(main(node_type=Bad))\n"

NO_FENCE = """
class NoFence(Store):
    def fence(self, session, epoch, deadline):
        return epoch

class Bad(Node):
    store_type = NoFence
"""

NO_BLOCK = """
class NoBlock(Rules):
    def write_block(self, state, now):
        return None

class Bad(Node):
    rules_type = NoBlock
"""

DEAF = """
class Deaf(QuorumMonitor):
    def poll(self, deadline):
        if self._node.view()[0].answered_once:
            return
        super().poll(deadline)

class Bad(Node):
    monitor_type = Deaf
"""

NO_INCREMENT = """
class Stuck(Store):
    def campaign(self, session, at, deadline, events=()):
        won = session.run(
            "UPDATE haproof_ha.leadership_state SET holder_id = $1, acquired_at = $2 RETURNING current_epoch",
            [self.settings.node_id, at.isoformat()], deadline=deadline)
        return Leadership(int(won[0][0]), self.settings.node_id, at)

class Bad(Node):
    store_type = Stuck
"""

NO_TIMEOUTS = """
class Patient(Store):
    def lock_timeouts(self):
        return {}

class Bad(Node):
    store_type = Patient
"""

NO_HEARTBEAT = """
class Silent(Store):
    def heartbeat(self, session, deadline):
        pass

class Bad(Node):
    store_type = Silent
"""

NEVER_TAKES_OVER = """
class Idle(LeadershipLoop):
    def one_term(self):
        self._bell.wait(60)

class Bad(Node):
    leadership_type = Idle
"""

LIAR = """
class Liar(Api):
    def status(self, request):
        status, body = super().status(request)
        return status, {**body, "holder_id": "somebody-else"}

class Bad(Node):
    api_type = Liar
"""

FORGETFUL = """
class Forgetful(Writes):
    def commit(self, session):
        session.run("ROLLBACK", deadline=None)

class Bad(Node):
    writes_type = Forgetful
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


@pytest.fixture
def bench(postgres: Postgres, tmp_path: Path) -> Iterator[Bench]:
    with running_bench(postgres, tmp_path) as found:
        yield found


def bad(bench: Bench, node_id: str, source: str, *more: str) -> RunningNode:
    program = bench.folder / f"{node_id}.py"
    program.write_text(PRELUDE + source + MAIN)
    return bench.node(node_id, *more, program=program)


def bad_leader(bench: Bench, node_id: str, source: str, *more: str) -> RunningNode:
    node = bad(bench, node_id, source, *more)
    eventually("it leads", node.leads)
    return node


def test_without_the_fence_a_stale_write_goes_in(bench: Bench) -> None:
    node = bad_leader(bench, "n1", NO_FENCE, "--poll-ms", "5000")
    bench.sql("UPDATE haproof_ha.leadership_state SET current_epoch = current_epoch + 1")
    assert node.write("stale").status == 201
    assert bench.sql("SELECT epoch FROM app.rollouts") == [(1,)]


def test_without_the_block_writes_are_said_to_be_accepted(bench: Bench) -> None:
    node = bad_leader(bench, "n1", NO_BLOCK, "--min-sync-replicas", "1")
    status = node.status()
    assert status["write_block_active"] is False
    assert status["can_accept_protected_writes"] is True
    assert node.write("blocked").status == 201


def test_without_the_monitor_a_loss_is_not_noticed(bench: Bench) -> None:
    node = bad(bench, "n1", DEAF)
    bench.postgres.stop()
    time.sleep(1)
    try:
        assert node.health() == "healthy"
        assert node.status()["detected_loss_count"] == 0
    finally:
        bench.postgres.start()


def test_without_the_increment_two_holders_share_an_epoch(bench: Bench) -> None:
    first, second = bad_leader(bench, "n1", NO_INCREMENT), bad(bench, "n2", NO_INCREMENT)
    epoch = first.status()["current_epoch"]
    first.kill(signal.SIGKILL)
    eventually("the second leads", second.leads)
    assert second.status()["current_epoch"] == epoch


def test_without_the_timeouts_a_hung_leader_keeps_the_lock(bench: Bench) -> None:
    leader, follower = bad_leader(bench, "n1", NO_TIMEOUTS), bad(bench, "n2", NO_TIMEOUTS)
    os.kill(leader.pid, signal.SIGSTOP)
    time.sleep(3)
    assert not follower.leads()


def test_without_the_heartbeat_the_lock_does_not_last(bench: Bench) -> None:
    node = bad(bench, "n1", NO_HEARTBEAT)
    eventually("epochs go by", lambda: node.status()["current_epoch"] >= 3)


def test_a_node_that_never_takes_over(bench: Bench) -> None:
    leader, idle = bench.leader("n1"), bad(bench, "n2", NEVER_TAKES_OVER)
    leader.kill(signal.SIGKILL)
    time.sleep(1)
    assert idle.status()["holder_id"] == "n1"
    assert idle.kill(signal.SIGTERM) == 0


def test_a_fault_in_a_thread_ends_the_process(bench: Bench) -> None:
    source = """
class Broken(QuorumMonitor):
    def poll(self, deadline):
        super().poll(deadline)
        raise ZeroDivisionError("a fault\\nof the program")

class Bad(Node):
    monitor_type = Broken
"""
    program = bench.folder / "n1.py"
    program.write_text(PRELUDE + source + MAIN)
    node = bench.launch("n1", program=program)
    assert node.process is not None
    assert node.process.wait(10) == 70
    sentence = "haproof.node: fault in monitor: ZeroDivisionError: a fault of the program\n"
    assert node.stderr.read_text() == sentence


def test_a_node_that_lies_about_the_holder(bench: Bench) -> None:
    assert bad_leader(bench, "n1", LIAR).status()["holder_id"] == "somebody-else"


def test_a_node_that_loses_what_it_acknowledged(bench: Bench) -> None:
    assert bad_leader(bench, "n1", FORGETFUL).write("lost").status == 201
    assert bench.sql("SELECT count(*) FROM app.rollouts") == [(0,)]
