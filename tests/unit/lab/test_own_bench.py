"""Somebody's own cluster around the trials: mode and schema put back, and an end where it is not healthy."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("psycopg")

from haproof.errors import LabError, NotRun
from haproof.lab.journal import Journal
from haproof.lab.own.bench import OwnBench
from haproof.lab.own.system import own_faults
from haproof.lab.progress import Silent
from haproof.lab.secret import Secrets
from haproof.lab.systems.members import Status
from haproof.lab.trials import matrix
from haproof.lab.trials.course import Trial
from haproof.lab.trials.matrix import Matrix
from haproof.lab.trials.order import Order, read_seen
from haproof.lab.trials.under_test import NotHealthy
from own_file import LEAST, loaded

DSN = "user=haproof password=hunter2"


class Members:
    """Two servers of which the first takes writes; `names` is its synchronous_standby_names."""

    def __init__(self, folder: Path) -> None:
        self._mode = folder / "sync"
        self.refused: tuple[str, ...] = ()
        self.done: list[str] = []

    def status(self, only: Any = None) -> dict[str, Status]:
        names = "pg2" if self._mode.exists() else ""
        return {
            "pg1": Status("pg1", False, 1, 1, 1 if names else 0, names, "on", 100, 100),
            "pg2": Status("pg2", True, 1, 0, 0, "", "on"),
        }

    def execute(self, member: str, statement: str, values: Any = ()) -> bool:
        self.done.append(statement.strip())
        return not statement.strip().startswith(self.refused)

    def query(self, *given: Any) -> list[tuple[Any, ...]]:
        return []

    def close(self) -> None:
        pass


Make = Callable[..., OwnBench]


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Make]:
    journal = Journal(tmp_path / "journal.jsonl", Secrets())
    benches: list[OwnBench] = []

    def make(
        mode: str = "async", commands: dict[str, str] | None = None, refused: tuple[str, ...] = ()
    ) -> OwnBench:
        lines = [f'{name} = ["sh", "-c", {json.dumps(script)}]' for name, script in (commands or {}).items()]
        text = LEAST.replace("user=haproof", DSN) + "[commands]\n" + "\n".join(lines) + "\n"
        bench = OwnBench(loaded(tmp_path, text), mode, tmp_path, journal, Silent())
        bench.members.close()
        bench.members = Members(tmp_path)  # type: ignore[assignment]
        bench.members.refused = refused  # type: ignore[attr-defined]
        benches.append(bench)
        return bench

    yield make
    for bench in benches:
        bench.system.ledger.end()
    journal.close()


def done(bench: OwnBench) -> list[str]:
    found: list[str] = bench.members.done  # type: ignore[attr-defined]
    return found


def test_only_its_own_schema_is_made_and_removed(made: Make) -> None:
    bench = made()
    bench.bring_up()
    assert bench.put_back() == []
    assert done(bench)[0] == "create schema haproof_lab"
    assert done(bench)[-1] == "drop schema if exists haproof_lab cascade"
    assert all(one.startswith("create table") for one in done(bench)[1:-1])


def test_the_schema_of_a_lab_that_was_faster_is_left(made: Make) -> None:
    bench = made(refused=("create schema",))
    with pytest.raises(NotRun, match="another lab may have begun a moment ago"):
        bench.bring_up()
    assert bench.put_back() == []
    assert done(bench) == ["create schema haproof_lab"]


def test_a_schema_that_cannot_be_removed_is_named_with_the_command(made: Make) -> None:
    bench = made(refused=("drop schema",))
    bench.bring_up()
    (left,) = bench.put_back()
    assert left.startswith("the schema haproof_lab may still be there; run: psql ")
    assert left.endswith("-c 'drop schema if exists haproof_lab cascade'")
    assert "hunter2" not in left


def test_the_mode_is_switched_and_put_back(tmp_path: Path, made: Make) -> None:
    flag = tmp_path / "sync"
    bench = made("sync", {"sync_on": f"touch {flag}", "sync_off": f"rm {flag}"})
    bench.bring_up()
    assert flag.exists()
    assert bench.put_back() == []
    assert not flag.exists()


def test_a_mode_that_cannot_be_put_back_is_said(tmp_path: Path, made: Make) -> None:
    bench = made("sync", {"sync_on": f"touch {tmp_path}/sync", "sync_off": "exit 1"})
    bench.bring_up()
    assert bench.put_back() == [
        "the cluster may still be in mode sync: run sync_off of the target file on its primary"
    ]


def order(folder: Path, *faults: str) -> Order:
    return Order("mine", "async", 2, list(faults), {}, 1, 10.0, str(folder), str(folder), "")


Course = Callable[[str, Any], Trial]


def tried(folder: Path, bench: OwnBench, monkeypatch: pytest.MonkeyPatch, run: Course, *faults: str) -> Any:
    """The matrix with a course that ends as it is told."""
    stub = type("Course", (), {"__init__": lambda self, *given: None, "run": staticmethod(run)})
    monkeypatch.setattr(matrix, "Course", stub)
    Matrix(order(folder, *faults), bench, own_faults()).run({})
    return read_seen(folder)["metrics"]


COMMANDS = {"host_kill": "true", "hang": "true", "start": "true", "resume": "true"}


def test_it_stops_at_the_first_trial_after_which_the_cluster_is_not_healthy(
    tmp_path: Path, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(name: str, fault: Any) -> Trial:
        ended = not name.startswith("host-kill")
        return Trial(name, fault and fault.name, ended_healthy=ended, why="pg2 takes writes")

    metrics = tried(tmp_path, made(commands=COMMANDS), monkeypatch, run, "host-kill", "host-hang")
    assert [trial["fault"] for trial in metrics["trials"]] == ["host-kill"]
    reasons = {one["fault"]: one["reason"] for one in metrics["not_tried"]}
    assert reasons == {"host-hang": "the cluster was not healthy after host-kill-1 (pg2 takes writes)"}


def test_a_cluster_that_is_not_healthy_before_a_trial_is_left_alone(
    tmp_path: Path, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = made(commands=COMMANDS)

    def run(name: str, fault: Any) -> Trial:
        def gone(seconds: float = 0) -> Status:
            raise NotHealthy("no member answered")

        monkeypatch.setattr(bench, "wait_healthy", gone)
        return Trial(name, fault and fault.name, ended_healthy=True)

    metrics = tried(tmp_path, bench, monkeypatch, run, "host-kill")
    assert metrics["trials"] == []
    assert metrics["not_tried"] == [{"fault": "host-kill", "reason": "no member answered"}]


def test_a_trial_that_breaks_off_is_undone_and_the_next_one_goes_on(
    tmp_path: Path, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = made(commands=COMMANDS | {"start": f"touch {tmp_path}/started"})

    def run(name: str, fault: Any) -> Trial:
        if name.startswith("host-kill"):
            bench.system.ledger.enter("host-kill", "pg1", ["touch", f"{tmp_path}/started"], None)
            raise NotRun("host_kill on pg1 ended with status 1")
        return Trial(name, fault and fault.name, ended_healthy=True)

    metrics = tried(tmp_path, bench, monkeypatch, run, "host-kill", "host-hang")
    assert (tmp_path / "started").exists()
    assert [trial["fault"] for trial in metrics["trials"]] == ["host-hang"]
    reasons = {one["fault"]: one["reason"] for one in metrics["not_tried"]}
    assert reasons == {"host-kill": "host_kill on pg1 ended with status 1"}


def test_what_has_no_command_or_no_promise_is_not_tried(
    tmp_path: Path, made: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = made(commands={"manager_kill": "true", "start": "true"})
    metrics = tried(
        tmp_path, bench, monkeypatch, lambda name, fault: Trial(name, None), "manager-kill", "disk-full"
    )
    reasons = {one["fault"]: one["reason"] for one in metrics["not_tried"]}
    assert reasons == {
        "manager-kill": "nothing is declared for it under [expected] (mode async)",
        "disk-full": "a target file has no command for it",
    }


def test_a_running_cluster_is_not_made_anew(made: Make) -> None:
    with pytest.raises(LabError, match="not healthy after x"):
        made().renew(None, "not healthy after x")
