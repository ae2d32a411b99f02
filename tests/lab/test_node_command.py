"""`haproof ha …` as a process, against a real node: what VAL15 measures from the command line."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.node_fixture import Bench, RunningNode, eventually, running_bench, running_postgres

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    with running_postgres() as server, running_bench(server, tmp_path_factory.mktemp("command")) as found:
        yield found


def ha(node: RunningNode, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "HAPROOF_URL": f"http://127.0.0.1:{node.port}",
        "HAPROOF_TOKEN_FILE": str(node.token_file),
        "HAPROOF_OPERATOR": "tester",
    }
    script = "import sys; from haproof.cli import main; sys.exit(main(['ha', *sys.argv[1:]]))"
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_a_day_in_the_life_of_an_operator(bench: Bench) -> None:
    node = bench.leader("n1")
    assert node.write("kept").status == 201
    status = ha(node, "status")
    assert (status.returncode, status.stderr) == (0, "")
    assert "holder_id: n1" in status.stdout.splitlines()
    assert json.loads(ha(node, "status", "--output", "json").stdout)["role"] == "leader"
    assert "quorum_health: healthy" in ha(node, "quorum", "status").stdout

    created = ha(node, "backup", "create", "--output", "json")
    assert created.returncode == 0
    made = json.loads(created.stdout)
    archive: Path = bench.folder / "backups" / made["file"]
    assert made["checksum"] == hashlib.sha256(archive.read_bytes()).hexdigest()
    in_words = ha(node, "backup", "create").stdout
    assert [line.split(":")[0] for line in in_words.splitlines() if line.split(":")[0] in made] == list(made)
    assert len(json.loads(ha(node, "backup", "list", "--output", "json").stdout)["backups"]) == 2

    assert "risk: none" in ha(node, "split-brain", "detect").stdout.splitlines()
    refused = ha(node, "split-brain", "recover", "--strategy", "promote-leader")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "risk of split-brain is none" in refused.stderr
    forced = ha(
        node, "split-brain", "recover", "--strategy", "promote-leader", "--force", "--reason", "drill"
    )
    assert "epoch: 2" in forced.stdout.splitlines()

    unconfirmed = ha(node, "backup", "restore", made["backup_id"])
    assert unconfirmed.returncode == 1
    assert "confirm" in unconfirmed.stderr
    assert ha(node, "backup", "restore", made["backup_id"], "--confirm").returncode == 1
    assert node.write("newer").status == 201
    node.kill(signal.SIGTERM)
    node.start("--maintenance").ready()
    assert ha(node, "backup", "restore", made["backup_id"], "--confirm").returncode == 0
    assert bench.sql("SELECT id FROM app.rollouts") == [("kept",)]

    node.kill(signal.SIGTERM)
    node.start().ready()
    eventually("it leads", node.leads)
    assert ha(node, "failover", "trigger", "--reason", "drill").returncode == 0
    events = json.loads(ha(node, "audit", "query", "--output", "json").stdout)["events"]
    names = {event["event_name"] for event in events}
    assert {
        "ha.backup.created",
        "ha.backup.restored",
        "ha.backup.restore_refused",
        "ha.failover.triggered",
    } <= names
    only = ha(node, "audit", "query", "--event-type", "ha.backup.restored", "--output", "json").stdout
    assert [event["actor"] for event in json.loads(only)["events"]] == ["tester"]
    node.kill(signal.SIGTERM)
    assert ha(node, "status").returncode == 7
