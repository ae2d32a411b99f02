"""Kinds beyond the required ones in a history: runs that hold nothing else, and what they do to a state."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cluster_report
from builders import EvidenceSet, full, write
from haproof.cli import main
from history_lines import as_history, not_ready, tree

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def show(capsysbinary: pytest.CaptureFixture[bytes]) -> Run:
    def run(*arguments: object) -> tuple[int, str, str]:
        status = main(["history", *map(str, arguments), "--generated-at", "2026-12-31T12:00:00Z"])
        captured = capsysbinary.readouterr()
        return status, captured.out.decode(), captured.err.decode()

    return run


def clusters(day: int = 28, **changed: Any) -> EvidenceSet:
    content = cluster_report.with_trial("host-kill", **changed)
    return {"CLUSTER": cluster_report.tree(content, generated_at=f"2026-11-{day}T12:00:00Z")}


def kind(status: str, name: str = "CLUSTER") -> dict[str, Any]:
    return {"id": name, "status": status, "path": "cluster/cluster-report.json"}


def test_runs_that_hold_only_kinds_beyond_have_their_time_and_are_comparable(
    tmp_path: Path, show: Run
) -> None:
    for day in (29, 28):
        write(tmp_path / f"run-{day}", clusters(day))
    status, out, _ = show(tmp_path)
    assert status == 0
    assert out.index("2026-11-28T12:00:00Z") < out.index("2026-11-29T12:00:00Z")
    assert "no known time" not in out
    assert "not comparable" not in out
    assert "Changes over time: none to look for" in out
    lines = show(tmp_path, "--format", "jsonl")[1].splitlines()
    assert [json.loads(line)["evidence_of"] for line in lines] == [
        "2026-11-28T12:00:00Z",
        "2026-11-29T12:00:00Z",
    ]


def test_a_line_that_names_no_time_keeps_it(tmp_path: Path, show: Run) -> None:
    write(tmp_path / "run", clusters())
    line = json.loads(show(tmp_path / "run", "--format", "jsonl")[1]) | {"evidence_of": None}
    path = tmp_path / "old.jsonl"
    path.write_text(json.dumps(line) + "\n")
    assert "no known time" in show(path)[1]


@pytest.mark.parametrize(
    ("slices", "beyond", "state"),
    [
        ("MISSING", "FAIL", "inconclusive"),
        ("FAIL", "PASS", "not ready"),
        ("MISSING", "PASS", "inconclusive"),
    ],
)
def test_a_kind_beyond_changes_no_state_and_is_named(slices: str, beyond: str, state: str) -> None:
    run = not_ready(tree(0), slices) | {"beyond": [kind(beyond)]}
    (found,) = as_history([run]).runs
    assert found.state == state
    assert ("CLUSTER", beyond) in [(row.id, row.status) for row in found.rows]


def test_the_history_says_of_a_run_what_show_says(
    tmp_path: Path, show: Run, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    reports = full() | clusters(members_equal=False)
    del reports["VAL13"]
    folder = write(tmp_path / "run", reports)
    assert main(["show", str(folder), "--generated-at", "2026-12-31T12:00:00Z"]) == 3
    capsysbinary.readouterr()
    out = " ".join(show(folder)[1].replace("… ", "").split())
    assert "? NOT READY (VAL26-01, " in out
    assert "VAL13 MISSING, CLUSTER FAIL" in out


def test_runs_are_compared_by_the_kinds_beyond_where_neither_has_a_slice() -> None:
    runs = []
    for n, (platform, name) in enumerate([("docker", "CLUSTER"), ("vm", "CLUSTER"), ("bare", "RECOVERY")]):
        made = tree(n) | {"beyond": [kind("PASS", name)]}
        made["slices"] = [row | {"status": "MISSING"} for row in made["slices"]]
        made["topology"]["platform"] = platform
        runs.append(made)
    breaks = as_history(runs).breaks
    assert [[(stop.kind, stop.name) for stop in breaks.get(n, ())] for n in (1, 2)] == [
        [("topology", "platform")],
        [],
    ]


def test_folders_of_runs_beside_runs_are_among_the_runs(tmp_path: Path, show: Run) -> None:
    write(tmp_path / "run", full())
    for name in ("a", "b"):
        write(tmp_path / "clusters" / name, clusters(28 if name == "a" else 29))
    write(tmp_path / ".hidden" / "c", clusters(27))
    (tmp_path / "notes.txt").write_text("not a run")
    status, out, _ = show(tmp_path)
    assert status == 0
    assert [line.strip() for line in out.splitlines() if line.strip().startswith(str(tmp_path))] == [
        str(tmp_path / place) for place in ("run", "clusters/a", "clusters/b")
    ]
