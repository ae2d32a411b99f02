"""`haproof report --require`: which level exit status 0 asks for."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from builders import EvidenceSet, fail, full, judged, seed, write
from haproof.cli import main
from haproof.cli.judging import exit_status
from haproof.core.model import Readiness
from haproof.core.report import Report

TIME = ["--generated-at", "2026-03-23T12:00:00Z"]


def run(folder: Path, reports: EvidenceSet, *arguments: str) -> int:
    return main(["report", str(write(folder, reports)), *TIME, *arguments])


@pytest.mark.parametrize(
    ("level", "status", "named"),
    [("design-partner", 0, ""), ("ga", 3, "GA-1, GA-2, GA-3 "), ("public", 3, "GA-3, PUB-1, PUB-2, PUB-3 ")],
)
def test_evidence_for_design_partners_cannot_tell_more(
    level: str, status: int, named: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, full(), "--require", level) == status
    err = capsys.readouterr().err
    assert named in err
    assert err.count("\n") == (1 if named else 0)


@pytest.mark.parametrize("level", ["design-partner", "ga", "public"])
def test_what_says_no_says_no_to_every_level(level: str, tmp_path: Path) -> None:
    failed, missing = seed(), seed()
    fail(failed["VAL16"], "VAL16-04")
    assert run(tmp_path / "failed", failed, "--require", level) == 1
    del missing["VAL14"]
    assert run(tmp_path / "missing", missing, "--require", level) == 3
    missing["VAL13"]["metrics"]["data_loss_rows"] = 1
    assert run(tmp_path / "both", missing, "--require", level) == 1
    late = seed()
    late["VAL17"]["generated_at"] = "2026-03-23T16:00:00.000001Z"
    assert run(tmp_path / "late", late, "--require", level) == 3


def test_the_report_does_not_depend_on_what_is_required(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    outputs = []
    for level in ("design-partner", "ga", "public"):
        run(tmp_path, full(), "--require", level)
        proofs = sorted((tmp_path / "val26").iterdir())
        outputs.append([capsysbinary.readouterr().out, *(path.read_bytes() for path in proofs)])
    assert outputs[0] == outputs[1] == outputs[2]


def test_an_unknown_level_is_a_usage_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(tmp_path, seed(), "--require", "gold") == 2
    assert "design-partner" in capsys.readouterr().err
    assert not (tmp_path / "val26").exists()


def with_levels(report: Report, ga: str, public: str) -> Report:
    """The report as it would be with evidence for the levels above."""
    levels = report.proof.readiness

    def level(old: Readiness, state: str, below: bool) -> Readiness:
        requirements = tuple(replace(one, state=state) for one in old.requirements)
        return Readiness(ready=below and state == "MET", requirements=requirements)

    upper = level(levels["ga"], ga, levels["design_partner"].ready)
    top = level(levels["public_production"], public, upper.ready)
    readiness = levels | {"ga": upper, "public_production": top}
    return replace(report, proof=replace(report.proof, readiness=readiness))


@pytest.mark.parametrize(
    ("ga", "public", "statuses"),
    [
        ("MET", "MET", (0, 0, 0)),
        ("MET", "NO EVIDENCE", (0, 0, 3)),
        ("MET", "NOT MET", (0, 0, 1)),
        ("NOT MET", "MET", (0, 1, 1)),
        ("NO EVIDENCE", "NOT MET", (0, 3, 1)),
    ],
)
def test_the_levels_above(ga: str, public: str, statuses: tuple[int, ...], tmp_path: Path) -> None:
    report = with_levels(judged(tmp_path, full()), ga, public)
    assert tuple(exit_status(report, level) for level in ("design-partner", "ga", "public")) == statuses
