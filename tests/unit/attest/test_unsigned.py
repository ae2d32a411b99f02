"""Evidence that nobody signed: its digests, its raw files and its report are compared all the same."""

import hashlib
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from attested import reported
from builders import full, seed, write
from haproof.attest.verify import Verification, verify


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return reported(tmp_path / "evidence")


def _failed(verification: Verification) -> dict[str, str]:
    return {step.name: step.detail for step in verification.steps if step.state == "FAILED"}


@pytest.mark.parametrize("unsigned", [False, True])
def test_it_verifies_and_says_that_nobody_signed(directory: Path, unsigned: bool) -> None:
    verification = verify(str(directory), unsigned=unsigned)
    assert verification.ok
    assert verification.keyid is None
    assert [step.state for step in verification.steps] == ["NOT CHECKED"] * 3 + ["ok"] * 4 + ["NOT CHECKED"]
    assert "nobody signed" in verification.steps[0].detail
    assert "5 slice reports" in verification.steps[3].detail
    assert "no report lists 1 other file" in verification.steps[3].detail


def _link(place: Path, aside: Path) -> None:
    """The same bytes, but behind a link."""
    place.rename(aside)
    place.symlink_to(aside)


DAMAGES: dict[str, tuple[Callable[[Path], object], str, str]] = {
    "slice report changed": (
        lambda d: (d / "val15/val15-report.json").write_text("{}"),
        "digests",
        "modified: val15/val15-report.json",
    ),
    "slice report removed": (
        lambda d: (d / "val15/val15-report.json").unlink(),
        "digests",
        "removed: val15/val15-report.json",
    ),
    "raw file changed": (
        lambda d: (d / "val17/journal.jsonl").write_bytes(b""),
        "raw files",
        "val17/journal.jsonl has another digest",
    ),
    "raw file is a link": (
        lambda d: _link(d / "val17/journal.jsonl", d.parent / "j"),
        "raw files",
        "val17/journal.jsonl is a symbolic link",
    ),
    "no report": (lambda d: shutil.rmtree(d / "val26"), "judgement", "no report to compare with"),
    "text report only": (
        lambda d: (d / "val26/val26-proof-report.json").unlink(),
        "judgement",
        "no report to compare with",
    ),
    "report of other evidence": (
        lambda d: shutil.copy(
            reported(d.parent / "b", seed()) / "val26/val26-proof-report.json", d / "val26"
        ),
        "judgement",
        "differs in",
    ),
    "text of other evidence": (
        lambda d: shutil.copy(reported(d.parent / "b", seed()) / "val26/val26-proof-report.txt", d / "val26"),
        "report files",
        "is not what this evidence gives",
    ),
    "a page of somebody's own": (
        lambda d: (d / "val26/index.html").write_text("READY"),
        "report files",
        "val26/index.html is not a file that 'haproof report' writes, and no signature covers it",
    ),
    "a FIFO among the raw files": (lambda d: os.mkfifo(d / "val13/pipe"), "digests", "val13/pipe (a FIFO"),
    "a link as the whole slice": (
        lambda d: _link(d / "val13", d.parent / "v"),
        "digests",
        "val13 (a symbolic link",
    ),
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_found_by_its_step(directory: Path, damage: str) -> None:
    act, step, words = DAMAGES[damage]
    act(directory)
    verification = verify(str(directory))
    assert not verification.ok
    assert words in _failed(verification)[step]


def test_a_slice_that_came_later_is_added(tmp_path: Path) -> None:
    reports = full()
    late = reports.pop("VAL16")
    directory = reported(tmp_path / "evidence", reports)
    write(directory, {"VAL16": late})
    failed = _failed(verify(str(directory)))
    assert failed["digests"] == "added: val16/val16-report.json"
    assert "slices" in failed["judgement"]


def test_no_slice_at_all_is_no_success(tmp_path: Path) -> None:
    directory = tmp_path / "empty"
    directory.mkdir()
    reported_nothing = reported(directory, {})
    shutil.rmtree(reported_nothing / "val13")
    failed = _failed(verify(str(directory)))
    assert "records no slice report" in failed["digests"]
    assert "no slice report was read" in failed["judgement"]


def test_a_raw_file_s_listed_size_counts(tmp_path: Path) -> None:
    reports = full()
    listed = {"path": "x.log", "sha256": hashlib.sha256(b"abc").hexdigest().upper(), "bytes": 3}
    reports["VAL14"]["artifacts"] = [listed, listed | {"path": "./x.log"}]
    directory = tmp_path / "evidence"
    (directory / "val14").mkdir(parents=True)
    (directory / "val14/x.log").write_bytes(b"abc")
    assert verify(str(reported(directory, reports))).ok
    listed["bytes"] = 4
    failed = _failed(verify(str(reported(directory, reports | {"VAL14": reports["VAL14"]}))))
    assert "val14/x.log has 3 bytes; its slice report says 4" in failed["raw files"]


@pytest.mark.parametrize("path", ["", ".", "./", "journal.jsonl/", "logs", "nope", "a\0b"])
def test_a_listed_path_that_is_no_file_fails(tmp_path: Path, path: str) -> None:
    reports = full()
    reports["VAL14"]["artifacts"] = [{"path": path, "sha256": "ab" * 32, "bytes": 0}]
    failed = _failed(verify(str(reported(tmp_path / "evidence", reports))))
    assert "is not there" in failed["raw files"]
