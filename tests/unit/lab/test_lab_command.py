"""The verb `lab`: what it refuses, where evidence goes, how a run ends."""

from pathlib import Path
from typing import NoReturn

import pytest

from haproof.cli import lab, main, measuring
from haproof.core.kind import Kind
from haproof.errors import LabError, UsageError
from haproof.kinds import failover, quorum_loss
from haproof.lab.run import Outcome, Status


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "ACTION"),
        (["walk"], "walk"),
        (["run", "--trials", "0"], "whole number from 1 to 1000"),
        (["run", "--trials", "١"], "whole number"),
        (["run", "--seed", "-1"], "seed"),
        (["run", "--profile", "slow"], "profile"),
        (["run", "--slices", "VAL13,VAL99"], "there is no slice 'VAL99'; known are VAL13"),
        (["run", "--slices", "val18"], "VAL18 is not made by this run but by 'haproof soak setup'"),
        (["run", "--slices", "CLUSTER"], "CLUSTER is not made by this run but with --target patroni"),
        (["run", "--slices", ""], "there is no slice ''"),
        (["run", "--target", "/absent.toml"], "target file /absent.toml is not there: name a TOML file"),
        (["run", "--pg-bin", "/absent"], "--pg-bin: /absent has no initdb"),
    ],
)
def test_refused_before_anything_starts(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["lab", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert len(err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_a_lab_that_cannot_begin_leaves_no_empty_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing_runs(*arguments: object) -> NoReturn:
        raise LabError("PostgreSQL cannot be run here")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("haproof.lab.ground.prepared", nothing_runs)
    assert main(["lab", "run"]) == LabError.exit_status
    assert "PostgreSQL cannot be run here" in capsys.readouterr().err
    assert list((tmp_path / "evidence").iterdir()) == []


def test_slices_are_chosen_by_name_in_their_own_order() -> None:
    chosen = lab._chosen("val13 , VAL13")
    assert [scenario.slice.id for scenario in chosen] == ["VAL13"]


def test_default_evidence_folder_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    folders = [measuring.evidence_folder(None) for _ in range(3)]
    first = folders[0].name
    assert first.startswith("cli-audit-lab-20")
    assert [folder.name for folder in folders] == [first, f"{first}-2", f"{first}-3"]
    assert all(folder.is_dir() for folder in folders)


def test_given_evidence_folder_must_be_new_or_empty(tmp_path: Path) -> None:
    assert measuring.evidence_folder(str(tmp_path / "a" / "b")).is_dir()
    (tmp_path / "a" / "b" / "old").touch()
    with pytest.raises(UsageError, match="not empty"):
        measuring.evidence_folder(str(tmp_path / "a" / "b"))
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="name a new or empty folder"):
        measuring.evidence_folder(str(tmp_path / "file"))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        (("PASS", "PASS"), 0),
        (("PASS", "FAIL"), 1),
        (("NOT RUN", "PASS"), 3),
        (("NOT RUN", "FAIL"), 1),
    ],
)
def test_exit_status(statuses: tuple[Status, Status], expected: int) -> None:
    slices: tuple[Kind, ...] = (failover.KIND, quorum_loss.KIND)
    outcomes = [Outcome(slice_, status, "") for slice_, status in zip(slices, statuses, strict=True)]
    assert measuring.status(outcomes) == expected
