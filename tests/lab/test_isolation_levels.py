"""PostgreSQL's own isolation levels as living controls of the checker: what a level allows is found on a real
server, what it forbids is not."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.core.histories.clusters.figures import Figures, figures
from haproof.core.histories.clusters.reading import trials
from haproof.core.histories.transactions.levels import IsolationLevel, forbidden
from haproof.lab.ground import DATABASE, NODE_ROLE, Ground
from haproof.lab.postgres import Server
from haproof.lab.trials.course import KEYS
from haproof.lab.workload import schema
from haproof.lab.workload.config import Config, write_config
from lab.in_process import shared_ground
from lab.node_fixture import eventually

pytestmark = [pytest.mark.lab, pytest.mark.timeout(180)]

CLIENTS, SECONDS, ROUNDS = 6, 5.0, 5
"""An anomaly that a level allows need not come in one round: it is waited for in several."""


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with shared_ground() as made:
        yield made


@pytest.fixture(scope="module")
def server(ground: Ground, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    one = Server.create(ground, ground.work, "isolated")
    one.start()
    for statement in schema.SETUP.split(";"):
        one.execute(statement, NODE_ROLE)
    yield one
    one.stop()


def appended(server: Server, trial: str) -> int:
    """How many elements the lists of a trial have together."""
    ((elements,),) = server.rows(
        f"select coalesce(sum(cardinality(value)), 0) from haproof_lists where trial = '{trial}'", NODE_ROLE
    )
    return int(elements)


def lived_through(
    ground: Ground, server: Server, folder: Path, level: IsolationLevel, number: int
) -> Figures:
    """The lab's own clients for some seconds, and what the checker makes of their history."""
    trial = f"{level.replace(' ', '-')}-{number}"
    first = 1_000 * (1 + number) + 100_000 * len(level)
    for key in range(first, first + KEYS):
        server.execute(f"insert into haproof_lists values ({key}, '{trial}', '{{}}')", NODE_ROLE)
    history, config = folder / f"{trial}.jsonl", folder / f"{trial}.json"
    write_config(
        config,
        Config(
            trial, "off", {"pg1": "127.0.0.1"}, {"pg1": server.port}, f"dbname={DATABASE} user={NODE_ROLE}",
            {"txn": CLIENTS, "writer": 1}, str(history), number, isolation_level=level, think_s=0.001,
            first_key=first, started_s=time.monotonic(),
        ),
    )  # fmt: skip
    environment = {**os.environ, "PGPASSFILE": str(ground.passfile)}
    program = [sys.executable, "-m", "haproof.lab.workload.program", str(config)]
    clients = subprocess.Popen(program, env=environment)
    time.sleep(SECONDS)
    eventually("the clients have done enough to judge by", lambda: appended(server, trial) > 400, 60)
    clients.send_signal(signal.SIGTERM)
    assert clients.wait(20) == 0
    lists = server.rows(f"select key, value from haproof_lists where trial = '{trial}'", NODE_ROLE)
    rows = server.rows(f"select id from haproof_rows where trial = '{trial}'", NODE_ROLE)
    final = {
        "trial": trial, "t_ms": time.monotonic() * 1000, "kind": "final", "member": "pg1", "timeline": 1,
        "read_write": True, "rows": [row[0] for row in rows],
        "lists": {str(key): value for key, value in lists},
    }  # fmt: skip
    with open(history, "a", encoding="utf-8") as stream:
        stream.write(json.dumps(final) + "\n")
    with open(history, "rb") as raw:
        (read,) = trials(raw)
    assert sum(one.answered for one in read.transactions.all) > 100
    found = figures(read, mode="sync", members=1, local_writers=0)
    assert (found.lost, found.duplicated, found.phantom, found.reads_back) == (0, 0, 0, 0)
    return found


@pytest.mark.parametrize(
    ("level", "allowed"),
    [("serializable", None), ("repeatable read", "G2-item"), ("read committed", "G-single")],
)
def test_a_real_server_shows_what_its_level_allows_and_nothing_else(
    ground: Ground, server: Server, tmp_path: Path, level: IsolationLevel, allowed: str | None
) -> None:
    shown: set[str] = set()
    for number in range(ROUNDS if allowed else 2):
        found = lived_through(ground, server, tmp_path, level, number)
        assert forbidden(found.anomalies, level) == {}, found.examples
        shown |= found.anomalies.keys()
        if allowed in shown:
            break
    assert (allowed is None and not shown) or allowed in shown
