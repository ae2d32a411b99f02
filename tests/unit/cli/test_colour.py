"""Red is what fails: not what is missing, and not a level that nobody has asked for yet."""

from pathlib import Path

import pytest

from broken_runs import BROKEN
from builders import judged
from golden.cases import everything_measured
from haproof.cli import output
from haproof.cli.judging import print_report
from haproof.core.report import Report

RED = "\x1b[31m"


def printed(report: Report, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> str:
    monkeypatch.setattr(output, "_takes_colour", lambda: True)
    assert print_report(report, "text")
    return capfd.readouterr().out


@pytest.mark.parametrize("name", ["missing_slice", "incoherent_window", "too_old", "schema_mismatch"])
def test_nothing_is_red_in_a_report_that_is_merely_inconclusive(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = printed(BROKEN[name].make(tmp_path), monkeypatch, capfd)
    assert "Verdict: \x1b[33mNOT READY" in said
    assert RED not in said


def test_a_failed_check_is_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = printed(BROKEN["late_trial"].make(tmp_path), monkeypatch, capfd)
    assert f"Verdict: {RED}NOT READY" in said
    assert f"{RED}FAIL" in said


def test_a_level_not_asked_for_is_not_red(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    said = printed(judged(tmp_path, everything_measured()), monkeypatch, capfd)
    assert "NOT YET" in said
    assert RED not in said
