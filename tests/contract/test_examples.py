"""The examples are what they say: evidence that a lab measured, judged by this version of the program."""

import os
import re
from pathlib import Path

import pytest

from examples import BREAK, EXCERPT, FOLDERS, ROOT, reports
from haproof.api import read_evidence
from haproof.attest.verify import verify

each_example = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def test_there_is_an_example() -> None:
    assert FOLDERS


@each_example
def test_its_reports_are_made_again_byte_for_byte(folder: Path) -> None:
    for path, content in reports(folder).items():
        assert path.read_bytes() == content, f"{path}: review with cd tests && python -m golden.rewrite"


@each_example
def test_every_file_is_as_its_slice_recorded_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    verification = verify(str(folder.relative_to(ROOT)), None, unsigned=True)
    assert verification.ok, [step.line() for step in verification.steps]


@each_example
def test_every_slice_was_measured_here_and_carries_all_its_facts(folder: Path) -> None:
    for source in read_evidence(str(folder)).sources:
        assert source.record is not None, source.fault
        assert source.record.environment.platform == "local-processes"
        assert source.record.observations is not None


@each_example
def test_it_names_no_place_of_the_machine_that_made_it(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert os.fsencode(ROOT) not in content, path
            assert not re.search(rb"/home/|/root/|/Users/", content), path


def test_the_readme_shows_the_example_as_it_is() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(EXCERPT, readme, re.DOTALL)
    assert shown, "README.md has no report behind a line <!-- examples/….txt -->"
    report = (ROOT / shown[1]).read_text(encoding="utf-8")
    parts = shown[2].split(BREAK)
    assert len(parts) > 1
    for part in parts:
        assert part.rstrip("\n") in report, part
