"""Raw files as they are opened and read: malformed, elsewhere, too large, changed meanwhile, not there."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from builders import seed, write
from examples import FOLDERS
from haproof.attest.verify import verify
from haproof.cli import main
from haproof.core.artifact import parse_artifact
from haproof.core.model import Options
from haproof.kinds import HOUSE
from haproof.render import render
from haproof.schema import schema
from recounted import consistent, found, judged, put


@pytest.mark.parametrize(
    ("name", "bad", "fault"),
    [
        ("val13/writes.jsonl", b'{"t_ms": 1}\n', "line 1: $: key 'kind' is missing"),
        ("val13/writes.jsonl", b"\xff\n", "line 1: not JSON"),
        ("val13/writes.jsonl", b'{"outcome": 1}\n', "line 1: $.outcome: expected a text"),
        (
            "val14/lag-samples.jsonl",
            b'{"phase": 3}\n',
            "line 1: $.phase: expected a text, got a whole number",
        ),
        (
            "val14/journal.jsonl",
            b'{"what": "sampled", "drains_ms": [-1]}\n',
            "line 1: $.drains_ms[0]: expected a whole number >= 0",
        ),
        ("val17/writes.jsonl", b'{"t_ms": 1, "kind": "gone"}\n', "line 1: $.trial: missing in gone"),
    ],
)
def test_a_malformed_raw_file_contradicts_its_report(
    tmp_path: Path, name: str, bad: bytes, fault: str
) -> None:
    reports, raw = consistent()
    report = judged(put(tmp_path, reports, raw | {name: bad}))
    entry = next(entry for entry in report.proof.contradictions if entry.metric == name)
    assert (entry.slice, entry.check, entry.value) == (name[:5].upper(), None, None)
    assert entry.detail.startswith(f"{name} cannot be recounted: {fault}")
    assert not report.ready
    assert next(row for row in report.proof.slices if row.id == entry.slice).status == "FAIL"
    jsonschema.Draft202012Validator(schema("proof", HOUSE)).validate(json.loads(render(report, "json")))
    assert parse_artifact(render(report, "json"), HOUSE).proof == report.proof


Break = Callable[[Path], object]


def fifo(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def outside(path: Path) -> None:
    target = path.parents[2] / "elsewhere.jsonl"
    path.rename(target)
    path.symlink_to(target)


@pytest.mark.parametrize(
    ("act", "fault"),
    [
        (outside, "a link that leads outside the evidence directory"),
        (fifo, "not a regular file"),
        (lambda path: (path.unlink(), path.mkdir()), "not a regular file"),
        (lambda path: (path.unlink(), path.symlink_to(path)), "cannot be read (Too many levels"),
    ],
)
def test_raw_files_are_opened_by_the_rules_of_reports(tmp_path: Path, act: Break, fault: str) -> None:
    reports, raw = consistent()
    folder = put(tmp_path / "evidence", reports, raw)
    act(folder / "val17/writes.jsonl")
    (entry,) = judged(folder).proof.contradictions
    assert entry.detail.startswith(f"val17/writes.jsonl cannot be recounted: {fault}")


def test_a_raw_file_has_a_bound(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = put(tmp_path, *consistent())
    size = (folder / "val17/writes.jsonl").stat().st_size
    monkeypatch.setattr("haproof.raw_files.LARGEST_RAW_BYTES", size - 1)
    faults = [entry.detail for entry in judged(folder).proof.contradictions]
    assert f"val17/writes.jsonl cannot be recounted: larger than 1 GiB ({size} bytes)" in faults
    monkeypatch.undo()
    monkeypatch.setattr("haproof.raw_files.LONGEST_LINE_BYTES", 100)
    faults = [entry.detail for entry in judged(folder).proof.contradictions]
    assert "val17/writes.jsonl cannot be recounted: has a line longer than 64 MiB" in faults


def test_a_raw_file_that_changes_meanwhile_is_not_believed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = put(tmp_path, *consistent())
    path = folder / "val17/writes.jsonl"
    from haproof.core.histories import recounting

    derive = recounting.of_quorum_loss

    def changing(content: Any) -> dict[str, Any]:
        values = derive(content)
        path.write_bytes(path.read_bytes() + b"\n")
        return values

    monkeypatch.setattr(recounting, "of_quorum_loss", changing)
    (entry,) = judged(folder).proof.contradictions
    assert entry.detail == "val17/writes.jsonl cannot be recounted: changed while it was read"


def test_what_is_not_there_is_not_recounted_and_named(tmp_path: Path) -> None:
    reports, _ = consistent()
    report = judged(write(tmp_path, reports))
    assert found(report) == []
    text = " ".join(render(report, "text").decode().split())
    assert "Recounted: nothing: no raw file yields a figure; not recounted: VAL13 rows_acknowledged, " in text
    missing = " ".join(
        render(judged(write(tmp_path / "seed", {"VAL15": seed()["VAL15"]})), "text").decode().split()
    )
    assert "not recounted: VAL15 row_counts_match, payload_match " in missing, "of slices that are there"


def test_every_format_for_people_says_what_was_recounted(tmp_path: Path) -> None:
    report = judged(put(tmp_path, *consistent()))
    for form in ("text", "markdown", "html"):
        shown = " ".join(render(report, form).decode().replace("\\", "").split())
        assert "Recounted: " in shown, form
        assert "figures from val13/writes.jsonl, val14/lag-samples.jsonl" in shown, form
        assert "Recounted: " not in render(judged(tmp_path, Options()), form).decode()


OLD: list[dict[str, Any]] = [
    {"id": "row-1", "outcome": "acknowledged", "status": 201},
    {"id": "row-2", "outcome": "refused", "status": 503},
    {"id": "row-2", "outcome": "unknown", "status": None},
    {"id": "row-2", "outcome": "acknowledged", "status": 200},
    {"id": "row-2", "outcome": "acknowledged", "status": 200},
]


def test_the_form_of_the_first_version_is_recognised(tmp_path: Path) -> None:
    keys = {"payload": "x", "node": None, "sent_s": 1.5, "done_s": 2}
    old = b"".join(json.dumps(keys | row).encode() + b"\n" for row in OLD)
    reports = seed()
    reports["VAL13"]["metrics"] |= {"rows_acknowledged": 2, "rows_refused": 1, "rows_unknown": 1}
    raw = {"val13/writes.jsonl": old, "val17/writes.jsonl": old}
    report = judged(put(tmp_path, reports, raw))
    assert found(report) == []
    assert report.ready
    for name in ("rows_acknowledged", "rows_refused", "rows_unknown"):
        edited = seed()
        edited["VAL13"]["metrics"] |= reports["VAL13"]["metrics"] | {name: 7}
        assert [entry[2] for entry in found(judged(put(tmp_path / name, edited, raw)))] == [name]


def test_ten_million_rows_beside_a_file_of_five_hundred(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = tmp_path / "run"
    shutil.copytree(FOLDERS[0], run)
    path = run / "val13/val13-report.json"
    tree = json.loads(path.read_text())
    stated = tree["metrics"]["rows_acknowledged"]
    tree["metrics"]["rows_acknowledged"] = 10_000_000
    path.write_text(json.dumps(tree))
    when = ["--generated-at", "2026-11-28T01:55:47Z"]
    assert main(["report", *when, str(run)]) == 0
    step = verify(str(run), unsigned=True).steps[7]
    counted = f"10,000,000 reported, {stated} recounted from val13/writes.jsonl (rows_acknowledged)"
    wanted = f"Number of rows acknowledged: {counted}"
    assert (step.number, step.name, step.state, step.detail) == (8, "recount", "FAILED", wanted)
    capsys.readouterr()
    assert main(["report", "--recount", *when, str(run)]) == 1
    assert wanted in " ".join(capsys.readouterr().out.replace("… ", "").split())
    assert main(["show", "--recount", "--format", "brief", *when, str(run)]) == 1
    steps = {step.name: step.state for step in verify(str(run), unsigned=True).steps}
    assert (steps["judgement"], steps["report files"], steps["recount"]) == ("ok", "ok", "FAILED")
