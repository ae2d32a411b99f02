"""The brief: at most ten lines that name the system, the verdict, the reasons and the next step."""

from pathlib import Path

import pytest
from hypothesis import given

from builders import EvidenceSet, fail, full, judged, seed
from golden.cases import ALL, hostile_strings
from haproof.cli import main
from haproof.core.headline import headline
from haproof.core.report import Report
from haproof.render import render
from haproof.render.visible import visible
from strategies import evidence_sets


def lines(report: Report) -> list[str]:
    return render(report, "brief").decode().splitlines()


def test_a_ready_run_names_its_system_and_what_it_is_based_on(tmp_path: Path) -> None:
    reports = full()
    for report in reports.values():
        report["environment"] |= {"platform": "local-processes", "system": {"name": "node", "version": "2.1"}}
    assert lines(judged(tmp_path, reports)) == [
        "System: node 2.1 (local processes on one machine)",
        "Verdict: HA DESIGN PARTNER READY",
        "Next: HA GA READY needs GA-1, GA-2, GA-3 (haproof explain GA-1)",
        "Evidence age when judged: 40 min (latest report 2026-03-23T11:20:00Z)",
        (
            "Basis: 14 of 22 claims are based on a single run; one machine: not representative of cloud VM "
            "or multi-region deployments"
        ),
    ]


def test_the_worst_reasons_are_named_and_the_rest_counted(tmp_path: Path) -> None:
    reports = seed()
    for number in range(1, 7):
        fail(reports["VAL16"], f"VAL16-0{number}")
    del reports["VAL14"]
    found = lines(judged(tmp_path, reports))
    assert len(found) == 10
    assert found[2].startswith("- VAL16-01 failed, as reported by the producer: ")
    assert found[6] == "- and 3 more reasons"
    assert found[7] == "Next: Look into val16/ (see haproof explain VAL16-01), fix the cause and run again"


@pytest.mark.parametrize("failing", [4, 5, 6])
def test_a_single_reason_is_named_rather_than_counted(tmp_path: Path, failing: int) -> None:
    reports = seed()
    for number in range(1, failing + 1):
        fail(reports["VAL16"], f"VAL16-0{number}")
    named = [line for line in lines(judged(tmp_path, reports)) if line.startswith("- ")]
    assert len(named) == min(failing, 5)
    assert sum("more reasons" in line for line in named) == (failing > 5)


@given(evidence_sets())
def test_never_more_than_ten_lines_and_one_verdict(
    tmp_path_factory: pytest.TempPathFactory, reports: EvidenceSet
) -> None:
    report = judged(tmp_path_factory.mktemp("brief"), reports)
    found = lines(report)
    assert len(found) <= 10
    assert [line for line in found if line.startswith("Verdict: ")] == [f"Verdict: {report.proof.verdict}"]
    assert any(line.startswith("System: ") for line in found)
    assert any(line.startswith("Next: ") for line in found)
    assert all(visible(line) == line for line in found)


def test_it_is_printed_and_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = judged(tmp_path / "evidence", hostile_strings())
    arguments = ["--format", "brief", "--generated-at", "2026-03-23T12:00:00Z"]
    assert main(["report", str(tmp_path / "evidence"), *arguments]) == 1
    assert capsys.readouterr().out == render(report, "brief").decode()
    assert not list(tmp_path.rglob("*brief*"))


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.__name__)
def test_the_headline_counts_what_is_listed(tmp_path: Path, case: object) -> None:
    report = judged(tmp_path, case())  # type: ignore[operator]
    known = headline(report)
    assert known.single <= known.claims
    assert known.basis == f"{known.single} of {known.claims} claims are based on a single run"
    assert known.evidence_of == report.proof.evidence.window.latest
