"""The clusters under `examples/`: judged and counted again, side by side as stored, and small."""

import os
import re
from pathlib import Path

import pytest

from examples import CLUSTERS, MATRICES, OF_CLUSTERS, ROOT, matrices, reports
from haproof.attest.verify import verify
from haproof.cli import main

MOST_BYTES = 3_000_000
SITTINGS = sorted({folder.parent for folder in CLUSTERS})
each = pytest.mark.parametrize("folder", CLUSTERS, ids=lambda folder: folder.name)


def test_there_are_several_of_one_sitting() -> None:
    assert len(SITTINGS) == 1
    assert len(CLUSTERS) > 1


@each
def test_its_evidence_gives_its_report_and_its_history_its_figures(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    verification = verify(str(folder.relative_to(ROOT)), None, unsigned=True)
    assert verification.ok, [step.line() for step in verification.steps]
    steps = {step.name: step for step in verification.steps}
    assert steps["report files"].state == "ok"
    packed = (folder / "cluster" / "operations.jsonl.xz").exists()
    assert steps["recount"].state == ("ok" if packed else "NOT CHECKED")


def test_one_history_at_least_is_there() -> None:
    assert any((folder / "cluster" / "operations.jsonl.xz").exists() for folder in CLUSTERS)


@each
def test_its_reports_are_made_again_byte_for_byte(folder: Path) -> None:
    for path, content in reports(folder, OF_CLUSTERS).items():
        assert path.read_bytes() == content, f"{path}: review with cd tests && python -m golden.rewrite"


def test_side_by_side_they_are_as_stored(
    monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(ROOT)
    made = matrices()
    assert len(made) == len(MATRICES)
    for path, content in made.items():
        assert path.read_bytes() == content, f"{path}: review with cd tests && python -m golden.rewrite"
    assert main(["matrix", *(str(folder.relative_to(ROOT)) for folder in CLUSTERS)]) == 0
    assert capsysbinary.readouterr().out == (SITTINGS[0] / MATRICES["text"]).read_bytes()


def test_they_are_small_and_name_no_place_of_the_machine_that_made_them() -> None:
    (sitting,) = SITTINGS
    files = [path for path in sitting.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) <= MOST_BYTES
    for path in files:
        content = path.read_bytes()
        assert os.fsencode(ROOT) not in content, path
        assert not re.search(rb"/home/|/root/|/Users/", content), path


def test_the_readme_shows_them_and_how() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "](docs/matrix.png)" in readme
    assert (ROOT / "docs" / "matrix.png").stat().st_size < 400_000
    for folder in CLUSTERS:
        assert str(folder.relative_to(ROOT)) in readme


def test_a_recount_says_what_it_counted(capsys: pytest.CaptureFixture[str]) -> None:
    folder = next(one for one in CLUSTERS if (one / "cluster" / "operations.jsonl.xz").exists())
    main(["show", "--recount", str(folder)])
    said = next(line for line in capsys.readouterr().out.splitlines() if "Recounted: " in line)
    assert "figures from cluster/operations.jsonl.xz" in said
