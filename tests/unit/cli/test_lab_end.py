"""How `haproof lab run` ends: where the run does not come to its end, and where it does."""

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from haproof.cli import closing, main, measuring
from haproof.errors import LabError
from haproof.kinds import cluster
from haproof.lab.run import Ended, Status

Capture = pytest.CaptureFixture[str]


def run(folder: Path, monkeypatch: pytest.MonkeyPatch, measured: Callable[..., Any]) -> int:
    monkeypatch.setattr(closing, "command", lambda: "haproof")
    monkeypatch.setattr(measuring, "_watched", measured)
    monkeypatch.setattr(
        "haproof.lab.binaries.find_binaries", lambda given: SimpleNamespace(version="18", origin="x")
    )
    return main(["lab", "run", "--evidence", str(folder)])


def raising(fault: BaseException, folder: Path, keep: bool) -> Callable[..., Any]:
    def measured(*arguments: object) -> None:
        if not keep:
            folder.rmdir()
        raise fault

    return measured


@pytest.mark.parametrize(
    ("fault", "status", "why"),
    [(KeyboardInterrupt(), 130, "interrupted"), (RuntimeError("x"), 70, "ended by a fault")],
)
def test_what_was_measured_is_named(
    fault: BaseException,
    status: int,
    why: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
) -> None:
    assert run(tmp_path, monkeypatch, raising(fault, tmp_path, keep=True)) == status
    out, err = capsys.readouterr()
    assert out.splitlines()[0].startswith(f"Run {why}: ")
    assert out.splitlines()[1:] == [
        f"Next: haproof report {tmp_path}",
        f"To look without writing: haproof show {tmp_path}",
        f"Evidence directory: {tmp_path}",
    ]
    assert err.count("\n") == 1


def test_where_nothing_had_begun_no_evidence_is_promised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    folder = tmp_path / "one"
    assert run(folder, monkeypatch, raising(KeyboardInterrupt(), folder, keep=False)) == 130
    assert re.fullmatch(r"Run interrupted before anything was measured.*\n", capsys.readouterr().out)
    assert run(folder, monkeypatch, raising(LabError("no room"), folder, keep=False)) == LabError.exit_status
    assert capsys.readouterr().out == "", "one sentence on stderr says it all"


@pytest.mark.parametrize(("status", "expected"), [("PASS", 0), ("FAIL", 1), ("NOT RUN", 3)])
def test_a_run_against_a_cluster_ends_like_any_other(
    status: Status, expected: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    class Run:
        kind = cluster.KIND

        def __init__(self, *arguments: object) -> None:
            pass

        def run(self) -> Ended:
            return Ended(cluster.KIND, status, "")

    monkeypatch.setattr(closing, "command", lambda: "haproof")
    monkeypatch.setattr("haproof.lab.trials.outside.ClusterRun", Run)
    folder = tmp_path / "run"
    arguments = ["--target", "repmgr", "--faults", "host-kill", "--trials", "2", "--seed", "4"]
    assert main(["lab", "run", *arguments, "--evidence", str(folder)]) == expected
    out, err = capsys.readouterr()
    assert out.splitlines()[-1] == f"Evidence directory: {folder}"
    said = err.splitlines()
    assert said[:3] == [
        "repmgr, 3 members, mode sync, seed 4",
        "faults: host-kill x 2",
        f"evidence: {folder}",
    ]
    assert said[3].startswith("time: about ")
    first = [f"Look first at CLUSTER: {folder}/cluster/journal.jsonl"]
    assert said[4:] == ([] if status == "PASS" else first)
    assert not folder.exists(), "nothing was written, so nothing is left"
