"""A trial that the lab's own machine spoiled is tried again, or not run: the cluster is not blamed for it."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

pytest.importorskip("psycopg")

from cluster_report import metrics, trial
from haproof.errors import LabError, NotRun
from haproof.kinds import cluster, recovery
from haproof.lab.faults.catalogue import FAULTS
from haproof.lab.host import TICK_SECONDS, HostWatch, Seen
from haproof.lab.journal import Journal
from haproof.lab.processor import Processor
from haproof.lab.recovery import inside
from haproof.lab.recovery.clients import Config as RecoveryConfig
from haproof.lab.recovery.clients import write_config as write_recovery_config
from haproof.lab.secret import Secrets
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from haproof.lab.trials import matrix
from haproof.lab.trials.course import Trial
from haproof.lab.trials.matrix import Matrix
from haproof.lab.trials.order import Order, read_seen
from haproof.lab.trials.spoiled import ATTEMPTS, Machine, Spoiled, spoiled
from haproof.lab.workload.config import Config, write_config
from recovery_report import tree

STEPPED = "the wall clock of this machine was stepped by -30.0 s"


def alone(fault: str | None, **changed: Any) -> dict[str, Any]:
    """The figures of a report with one trial, or with the control alone."""
    others = [{"fault": name, "reason": "x"} for name in FAULTS if name != fault]
    if fault is None:
        return metrics(control=trial(None, **changed), trials=[], not_tried=others)
    return metrics(trials=[trial(fault, **changed)], not_tried=others)


@pytest.mark.parametrize(
    ("fault", "changed"),
    [
        ("host-kill", {"outcome": "stays and refuses"}),
        ("host-kill", {"connect_gap_ms": 61_000.0}),
        ("cut-full", {"overlap_ms": 2_500.0}),
        ("cut-full", {"rejoin": "refused"}),
        ("manager-kill", {"anomalies": {"G-single-realtime": 1}}),
        (None, {"acknowledged": 12}),
    ],
)
def test_what_a_spoiled_machine_may_have_done_does_not_count(fault: str | None, changed: Any) -> None:
    assert spoiled(cluster.KIND, alone(fault, **changed), STEPPED) == STEPPED
    assert spoiled(cluster.KIND, alone(fault, **changed), None) is None


@pytest.mark.parametrize("changed", [{"lost": 1}, {"duplicated": 1}, {"phantom": 1}])
def test_a_row_that_is_gone_is_gone_on_any_machine(changed: dict[str, int]) -> None:
    late = {"outcome": "stays and refuses"}
    assert spoiled(cluster.KIND, alone("host-kill", **changed, **late), STEPPED) is None


def test_what_went_well_all_the_same_counts() -> None:
    assert spoiled(cluster.KIND, alone("host-kill"), STEPPED) is None
    assert spoiled(cluster.KIND, alone(None), STEPPED) is None


def test_a_broken_control_spoils_no_trial() -> None:
    figures = alone("host-kill") | {"control": trial(None, lost=3)}
    assert spoiled(cluster.KIND, figures, STEPPED) is None


@pytest.mark.parametrize(
    ("changed", "counts"),
    [({}, True), ({"accepting_ms": 30_000}, False), ({"lost": 1}, True), ({"epochs_shown_twice": 1}, True)],
)
def test_the_same_of_a_control_plane(changed: dict[str, int], counts: bool) -> None:
    figures = tree({"host-kill": changed})["metrics"]
    figures["trials"] = figures["trials"][:1]
    assert (spoiled(recovery.KIND, figures, STEPPED) is None) == counts


def ended(name: str, fault: Any, **changed: Any) -> Trial:
    """A trial whose figures are those of a report."""
    found = trial(fault.name if fault else None, **changed)
    one = Trial(name, found["fault"], found["expected"], True, True, found["rejoin"], ended_healthy=True)
    rest = {key: value for key, value in found.items() if not hasattr(one, key)}
    one.figures = cast(Any, rest)
    one.lines = [json.dumps({"trial": name}).encode() + b"\n"]
    return one


class Tried:
    """The matrix with trials that come as they are told, on a cluster that is healthy."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, may_repeat: bool = True) -> None:
        self.folder = folder
        self.journal = Journal(folder / "journal.jsonl", Secrets())
        self.told: list[Callable[[str, Any], Trial]] = []
        self.names: list[str] = []
        course = SimpleNamespace(run=self._run)
        monkeypatch.setattr(matrix, "Course", lambda *given: course)
        monkeypatch.setattr(matrix, "against", lambda *given: None)
        system = SimpleNamespace(members=("pg1", "pg2", "pg3"))
        self.bench = SimpleNamespace(
            journal=self.journal, system=system, local_writers=3, up_s=[], disk=None, may_repeat=may_repeat,
            wait_healthy=lambda: None, mend=lambda name, why: None, renew=lambda disk, why: None,
        )  # fmt: skip

    def _run(self, name: str, fault: Any) -> Trial:
        self.names.append(name)
        return self.told.pop(0)(name, fault) if self.told else ended(name, fault)

    def run(self, *faults: str) -> dict[str, Any]:
        work = str(self.folder)
        order = Order("patroni", "sync", 3, list(faults), {}, 1, 45.0, work, work, "")
        Matrix(order, cast(Any, self.bench), cast(Any, FAULTS)).run({})
        found: dict[str, Any] = read_seen(self.folder)["metrics"]
        return found

    @property
    def history(self) -> list[str]:
        lines = (self.folder / "operations.jsonl").read_text().splitlines()
        return [json.loads(line)["trial"] for line in lines]


