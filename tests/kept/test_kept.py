"""What earlier versions wrote is read by every verb, for ever."""

import html
import json
import shutil
from pathlib import Path

import pytest

from builders import seed, write
from haproof.cli import main
from haproof.core.artifact import parse_artifact
from haproof.core.foreign import not_judged
from haproof.core.history_line import read_line
from haproof.core.model import NO_OPTIONS, SCHEMA_VERSION
from haproof.core.parse import Mismatch
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
    proof = parse_artifact(artifact.read_bytes(), HOUSE).proof
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


def newer_than(artifact: Path, folder: Path) -> Path:
    """The artifact as a newer version would write it, with things that this one does not know."""
    tree = json.loads(artifact.read_bytes())
    tree |= {"schema_version": "1.99", "weather": {"sky": "clear"}}
    tree["slices"][0]["mood"] = "calm"
    tree["slices"].append({**tree["slices"][0], "id": "VAL99"})
    tree["checks"].insert(0, {**tree["checks"][0], "id": "VAL26-00", "status": "PASS"})
    tree["summary"]["pass"] += 1
    tree["readiness"]["ga"]["requirements"].append(
        {**tree["readiness"]["ga"]["requirements"][0], "id": "GA-99"}
    )
    tree["readiness"]["space"] = {"ready": False, "stars": 3}
    tree["metrics"]["weather"] = {"rain_mm": {"value": 1, "unit": "mm", "target": None, "status": None}}
    tree["risks"].append({**tree["risks"][0], "id": "GAP-99", "state": "SHARED"})
    tree["reasons"] = [{"id": "VAL99-01", "severity": "odd", "sentence": "x", "next": "y"}]
    tides = {"id": "TIDES", "name": "Tides", "status": "PASS", "passed": 3, "failed": 0, "total": 3}
    tides |= {"detail": None, "path": "tides/tides-report.json", "generated_at": None}
    tides |= {"age_seconds": 5, "metrics": {"height_m": [1.5]}, "phase": "spring"}
    tree["beyond"] = [tides, {"id": "MOON", "status": "WAXING"}, "a word"]
    newer = folder / "newer.json"
    newer.write_text(json.dumps(tree), encoding="utf-8")
    return newer


NOT_JUDGED = (
    *("TIDES Tides", "VAL99", "check VAL26-00", "requirement GA-99", "figures of weather"),
    *("$.beyond[1] (MOON)", "$.beyond[2]", "$.readiness.space", "$.reasons[0] (VAL99-01)"),
)
"""What of it is shown as not judged by this version."""


@each_artifact
def test_what_a_newer_version_adds_is_carried(artifact: Path, tmp_path: Path) -> None:
    newer = newer_than(artifact, tmp_path)
    tree = json.loads(newer.read_bytes())
    found = parse_artifact(newer.read_bytes(), HOUSE)
    proof = found.proof
    assert [row.id for row in proof.beyond] == ["TIDES"]
    assert proof.beyond[0].metrics == {"height_m": [1.5]}
    assert proof.verdict == tree["verdict"]
    assert "$.metrics.weather" in found.unread or "weather" in proof.metrics
    named = {*found.unread, *not_judged(proof, HOUSE)}
    assert all(
        any(name.startswith(one) for name in named) for one in NOT_JUDGED if one != "figures of weather"
    )


@each_artifact
@pytest.mark.parametrize("form", ["text", "markdown", "json"])
def test_a_comparison_shows_what_it_does_not_judge(
    artifact: Path, tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = newer_than(artifact, tmp_path)
    assert main(["diff", str(artifact), str(newer), "--format", form]) in (0, 3)
    shown = html.unescape(capsys.readouterr().out)
    for name in ("TIDES Tides", "VAL26-00", "GA-99", "MOON", "$.readiness.space", "VAL99-01"):
        assert name in shown
    if form != "json":
        assert "Not judged by this version of haproof" in shown
    assert main(["diff", str(artifact), str(artifact), "--format", form]) == 0
    assert "ot judged by this version" not in capsys.readouterr().out


@each_artifact
def test_a_history_shows_what_it_does_not_judge(
    artifact: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = newer_than(artifact, tmp_path)
    assert main(["history", str(newer), str(artifact)]) == 0
    out, err = capsys.readouterr()
    told = " ".join(out.split())
    assert "Not judged by this version of haproof" in told
    assert "TIDES (1 run)" in told
    assert "$.beyond[1] (MOON) (1 run)" in told
    assert "$.beyond[1] (MOON)" in err, "its line cannot hold it"
    assert main(["history", str(newer), "--format", "html"]) == 0
    assert "TIDES (1 run)" in capsys.readouterr().out


@each_version
def test_a_line_of_a_newer_version_is_read_without_what_is_of_unknown_form(
    version: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = (KEPT / version / "history.jsonl").read_bytes().splitlines()
    tree = json.loads(kept[-1])
    tree["schema_version"] = "1.99"
    tree["metrics"]["weather"] = "clear"
    tree["beyond"] = [{"id": "MOON", "status": 4}]
    newer = tmp_path / "newer.jsonl"
    newer.write_bytes(json.dumps(tree).encode() + b"\n")
    line = read_line(newer.read_bytes(), HOUSE)
    assert line.unread == ("$.beyond[0] (MOON)", "$.metrics.weather")
    assert main(["history", str(newer)]) == 0
    assert "$.metrics.weather (1 run)" in capsys.readouterr().out
    ours = json.dumps(tree | {"schema_version": version}).encode()
    with pytest.raises(Mismatch):
        read_line(ours, HOUSE)
    del tree["metrics"]["failover"]["data_loss_rows"]["value"]
    with pytest.raises(Mismatch, match="key 'value' is missing"):
        read_line(json.dumps(tree).encode(), HOUSE)


def test_a_line_cannot_say_itself_what_was_not_read() -> None:
    kept = json.loads((KEPT / VERSIONS[0] / "history.jsonl").read_bytes().splitlines()[0])
    assert read_line(json.dumps(kept | {"unread": ["$.beyond[0]"]}).encode(), HOUSE).unread == ()
