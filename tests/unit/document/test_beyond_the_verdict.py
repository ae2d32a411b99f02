"""What fails without a say in the verdict is seen on the first screen all the same, in every format."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

import cluster_report
from builders import NOON, EvidenceSet, fail, full, write
from haproof.api import assess, read_evidence
from haproof.core.report import Report
from haproof.render import render

FAILS = "CLUSTER FAIL (CLUSTER-07)"


SYSTEM = {"name": "Patroni", "version": "4.1"}


def tree(content: dict[str, Any]) -> dict[str, Any]:
    return cluster_report.tree(content, environment={"platform": "local-processes", "system": SYSTEM})


def report(folder: Path, reports: EvidenceSet, fails: bool = True) -> Report:
    evidence = write(folder, reports)
    content = cluster_report.metrics()
    if fails:
        content["trials"][0] |= {"overlap_ms": 30_948.0}
    (evidence / "cluster").mkdir()
    (evidence / "cluster" / "cluster-report.json").write_text(json.dumps(tree(content)))
    return assess(read_evidence(str(evidence)), NOON)


def without(*names: str) -> EvidenceSet:
    reports = full()
    for name in names:
        del reports[name]
    return reports


NONE = tuple(full())


@pytest.mark.parametrize("missing", [(), ("VAL14",), NONE], ids=["ready", "one missing", "alone"])
def test_a_kind_that_fails_is_named_under_the_verdict(missing: tuple[str, ...], tmp_path: Path) -> None:
    found = report(tmp_path, without(*missing))
    lines = render(found, "brief").decode().splitlines()
    assert f"Beyond the verdict: {FAILS}" in lines
    assert len(lines) <= 10
    for form, then in (("html", 'id="readiness"'), ("markdown", "### Readiness")):
        first, mark, _ = render(found, form).decode().partition(then)
        assert mark
        assert "Beyond the verdict" in first
        assert FAILS in re.sub("<[^>]*>", "", first)
        assert "no check fails" not in first
    assert found.says_no is False


def test_ten_lines_are_enough_for_all_of_it(tmp_path: Path) -> None:
    reports = full()
    for number in range(1, 10):
        fail(reports["VAL13"], f"VAL13-0{number}")
    lines = render(report(tmp_path, reports), "brief").decode().splitlines()
    assert len(lines) <= 10
    assert "- and 6 more reasons" in lines
    assert f"Beyond the verdict: {FAILS}" in lines


def test_a_kind_that_passes_is_not(tmp_path: Path) -> None:
    found = report(tmp_path, without("VAL14"), fails=False)
    for form in ("brief", "html", "markdown"):
        assert "Beyond the verdict" not in render(found, form).decode()
    assert "Inconclusive: no check fails" in render(found, "html").decode()


def test_where_no_slice_is_the_kinds_beyond_say_what_was_tested_and_when(tmp_path: Path) -> None:
    alone, beside = report(tmp_path / "alone", without(*NONE)), report(tmp_path / "beside", full())
    topology = alone.proof.topology
    assert (topology.system, topology.platform) == ("Patroni 4.1", "local-processes")
    assert topology.system != beside.proof.topology.system
    lines = render(alone, "brief").decode().splitlines()
    assert lines[0] == "System: Patroni 4.1 (local processes on one machine)"
    dated = tree({})["generated_at"]
    assert any(f"(latest report {dated})" in line for line in lines)
    assert lines[-1].startswith("Basis: ")
    assert "Basis: ;" not in lines[-1]