@pytest.fixture
def tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tried]:
    found = Tried(tmp_path, monkeypatch)
    yield found
    found.journal.close()


def late(name: str, fault: Any) -> Trial:
    """On a machine whose clock was stepped, and not as expected."""
    one = ended(name, fault, outcome="stays and refuses", acknowledged=7)
    one.short = STEPPED
    return one


def gives_up(name: str, fault: Any) -> Trial:
    raise LabError("the clients ended by themselves")


def test_a_spoiled_trial_is_tried_again_under_its_name(tried: Tried) -> None:
    tried.told = [ended, late, ended]
    found = tried.run("host-kill")
    assert tried.names == ["control", "host-kill-1", "host-kill-1"]
    assert [one["outcome"] for one in found["trials"]] == ["fails over"]
    assert tried.history == ["control", "host-kill-1"]
    assert (tried.folder / "spoiled" / "host-kill-1-attempt-1.jsonl").exists()
    assert STEPPED in (tried.folder / "journal.jsonl").read_text()


def test_what_is_always_spoiled_was_not_tried(tried: Tried) -> None:
    tried.told = [ended, *[late] * ATTEMPTS]
    found = tried.run("host-kill", "cut-full")
    assert [one["fault"] for one in found["trials"]] == ["cut-full"]
    reasons = {one["fault"]: one["reason"] for one in found["not_tried"]}
    assert reasons["host-kill"] == f"{STEPPED} (host-kill-1 was tried 3 times)"


def test_a_control_that_is_always_spoiled_ends_the_run(tried: Tried) -> None:
    tried.told = [late] * ATTEMPTS
    with pytest.raises(Spoiled, match="control was tried 3 times"):
        tried.run("host-kill")


def test_somebodys_own_cluster_is_broken_no_oftener_than_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = Tried(tmp_path, monkeypatch, may_repeat=False)
    tried.told = [ended, late]
    found = tried.run("host-kill")
    tried.journal.close()
    assert tried.names == ["control", "host-kill-1"]
    assert {one["reason"] for one in found["not_tried"] if one["fault"] == "host-kill"} == {
        f"{STEPPED} (host-kill-1 was tried once)"
    }


def test_a_trial_that_was_given_up_leaves_no_gap_in_the_names(tried: Tried) -> None:
    """The report counts its trials; the history has to have the same names."""
    tried.told = [ended, ended, gives_up, ended]
    found = tried.run(*["host-kill"] * 3)
    assert len(found["trials"]) == 2
    assert tried.history == ["control", "host-kill-1", "host-kill-2"]


def test_a_fault_that_was_tried_is_not_left_out_where_it_cannot_be_tried_again(tried: Tried) -> None:
    def no_room(disk: str | None, why: str | None) -> None:
        raise NotRun("no loop device is free")

    def breaks(name: str, fault: Any) -> Trial:
        tried.bench.renew = no_room
        one = ended(name, fault)
        one.ended_healthy = False
        return one

    tried.told = [ended, breaks]
    found = tried.run("host-kill", "host-kill", "cut-full")
    assert [one["fault"] for one in found["trials"]] == ["host-kill", "cut-full"]
    assert found["not_tried"] == []


