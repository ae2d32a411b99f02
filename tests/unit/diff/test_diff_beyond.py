"""Kinds beyond the required ones in a comparison: their checks, and runs that hold nothing else."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import cluster_report
from builders import EvidenceSet, full, write
from diffs import Run, artifact, flat


def clusters(**changed: Any) -> EvidenceSet:
    """A cluster, of which every trial is changed so."""
    content = cluster_report.metrics()
    for one in content["trials"]:
        one |= changed
    return {"CLUSTER": cluster_report.tree(content)}


WORSE = {"lost": 500, "duplicated": 9, "members_equal": False}


@pytest.mark.parametrize("before", [write, artifact])
@pytest.mark.parametrize("after", [write, artifact])
def test_the_checks_of_a_kind_beyond_are_compared_from_either_form(
    before: Callable[..., Path], after: Callable[..., Path], tmp_path: Path, diff: Run
) -> None:
    a, b = before(tmp_path / "a", full() | clusters()), after(tmp_path / "b", full() | clusters(**WORSE))
    status, out, _ = diff(a, b)
    assert status == 1
    for change in ("CLUSTER   PASS → FAIL", "CLUSTER-08 PASS → FAIL", "CLUSTER-12 PASS → FAIL"):
        assert change in out
    assert "59 of 62 slice checks" in out
    assert diff(b, a)[0] == 0


@pytest.mark.parametrize("before", [write, artifact])
def test_one_that_fails_more_checks_than_before_is_worse(
    before: Callable[..., Path], tmp_path: Path, diff: Run
) -> None:
    a = before(tmp_path / "a", full() | clusters(members_equal=False))
    b = artifact(tmp_path / "b", full() | clusters(**WORSE))
    status, out, _ = diff(a, b)
    assert (status, "REGRESSION (2 worse)" in out, "60 of 62 slice checks" in out) == (1, True, True)
    status, out, _ = diff(a, a)
    assert (status, "62 of 62 slice checks" in out) == (0, True)


def test_where_an_artifact_does_not_name_them_their_number_is_compared(tmp_path: Path, diff: Run) -> None:
    paths = [
        artifact(tmp_path / "a", full() | clusters(members_equal=False)),
        artifact(tmp_path / "b", full() | clusters(**WORSE)),
    ]
    for path in paths:
        tree = json.loads(path.read_text()) | {"schema_version": "1.2"}
        tree["risks"] = [risk for risk in tree["risks"] if risk["id"] != "RUN-FAILED-CLUSTER"]
        path.write_text(json.dumps(tree))
    status, out, _ = diff(*paths)
    assert status == 1
    assert "CLUSTER   11 passed → 9 passed" in out
    assert "50 of 51 slice checks" in out
    status, out, _ = diff(paths[0], paths[0])
    assert (status, "CLUSTER   11 passed → 11 passed" in out) == (3, True)


def test_a_kind_that_is_not_known_here_is_not_among_what_was_compared(tmp_path: Path, diff: Run) -> None:
    path = artifact(tmp_path / "a", full() | clusters())
    tree = json.loads(path.read_text()) | {"schema_version": "1.2"}
    tree["beyond"][0] |= {"id": "ZONES", "name": "zones"}
    path.write_text(json.dumps(tree))
    status, out, _ = diff(path, path)
    assert (status, "50 of 50 slice checks" in out, "ZONES zones" in out) == (0, True, True)
    path = artifact(tmp_path / "b", clusters())
    tree = json.loads(path.read_text()) | {"schema_version": "1.2"}
    tree["beyond"][0] |= {"id": "ZONES", "generated_at": "soon"}
    path.write_text(json.dumps(tree))
    assert "NOT COMPARABLE (evidence of any kind)" in diff(path, path)[1]


@pytest.mark.parametrize("form", [write, artifact])
def test_runs_that_hold_only_kinds_beyond_are_compared(
    form: Callable[..., Path], tmp_path: Path, diff: Run
) -> None:
    a, b = form(tmp_path / "a", clusters()), form(tmp_path / "b", clusters(members_equal=False))
    status, out, _ = diff(a, b)
    assert status == 1
    assert "Not Comparable" not in out
    assert "CLUSTER-12 PASS → FAIL" in out
    assert "evidence of 2026-11-28T12:00:00Z" in out
    assert "no known time" not in out
    assert "No evidence on either side: VAL13, VAL14, VAL15, VAL16, VAL17." in flat(out)
    assert diff(a, a)[0] == 0


def test_what_they_describe_is_an_obstacle_only_where_both_have_the_kind(tmp_path: Path, diff: Run) -> None:
    paths = []
    for name, platform, made in (("a", "docker", clusters()), ("b", "kubernetes", clusters()), ("c", "", {})):
        paths.append(artifact(tmp_path / name, made or full()))
        tree = json.loads(paths[-1].read_text())
        tree["topology"]["platform"] = platform or tree["topology"]["platform"]
        paths[-1].write_text(json.dumps(tree))
    status, out, _ = diff(*paths[:2])
    assert (status, "topology platform: docker → kubernetes" in out) == (3, True)
    assert "Not Comparable" not in diff(paths[1], paths[2])[1]


def test_where_nothing_at_all_is_found_there_is_nothing_to_compare(tmp_path: Path, diff: Run) -> None:
    broken = {"CLUSTER": clusters()["CLUSTER"] | {"slice": "VAL13"}}
    a = write(tmp_path / "a", broken)
    status, out, _ = diff(a, a)
    assert (status, "NOT COMPARABLE (evidence of any kind)" in out) == (3, True)
    assert "evidence of any kind: none found → none found" in out
    assert "no known time" in out


def test_the_machine_is_that_which_a_kind_beyond_names(tmp_path: Path, diff: Run) -> None:
    sides = []
    for cores in (2, 4):
        made = clusters()
        made["CLUSTER"]["environment"] = {"host": {"cores": cores}}
        sides.append(write(tmp_path / f"{cores}", made))
    assert "host cores: 2 → 4" in diff(*sides)[1]


def test_the_time_of_the_slices_comes_first(tmp_path: Path, diff: Run) -> None:
    a = write(tmp_path / "a", full() | clusters())
    tree = json.loads(diff(a, a, "--format", "json")[1])
    assert tree["before"]["evidence_of"] == "2026-03-23T11:20:00Z"


def test_a_figure_that_no_evidence_may_hold_is_refused(tmp_path: Path, diff: Run) -> None:
    path = artifact(tmp_path / "a", clusters())
    tree = json.loads(path.read_text())
    tree["beyond"][0]["metrics"]["members"] = 10**300
    path.write_text(json.dumps(tree))
    status, out, err = diff(path, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "$.beyond[0].metrics.members: expected numbers of at most 9007199254740991" in err
