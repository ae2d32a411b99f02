"""What earlier versions wrote is read by every verb, for ever."""

import json
import shutil
from pathlib import Path

import pytest

from builders import seed, write
from haproof.cli import main
from haproof.core.artifact import parse_proof
from haproof.core.history_line import read_line
from haproof.core.model import NO_OPTIONS, SCHEMA_VERSION
from haproof.kinds import HOUSE

KEPT = Path(__file__).parent
VERSIONS = sorted(path.name for path in KEPT.iterdir() if (path / "history.jsonl").exists())
ARTIFACTS = sorted(KEPT.glob("*/artifacts/*.json"))

each_version = pytest.mark.parametrize("version", VERSIONS)
each_artifact = pytest.mark.parametrize(
    "artifact", ARTIFACTS, ids=lambda path: f"{path.parts[-3]}-{path.stem}"
)


def test_there_are_kept_proofs() -> None:
    assert "1.0" in VERSIONS
    assert len(ARTIFACTS) >= 8


@each_artifact
def test_an_artifact_is_read_as_it_was_written(artifact: Path) -> None:
    tree = json.loads(artifact.read_bytes())
    proof = parse_proof(artifact.read_bytes(), HOUSE)
    assert (proof.schema_version, proof.verdict) == (tree["schema_version"], tree["verdict"])
    assert [row.status for row in proof.checks] == [row["status"] for row in tree["checks"]]
    if "options" not in tree:
        assert (proof.options, proof.beyond, proof.reasons) == (NO_OPTIONS, (), ())
        assert {row.rejudged for row in proof.slices} == {None}


@each_artifact
def test_an_artifact_is_compared_with_itself_and_with_evidence_of_today(
    artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", str(artifact), str(artifact)]) == 0
    assert "same evidence" in capsys.readouterr().out.lower()
    today = str(write(tmp_path / "today", seed()))
    for pair in ((str(artifact), today), (today, str(artifact))):
        status = main(["diff", *pair])
        assert status in (0, 1, 3)
        assert "Result: " in capsys.readouterr().out


@each_version
def test_a_history_is_shown_and_goes_on(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = KEPT / version / "history.jsonl"
    lines = kept.read_bytes().splitlines()
    assert [read_line(line, HOUSE).schema_version for line in lines] == [version] * len(lines)
    assert main(["history", str(kept)]) == 0
    assert f"{len(lines)} runs" in capsys.readouterr().out
    copy = tmp_path / "history.jsonl"
    shutil.copyfile(kept, copy)
    reports = seed()
    reports["VAL13"]["run_id"] = "a run that no kept history holds"
    write(tmp_path / "today", reports)
    assert main(["history", "--append", str(copy), str(tmp_path / "today")]) == 0
    assert copy.read_bytes().startswith(kept.read_bytes())
    assert read_line(copy.read_bytes().splitlines()[-1], HOUSE).schema_version == SCHEMA_VERSION
    assert main(["history", str(copy)]) == 0
    assert f"{len(lines) + 1} runs" in capsys.readouterr().out


@each_version
def test_a_signed_run_s_report_is_comparable_with_its_evidence(
    version: str, capsys: pytest.CaptureFixture[str]
) -> None:
    run = KEPT / version / "signed-run"
    assert main(["diff", str(run / "val26" / "val26-proof-report.json"), str(run)]) == 0
    assert "NO REGRESSION" in capsys.readouterr().out


@each_version
def test_a_signed_run_verifies(version: str, capsys: pytest.CaptureFixture[str]) -> None:
    run, key = KEPT / version / "signed-run", KEPT / version / "signed-run.pub"
    assert main(["verify", str(run), "--key", str(key)]) == 0
    assert "Verified: signed by key" in capsys.readouterr().out
    assert main(["verify", str(run), "--unsigned"]) in (0, 4)


@each_version
def test_a_signed_run_is_judged_again(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = KEPT / version / "signed-run"
    recorded = json.loads((run / "val26" / "val26-proof-report.json").read_bytes())
    arguments = ["--output-dir", str(tmp_path), "--generated-at", recorded["generated_at"]]
    assert main(["report", str(run), *arguments]) == 0
    assert f"Verdict: {recorded['verdict']}" in capsys.readouterr().out
    again = json.loads((tmp_path / "val26-proof-report.json").read_bytes())
    assert again["schema_version"] == SCHEMA_VERSION
    assert [(row["id"], row["status"]) for row in again["checks"]] == [
        (row["id"], row["status"]) for row in recorded["checks"]
    ]
    for stem, figures in recorded["metrics"].items():
        for name, metric in figures.items():
            assert again["metrics"][stem][name]["value"] == metric["value"], name
            assert metric["status"] in (None, again["metrics"][stem][name]["status"]), name


@each_artifact
def test_what_a_newer_version_adds_is_tolerated(
    artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = json.loads(artifact.read_bytes())
    tree |= {"schema_version": "1.99", "weather": {"sky": "clear"}}
    tree["slices"][0]["mood"] = "calm"
    tree["slices"].append({**tree["slices"][0], "id": "VAL99"})
    tree["checks"].insert(0, {**tree["checks"][0], "id": "VAL26-00", "status": "PASS"})
    tree["summary"]["pass"] += 1
    tree["readiness"]["ga"]["requirements"].append(
        {**tree["readiness"]["ga"]["requirements"][0], "id": "GA-99"}
    )
    tree["metrics"]["weather"] = {"rain_mm": {"value": 1, "unit": "mm", "target": None, "status": None}}
    tree["risks"].append({**tree["risks"][0], "id": "GAP-99", "state": "SHARED"})
    tree["reasons"] = [{"id": "VAL99-01", "severity": "odd", "sentence": "x", "next": "y"}]
    tree["beyond"] = [
        {"id": "TIDES", "name": "Tides", "status": "PASS", "passed": 3, "failed": 0, "total": 3}
        | {"detail": None, "path": "tides/tides-report.json", "generated_at": None}
        | {"age_seconds": 5, "metrics": {"height_m": [1.5]}, "phase": "spring"}
    ]
    newer = tmp_path / "newer.json"
    newer.write_text(json.dumps(tree), encoding="utf-8")
    assert main(["diff", str(artifact), str(newer)]) in (0, 3)
    assert "Result: " in capsys.readouterr().out
    proof = parse_proof(newer.read_bytes(), HOUSE)
    assert proof.beyond[0].metrics == {"height_m": [1.5]}
    assert proof.verdict == tree["verdict"]
