"""What the lab does when it, or the system under test, is not what it should be."""

import json
import os
import signal
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from lab.lab_process import (
    Lab,
    linux_only,
    running,
    shared_files_of,
    shared_memory_of,
    side_by_side,
    without_namespaces,
)

pytestmark = [pytest.mark.lab, linux_only]

RUBBISH = Path(__file__).with_name("rubbish_node.py")
MOMENTS = [
    ("VAL13", "node.hang"),
    ("VAL14", "light load"),
    ("VAL15", "restart every node in maintenance mode"),
    ("VAL16", "manual-reconcile"),
    ("VAL17", "database.stop"),
]
"""In the middle of each slice: a journal line to wait for before the lab is ended from outside."""

GIVES_UP = "import sys; print('it has had enough', end='\\n\\n'); sys.exit(3)"
TARGET = """
name = "a wrong node"
version = "1"
[timing]
start_deadline_s = 3
failover_deadline_s = 2
[node]
start = [{start}]
[sql]
protected_rows = "select 1, 2, 3"
raise_epoch = "select 1"
"""


def wrong_target(folder: Path, *start: str) -> tuple[str, str]:
    path = folder / "target.toml"
    path.write_text(TARGET.replace("{start}", ", ".join(json.dumps(word) for word in start)))
    return ("--target", str(path))


@dataclass
class Ended:
    """Two labs that ran side by side until the same moment of a slice: one was interrupted, one killed."""

    interrupted: Lab
    killed: Lab
    said: str = ""
    printed: str = ""
    before: dict[int, str] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)

    def interrupt(self, moment: str) -> None:
        self.interrupted.await_journal(moment)
        for _ in range(3):  # an impatient person must not break the clean-up
            os.kill(self.interrupted.process.pid, signal.SIGINT)
        _, self.printed, self.said = self.interrupted.end()

    def kill(self, moment: str) -> None:
        self.killed.await_journal(moment)
        self.before = self.killed.processes()
        self.shared = shared_files_of(self.before)
        os.kill(self.killed.process.pid, signal.SIGKILL)
        self.killed.end()


