"""`haproof soak` where nothing can be observed: one sentence, a status, and no folder left behind."""

from pathlib import Path

import pytest

from haproof.cli import main
from haproof.soak.folder import SoakFolder, Target
from soaks import plan

NOWHERE = "host=127.0.0.1 port=1 dbname=x"


def said(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--interval-hours", "0"], "--interval-hours: must be above 0"),
        (["--goal-days", "0"], "--goal-days: must be above 0"),
        (["--goal-days", "-1"], "--goal-days: must be above 0"),
        (["--goal-days", "nan"], "--goal-days: must be at most"),
        (["--probe-interval", "ten"], "--probe-interval: 'ten' is no number"),
        (["--compress", "0.5"], "--compress: must be a number from 1"),
        (["--compress", "1000"], "shorter than 0.05 s"),
        (["--scheduled-failovers", "1.5"], "--scheduled-failovers: must be a whole number"),
        (["--scheduled-failovers", "3"], "a planned failover needs --failover-command"),
        (["--node", "http://127.0.0.1:1"], "--node needs --target"),
        (["--target", "reference"], "--target needs --node"),
        (["--anchor-command", "true"], "--anchor-command needs --anchored-to"),
        (["--failover-command", "'"], "--failover-command: No closing quotation"),
        (["--hours", "0"], "there is no option '--hours'"),
        ([], "127.0.0.1:1/x cannot be reached"),
    ],
)
def test_a_setup_that_makes_no_sense(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    folder = tmp_path / "soak"
    usual = [] if "--scheduled-failovers" in arguments else ["--scheduled-failovers", "0"]
    assert main(["soak", "setup", str(folder), "--dsn", NOWHERE, *usual, *arguments]) == 2
    words = said(capsys)
    assert sentence in words
    assert words.count("\n") == 1
    assert not folder.exists()


def test_a_connection_string_that_is_none(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["soak", "setup", str(tmp_path / "s"), "--dsn", "nonsense", "--scheduled-failovers", "0"]
    assert main(arguments) == 2
    assert "--dsn is no connection string" in said(capsys)


def test_a_folder_in_use_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("mine")
    assert main(["soak", "setup", str(tmp_path), "--dsn", NOWHERE, "--scheduled-failovers", "0"]) == 2
    assert "never begun again over another" in said(capsys)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


@pytest.mark.parametrize("action", ["probe", "round", "status"])
def test_a_folder_without_a_soak(tmp_path: Path, capsys: pytest.CaptureFixture[str], action: str) -> None:
    assert main(["soak", action, str(tmp_path)]) == 2
    assert "it holds no soak" in said(capsys)


def test_status_of_a_compressed_soak_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SoakFolder.create(tmp_path / "s", plan(compression=96.0), Target(dsn=NOWHERE))
    assert main(["soak", "status", str(tmp_path / "s")]) == 0
    assert capsys.readouterr().out.startswith("COMPRESSED SOAK: its days are simulated; it never meets GA-1")


def test_a_round_that_reaches_nobody_is_tried_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = SoakFolder.create(tmp_path / "s", plan(), Target(dsn=NOWHERE))
    for _ in range(2):
        assert main(["soak", "round", str(tmp_path / "s")]) == 1  # there is no prober either
        assert "compared nothing, so it counts as not made" in said(capsys)
    assert folder.read().totals.rounds == 0


def test_an_anchor_of_a_day_that_is_not_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SoakFolder.create(tmp_path / "s", plan(), Target(dsn=NOWHERE))
    assert main(["soak", "anchor", str(tmp_path / "s"), "--day", "1", "--to", "a tag"]) == 2
    assert "--day 1: 0 days are over" in said(capsys)