def recovered(spoil: Sequence[bool], folder: Path) -> inside.Run:
    """A run of RECOVERY whose trials come so."""
    run = object.__new__(inside.Run)
    run._order = cast(Any, SimpleNamespace(mode="sync"))
    run._target = load_target(REFERENCE)
    run._bench = cast(Any, SimpleNamespace(system=SimpleNamespace(name="Patroni")))
    run._operations = folder / "writes.jsonl"
    run.journal = Journal(folder / "journal.jsonl", Secrets())
    figures = tree()["metrics"]["trials"][0]
    left = list(spoil)

    def once(name: str, fault: str) -> Any:
        bad = left.pop(0)
        shown = figures | ({"accepting_ms": 40_000} if bad else {})
        return SimpleNamespace(
            metrics=lambda: shown, short=STEPPED if bad else None, lines=[b'{"trial":"x"}\n'], name=name
        )

    counted: list[str] = []
    course = SimpleNamespace(run=once, counts=lambda one: counted.append(one.name))
    try:
        run._tried(cast(Any, course), "host-kill-1", "host-kill")
    finally:
        run.journal.close()
    assert counted == ["host-kill-1"]
    return run


def test_a_spoiled_trial_of_a_control_plane_is_tried_again(tmp_path: Path) -> None:
    recovered([True, False], tmp_path)
    assert len((tmp_path / "writes.jsonl").read_bytes().splitlines()) == 1
    assert (tmp_path / "spoiled" / "host-kill-1-attempt-1.jsonl").exists()


def test_a_control_plane_is_not_blamed_for_it_either(tmp_path: Path) -> None:
    with pytest.raises(Spoiled, match="host-kill-1 was tried 3 times"):
        recovered([True] * ATTEMPTS, tmp_path)
    assert not (tmp_path / "writes.jsonl").exists()


def seen(monkeypatch: pytest.MonkeyPatch, **changed: Any) -> None:
    """What the machine shows over the next trial."""
    stop = HostWatch.stop

    def stopped(watch: HostWatch) -> Seen:
        found = stop(watch)
        usual = {"processor": None}  # of the machine of these tests, which may be busy
        for name, value in (usual | changed).items():
            setattr(found, name, value)
        return found

    monkeypatch.setattr(HostWatch, "stop", stopped)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, None),
        ({"clock_steps_s": [-30.0]}, "stepped by -30.0 s"),
        ({"suspended_s": 90.0}, "suspended for 90.0 s"),
        ({"pauses_s": [4.0]}, "stood still for 4.0 s"),
        ({"processor": Processor(ran_s=0.0, waited_s=9.0)}, "this machine was busy with other work"),
        ({"least_disk_bytes": 3 * 1024 * 1024}, "ran out of disk space (3 MB were free"),
    ],
)
def test_the_machine_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changed: dict[str, Any], words: str | None
) -> None:
    seen(monkeypatch, **changed)
    found = Machine(tmp_path).end()
    assert found is None if words is None else words in (found or "")
    assert TICK_SECONDS < 1


def last_words(*argv: str) -> str:
    """What a program of clients says last whose history cannot be written."""
    done = subprocess.run([sys.executable, *argv], capture_output=True, text=True, timeout=300)
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
CANNOT = "the history cannot be written: No space left on device"
CLUSTERS = """
import sys, threading
from haproof.lab.workload import program

class Client(threading.Thread):
    def __init__(self, config, history, stop):
        super().__init__(daemon=True)
        self.history, self.stopped = history, stop

    def run(self):
        while not self.stopped.wait(0.01):
            try:
                self.history.write("c1", "pooled", "invoke", "insert")
            except OSError:
                pass  # as a client takes whatever becomes of its session

    def hang_up(self, after_s=0.0):
        pass

program.clients = lambda *given: [Client(*given)]
program.Deadlines = lambda running: type("None", (), {"enforce": lambda self: None})()
sys.exit(program.main(["program", sys.argv[1]]))
"""


@FULL
@pytest.mark.parametrize("of", ["cluster", "control plane"])
def test_a_history_that_cannot_be_written_ends_the_clients(tmp_path: Path, of: str) -> None:
    """Else what a healthy cluster acknowledges would not be known, and would look like an outage."""
    file = tmp_path / "config.json"
    if of == "cluster":
        write_config(file, Config("t", "off", {}, {}, "", {}, "/dev/full", 1))
        assert last_words("-c", CLUSTERS, str(file)) == CANNOT
    else:
        nodes = {"node1": {"url": "http://127.0.0.1:1"}}
        write_recovery_config(
            file,
            RecoveryConfig("t", "t.", str(REFERENCE), str(REFERENCE.parent), nodes, 1, "/dev/full", 1, 0.1),
        )
        assert last_words("-m", "haproof.lab.recovery.clients", str(file)) == CANNOT
