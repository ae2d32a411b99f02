"""What `haproof diff` refuses, in one sentence, and artifacts that are none."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from builders import seed, write
from diffs import Run, artifact
from haproof.cli import main


@pytest.mark.parametrize("empty", ["nothing in it", "a slice's folder", "val26 only"])
def test_a_side_without_any_slice_is_refused(empty: str, tmp_path: Path, diff: Run) -> None:
    folder = tmp_path / "a"
    (folder / {"nothing in it": ".", "a slice's folder": "val13", "val26 only": "val26"}[empty]).mkdir(
        parents=True
    )
    run = write(tmp_path / "b", seed())
    for sides in ((folder, folder), (folder, run), (run, folder)):
        status, out, err = diff(*sides)
        assert (status, out, err.count("\n")) == (2, "", 1)
        assert "holds no slice report at all" in err


def test_an_artifact_of_no_evidence_is_refused(
    tmp_path: Path, diff: Run, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    (tmp_path / "a").mkdir()
    main(["report", str(tmp_path / "a")])
    capsysbinary.readouterr()
    artifact = tmp_path / "a" / "val26" / "val26-proof-report.json"
    status, out, err = diff(artifact, write(tmp_path / "b", seed()))
    assert (status, out) == (2, "")
    assert "holds no slice report at all" in err


def test_the_folder_of_the_runs_is_refused_with_the_newest_named(tmp_path: Path, diff: Run) -> None:
    for name in ("cli-audit-lab-2026-03-23-9", "cli-audit-lab-2026-03-23-10"):
        run = write(tmp_path / "evidence" / name, seed())
    status, out, err = diff(run, tmp_path / "evidence")
    assert (status, out) == (2, "")
    assert f"2 runs are below it: the newest is '{run}'" in err


def sigterm(**changes: Any) -> Callable[[Any], None]:
    """Change one figure of the artifact."""
    return lambda tree: tree["metrics"]["failover"]["sigterm_failover_ms"].update(changes)


SIGTERM = "$.metrics.failover.sigterm_failover_ms"
DEFECTS: dict[str, Callable[[Any], None]] = {
    f"{SIGTERM}.status: PASS, but 5001 is not <= its target": sigterm(value=5001),
    f"{SIGTERM}.status: PASS, but nothing was measured": sigterm(value=None),
    f"{SIGTERM}.value: expected numbers of 0 or more (ms)": sigterm(value="fast"),
    f"{SIGTERM}.value: expected numbers of 0 or more": sigterm(value=True),
    f"{SIGTERM}.value: expected numbers of 0": sigterm(value=-1),
    f"{SIGTERM}.value: expected numbers of at most 9007199254740991": sigterm(value=2**53, status="FAIL"),
    f"{SIGTERM}.status: null, although": sigterm(status=None),
    "$.metrics.failover.rapid_cycle_ms.status: PASS, but": lambda tree: tree["metrics"]["failover"][
        "rapid_cycle_ms"
    ].update(value=[1, 2, None]),
    "$.metrics.failover.data_loss_rows.status: PASS, but 1 is not =": lambda tree: tree["metrics"][
        "failover"
    ]["data_loss_rows"].update(value=1),
    "$.metrics.backup_restore.checksum_cli.status: PASS": lambda tree: tree["metrics"]["backup_restore"][
        "checksum_cli"
    ].update(value="00"),
    "$.evidence.window.latest: not an RFC 3339": lambda tree: tree["evidence"]["window"].update(latest="now"),
    "$.generated_at: no such date": lambda tree: tree.update(generated_at="2026-02-30T00:00:00Z"),
    "$.evidence.files: lists no report of VAL14, which is PASS": lambda tree: tree["evidence"]["files"].pop(
        1
    ),
    "$.checks: expected VAL26-01 to VAL26-10": lambda tree: tree["checks"].pop(),
    "$.slices: expected VAL13 to VAL17": lambda tree: tree["slices"].reverse(),
    "$.report: expected 'VAL26'": lambda tree: tree.update(report="VAL27"),
    "$.summary: says 9 pass": lambda tree: tree["summary"].update({"pass": 9}),
    "$.metrics.failover: null exactly where": lambda tree: tree["metrics"].update(failover=None),
    "VAL13 is PASS, its counts say otherwise": lambda tree: tree["slices"][0].update(passed=9),
    "VAL26-02 is FAIL, VAL14 is PASS": lambda tree: tree["checks"][1].update(status="FAIL"),
    "$.readiness.ga.ready: is true": lambda tree: tree["readiness"]["ga"].update(ready=True),
    "$.readiness.ga.requirements: must name": lambda tree: tree["readiness"]["ga"].update(requirements=[]),
    "$.verdict: does not agree with the checks and the levels": lambda tree: tree.update(
        verdict="NOT READY (VAL26-01)"
    ),
    "$.verdict: expected a text, got a whole number": lambda tree: tree.update(verdict=1),
    "$: key 'readiness' is missing": lambda tree: tree.pop("readiness"),
    "$.checks[0].status: 'MAYBE' is not one of": lambda tree: tree["checks"][0].update(status="MAYBE"),
}


@pytest.mark.parametrize("sentence", DEFECTS)
def test_an_artifact_that_is_none_is_refused_in_one_sentence(
    sentence: str, tmp_path: Path, diff: Run
) -> None:
    path = artifact(tmp_path, seed())
    tree = json.loads(path.read_text())
    DEFECTS[sentence](tree)
    path.write_text(json.dumps(tree))
    status, out, err = diff(path, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert sentence in err
    assert "val26-proof-report.json" in err


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff", b'{"a": 1, "a": 2}', b"null", b"[" * 200_000, b'{"x": NaN}']
)
def test_a_file_that_is_no_artifact_is_refused_in_one_sentence(
    content: bytes, tmp_path: Path, diff: Run
) -> None:
    path = tmp_path / "other.json"
    path.write_bytes(content)
    status, out, err = diff(path, path)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert "Traceback" not in err


def test_what_cannot_be_read_is_refused_in_one_sentence(tmp_path: Path, diff: Run) -> None:
    run = write(tmp_path / "a", seed())
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for path in (tmp_path / "nothing", tmp_path / "pipe", tmp_path / "loop", "\x1b[31m"):
        for arguments in ((path, run), (run, path)):
            status, out, err = diff(*arguments)
            assert (status, out, err.count("\n")) == (2, "", 1), err
            assert "\x1b" not in err


def test_usage(diff: Run, tmp_path: Path) -> None:
    assert diff()[0] == 2
    assert diff(tmp_path)[0] == 2
    assert diff(tmp_path, tmp_path, "--format", "html")[0] == 2


def test_evidence_is_never_changed(tmp_path: Path, diff: Run) -> None:
    run = write(tmp_path / "a", seed())
    before = {path: path.read_bytes() for path in run.rglob("*") if path.is_file()}
    diff(run, run)
    assert {path: path.read_bytes() for path in run.rglob("*") if path.is_file()} == before
