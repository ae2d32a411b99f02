"""`--add`: a run that measures what an evidence directory does not have yet, and touches nothing else."""

from pathlib import Path

import pytest

from haproof.api import read_evidence
from haproof.cli import main
from lab.lab_process import linux_only

pytestmark = [pytest.mark.lab, linux_only]


def measured(folder: Path, slice_: str, *more: str) -> int:
    quick = ("lab", "run", "--profile", "quick", "--seed", "1", "--evidence", str(folder))
    return main([*quick, "--slices", slice_, *more])


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def test_a_second_run_adds_its_slice_and_leaves_the_first_as_it_was(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    evidence = tmp_path / "evidence"
    assert measured(evidence, "VAL16") == 0, capsys.readouterr().err
    first = contents(evidence)
    assert measured(evidence, "VAL17", "--add") == 0, capsys.readouterr().err
    both = contents(evidence)
    assert {path: both[path] for path in first} == first
    found = read_evidence(str(evidence)).sources
    assert [one.kind.id for one in found if one.record is not None] == ["VAL16", "VAL17"]
    capsys.readouterr()
    assert measured(evidence, "VAL16", "--add") == 2
    assert "has VAL16 already" in capsys.readouterr().err
    assert contents(evidence) == both
