"""What the exit status asks for: an age, a level, single requirements."""

import json
from pathlib import Path

import pytest

from builders import EvidenceSet, fail, full, seed, write
from haproof.cli import main
from haproof.cli.judging import duration


def newest(reports: EvidenceSet) -> str:
    return max(str(report["generated_at"]) for report in reports.values())


@pytest.mark.parametrize(
    ("text", "seconds"), [("1s", 1), ("90m", 5400), ("36h", 129_600), ("7d", 604_800), (" 7D ", 604_800)]
)
def test_a_duration(text: str, seconds: int) -> None:
    assert duration(text) == seconds


@pytest.mark.parametrize(
    "text",
    ["7", "d", "", "0s", "-1d", "1.5h", "7 d", "1w", "1dd", "٣d", "1_0d", "9" * 11 + "d", "9" * 9999 + "s"],
)
def test_what_is_no_duration(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = write(tmp_path / "run", seed())
    for verb in ("report", "show"):
        assert main([verb, str(run), f"--max-age={text}"]) == 2
        err = capsys.readouterr().err
        assert "is not a duration such as 90m, 36h or 7d" in err
        assert err.count("\n") == 1
    assert not (run / "val26").exists()


@pytest.mark.parametrize("verb", ["report", "show"])
@pytest.mark.parametrize(("age", "status"), [("3600s", 0), ("60m", 0), ("3599s", 3), ("59m", 3), ("1d", 0)])
def test_evidence_of_an_hour_ago(
    verb: str, age: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = full()
    day, _, time = newest(reports).partition("T")
    later = f"{day}T{int(time[:2]) + 1:02}{time[2:]}"
    run = write(tmp_path / "run", reports)
    assert main([verb, str(run), "--generated-at", later, "--max-age", age]) == status
    assert ("NOT coherent" in capsys.readouterr().out) == (status == 3)
    assert main([verb, str(run), "--generated-at", later]) == 0


def test_the_age_is_recorded_and_verify_judges_with_it(tmp_path: Path) -> None:
    run = write(tmp_path / "run", full())
    assert main(["report", str(run), "--generated-at", "2026-03-24T12:00:00Z", "--max-age", "2h"]) == 3
    recorded = json.loads((run / "val26" / "val26-proof-report.json").read_bytes())
    assert recorded["options"]["max_age_seconds"] == 7200
    assert main(["verify", str(run), "--unsigned"]) == 0


def lost() -> EvidenceSet:
    reports = full()
    reports["VAL13"]["metrics"]["data_loss_rows"] = 3
    return reports


def without(slice_: str) -> EvidenceSet:
    reports = full()
    del reports[slice_]
    return reports


def split_brain_failed() -> EvidenceSet:
    reports = full()
    fail(reports["VAL16"], "VAL16-04")
    return reports


def spread() -> EvidenceSet:
    reports = full()
    reports["VAL13"]["generated_at"] = "2026-03-22T10:00:00Z"
    return reports


@pytest.mark.parametrize(
    ("reports", "required", "status"),
    [
        (full(), "DP-3", 0),
        (full(), "dp-1,dp-2, DP-3 ,DP-6", 0),
        (full(), "DP-3,GA-1", 3),
        (full(), "design-partner,PUB-1", 3),
        (lost(), "DP-3", 1),
        (lost(), "DP-4", 0),
        (lost(), "DP-4,GA-1,DP-3", 1),
        (without("VAL13"), "DP-3", 3),
        (without("VAL13"), "DP-5", 0),
        (split_brain_failed(), "DP-3,DP-4", 0),
        (split_brain_failed(), "DP-1", 1),
        (split_brain_failed(), "design-partner", 1),
        (spread(), "DP-6", 3),
        (spread(), "DP-3", 0),
    ],
)
def test_single_requirements(
    reports: EvidenceSet, required: str, status: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write(tmp_path / "run", reports)
    arguments = [str(run), "--generated-at", "2026-03-23T12:00:00Z", "--require", required]
    assert main(["show", *arguments]) == status
    err = capsys.readouterr().err
    if status and required != "design-partner":
        assert "is not reached: " in err
    assert main(["report", *arguments]) == status


@pytest.mark.parametrize("required", ["DP-7", "gold", "", "DP-3,", "DP-3 DP-4", "VAL26-06", "\x1b[31m"])
def test_what_is_neither_a_level_nor_a_requirement(
    required: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = write(tmp_path / "run", full())
    for verb in ("report", "show"):
        assert main([verb, str(run), "--require", required]) == 2
        captured = capsys.readouterr()
        assert (captured.out, captured.err.count("\n")) == ("", 1)
        assert "is neither a level (design-partner, ga, public) nor a requirement" in captured.err
        assert "\x1b" not in captured.err
        if required.isprintable():
            last = required.split(",")[-1]
            assert f"--require: {last!r} is neither" in captured.err, "as it was typed, not in lower case"
    assert not (run / "val26").exists()