@pytest.fixture(scope="module", params=MOMENTS, ids=lambda moment: str(moment[0]))
def ended(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    slice_id, moment = request.param
    labs = [Lab(tmp_path_factory.mktemp(how), slice_id=slice_id) for how in ("interrupted", "killed")]
    both = Ended(labs[0], labs[1])
    with running(labs[0]), running(labs[1]), ThreadPoolExecutor() as pool:
        for end in [pool.submit(both.interrupt, moment), pool.submit(both.kill, moment)]:
            end.result()
    return both


def test_ctrl_c_keeps_what_was_measured_and_cleans_up(ended: Ended) -> None:
    lab, said = ended.interrupted, ended.said
    assert lab.process.returncode == 130, said
    assert lab.report()["not_run"] == "interrupted"
    assert '"what": "draft"' in lab.journal()
    assert "NOT RUN (interrupted)" in said
    lines = ended.printed.splitlines()
    assert lines[0].startswith("Run interrupted: ")
    assert lines[-1] == f"Evidence directory: {lab.evidence}"
    assert "Traceback" not in said
    assert lab.await_silence() == {}
    assert lab.leftovers() == []


def test_a_killed_lab_leaves_no_process_and_no_shared_memory(ended: Ended) -> None:
    lab = ended.killed
    assert len(ended.before) > 2, "there was something to clean up"
    assert lab.await_silence() == {}
    assert shared_memory_of(ended.before) == []
    assert ended.shared == [], "there was nothing in /dev/shm that could stay there"
    for line in lab.journal().splitlines():
        json.loads(line)


def test_a_lab_killed_while_it_makes_its_first_cluster_leaves_no_shared_memory(tmp_path: Path) -> None:
    """initdb runs servers of its own, which nobody configures but initdb."""
    lab = Lab(tmp_path, slice_id="VAL17")
    seen: set[str] = set()
    shared: list[str] = []
    with running(lab):
        while "node.start" not in lab.journal() and lab.process.poll() is None:
            processes = lab.processes()
            seen |= {word for words in processes.values() for word in words.split()}
            shared += shared_files_of(processes)
        os.kill(lab.process.pid, signal.SIGKILL)
        lab.end()
    assert {"--boot", "--single"} <= seen
    assert shared == []
    assert lab.await_silence() == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_no_segment_stays_where_no_namespace_could_hide_it(tmp_path: Path, number: signal.Signals) -> None:
    """The instant of the signal is right after a server of initdb's made its System V segment."""
    lab = Lab(tmp_path, slice_id="VAL17", around=without_namespaces())
    seen: dict[int, str] = {}
    with running(lab):
        while not shared_memory_of(seen):
            assert lab.process.poll() is None, lab.end()
            seen |= lab.processes()
        os.kill(lab.process.pid, number)
        lab.end()
    assert any("initdb" in words for words in seen.values())
    assert lab.await_silence() == {}
    assert shared_memory_of(seen) == []


def test_two_labs_at_the_same_time_both_pass(tmp_path: Path) -> None:
    ends = side_by_side([Lab(tmp_path / name, slice_id="VAL17") for name in ("one", "two")])
    assert [status for status, _, _ in ends] == [0, 0], ends


def test_a_node_that_exits_at_once_fails_with_nulls(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab", wrong_target(tmp_path, "{python}", "-c", GIVES_UP))
    status, _, err = lab.run()
    assert status == 1, err
    assert "node1 ended with status 3: it has had enough; node2 ended with status 3" in err
    report = lab.report()
    assert set(lab.checks().values()) == {"FAIL"}
    assert report["metrics"]["sigterm_failover_ms"] is None
    assert report["metrics"]["rows_acknowledged"] == report["metrics"]["rows_unknown"] == 0
    of_the_table = ("data_loss_rows", "rows_refused_stored", "rows_duplicated", "rows_unexpected")
    assert [report["metrics"][name] for name in of_the_table] == [None] * 4, "no table was compared"
    assert report["observations"]["nodes_healthy"] == 0
    assert lab.leftovers() != [], "the folder stays for whoever looks for the reason"


def test_a_node_that_answers_rubbish_fails_and_never_breaks_the_lab(tmp_path: Path) -> None:
    lab = Lab(tmp_path / "lab", wrong_target(tmp_path, "{python}", str(RUBBISH), "{port}"))
    status, _, err = lab.run()
    assert status == 1, err
    assert lab.checks()["VAL13-01"] == "FAIL"
    assert "Traceback" not in err
    assert lab.await_silence() == {}


def test_no_postgresql_is_one_sentence_before_anything_starts(tmp_path: Path) -> None:
    lab = Lab(tmp_path, ("--pg-bin", str(tmp_path)))
    status, out, err = lab.run()
    assert status == 2
    assert out == ""
    assert len(err.splitlines()) == 1
    assert "--pg-bin" in err
    assert not lab.evidence.exists()
    assert lab.leftovers() == []


def test_used_evidence_folder_is_refused(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.evidence.mkdir()
    (lab.evidence / "earlier").touch()
    status, _, err = lab.run()
    assert status == 2
    assert "not empty" in err
    assert [path.name for path in lab.evidence.iterdir()] == ["earlier"]


def test_a_port_taken_by_another_program_is_the_labs_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from haproof.errors import LabError
    from haproof.lab.binaries import find_binaries
    from haproof.lab.ground import prepared
    from haproof.lab.ports import Ports
    from haproof.lab.postgres import Server

    with socket.create_server(("127.0.0.1", 0)) as squatter:
        monkeypatch.setattr(Ports, "reserve", lambda self: squatter.getsockname()[1])
        with prepared(find_binaries(), lambda text: None) as ground:
            ground.closed_cleanly = True
            server = Server(ground, "postgres", ground.work)
            with pytest.raises(LabError, match=r"port .* of postgres was taken by another program"):
                server.start()
