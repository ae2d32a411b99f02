"""The last lines of a lab run: verdict, reason if any, page, next command, evidence directory."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from builders import EvidenceSet, fail, full, write
from haproof.cli import closing, lab_cluster, main
from haproof.kinds import cluster, failover, replication_lag, split_brain
from haproof.lab.run import Ended
from recovery_report import tree

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def called_as_haproof(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "command", lambda: "haproof")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1774267200")


def last_lines(folder: Path, reports: EvidenceSet, capsys: Capture, *formats: str) -> tuple[int, list[str]]:
    evidence = write(folder, reports)
    status = closing.report_and_close(str(evidence), formats, "design-partner")
    lines = capsys.readouterr().out.splitlines()
    start = max(number for number, line in enumerate(lines) if line.startswith("Verdict: "))
    return status, lines[start:]


def test_a_ready_run(tmp_path: Path, capsys: Capture) -> None:
    run = tmp_path / "run"
    assert last_lines(run, full(), capsys, "junit") == (
        0,
        [
            "Verdict: HA DESIGN PARTNER READY",
            f"Page: {run}/val26/val26-proof-report.html",
            f"Next: haproof show --open {run}",
            f"Evidence directory: {run}",
        ],
    )
    endings = {path.name.removeprefix("val26-proof-report.") for path in (run / "val26").iterdir()}
    assert endings == {"txt", "json", "html", "junit.xml"}


def test_a_run_that_is_not_ready_says_why_and_what_next(tmp_path: Path, capsys: Capture) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["data_loss_rows"] = 3
    fail(reports["VAL16"], "VAL16-04")
    status, lines = last_lines(tmp_path / "run", reports, capsys)
    assert (status, len(lines)) == (1, 5)
    assert lines[0] == "Verdict: NOT READY (VAL26-01, VAL26-04, VAL26-07, VAL26-10)"
    assert lines[1].startswith("Reason: 3 acknowledged rows lost")
    assert lines[1].endswith(" (and 1 more)")
    assert lines[3] == "Next: haproof explain VAL13-04"
    assert main(["explain", "VAL13-04"]) == 0


def test_a_run_of_a_cluster_alone(tmp_path: Path, capsys: Capture) -> None:
    run = tmp_path / "a run"
    (run / "recovery").mkdir(parents=True)
    (run / "recovery" / "recovery-report.json").write_text(json.dumps(tree()))
    assert closing.report_and_close(str(run), (), "design-partner") == 3
    adding = f"Next: haproof lab run --evidence '{run}' --add --report"
    assert adding in capsys.readouterr().out.splitlines()
    (run / "val15").mkdir()
    closing.report_and_close(str(run), (), "design-partner")
    assert "Next: haproof lab run --report" in capsys.readouterr().out.splitlines()


def test_a_run_of_some_slices(tmp_path: Path, capsys: Capture) -> None:
    reports = full()
    del reports["VAL14"]
    status, lines = last_lines(tmp_path / "run", reports, capsys)
    assert status == 3
    assert "val14/val14-report.json" in lines[1]
    assert lines[3] == f"Next: haproof lab run --evidence {tmp_path}/run --add --report"


def test_the_nodes_that_were_measured_are_named_again(tmp_path: Path, capsys: Capture) -> None:
    reports = full()
    del reports["VAL14"]
    run = write(tmp_path / "run", reports)
    named = lab_cluster.naming("my node.toml", "/opt/pg/bin")
    assert closing.report_and_close(str(run), (), "design-partner", named) == 3
    assert (
        f"Next: haproof lab run --target 'my node.toml' --pg-bin /opt/pg/bin --evidence {run} --add --report"
        in capsys.readouterr().out.splitlines()
    )
    assert lab_cluster.naming("reference", None) == lab_cluster.naming(None, None) == []


def test_a_slice_that_was_not_run_takes_a_new_run(tmp_path: Path, capsys: Capture) -> None:
    reports = full()
    del reports["VAL14"]
    run = write(tmp_path / "run", reports)
    (run / "val14").mkdir()
    closing.report_and_close(str(run), (), "design-partner")
    assert "Next: haproof lab run --report" in capsys.readouterr().out.splitlines()


def test_a_path_for_the_shell_is_quoted(tmp_path: Path, capsys: Capture) -> None:
    _, lines = last_lines(tmp_path / "my run", full(), capsys)
    assert lines[2] == f"Next: haproof show --open '{tmp_path}/my run'"
    assert lines[3] == f"Evidence directory: {tmp_path}/my run"


def test_without_its_package_the_page_is_left_out_and_the_status_is_the_report_s(
    tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closing, "PAGE", ())
    status, lines = last_lines(tmp_path / "run", full(), capsys)
    assert status == 0
    assert lines[1] == f"Report: {tmp_path}/run/val26/val26-proof-report.txt"


@pytest.mark.parametrize(("formats", "status"), [((), 0), (("html",), 5)])
def test_a_page_that_cannot_be_made_costs_a_status_only_where_it_was_asked_for(
    formats: tuple[str, ...], status: int, tmp_path: Path, capsys: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.startswith("haproof.render.writers.html")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "markupsafe", None)
    found, lines = last_lines(tmp_path / "run", full(), capsys, *formats)
    assert found == status
    assert lines[1].startswith("Report: ")


def test_without_a_report_the_next_command_is_report(tmp_path: Path, capsys: Capture) -> None:
    closing.close(str(tmp_path))
    assert capsys.readouterr().out.splitlines() == [
        f"Next: haproof report {tmp_path}",
        f"To look without writing: haproof show {tmp_path}",
        f"Evidence directory: {tmp_path}",
    ]


def test_a_run_that_was_cut_short_says_what_is_kept(tmp_path: Path, capsys: Capture) -> None:
    closing.close_early(str(tmp_path), "interrupted")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Run interrupted: slices that had ended are kept")
    assert lines[1:] == [
        f"Next: haproof report {tmp_path}",
        f"To look without writing: haproof show {tmp_path}",
        f"Evidence directory: {tmp_path}",
    ]
    closing.close_early(str(tmp_path / "gone"), "interrupted")
    assert "before anything was measured" in capsys.readouterr().out


def test_the_slice_to_look_at_first_is_the_first_that_failed() -> None:
    passed = Ended(failover.KIND, "PASS", "")
    unrun = Ended(replication_lag.KIND, "NOT RUN", "")
    failed = Ended(split_brain.KIND, "FAIL", "")
    assert closing.look_first([passed], "run") is None
    assert closing.look_first([passed, unrun], "run") == "Look first at VAL14: run/val14/journal.jsonl"
    assert closing.look_first([passed, unrun, failed], "run") == (
        "Look first at VAL16: run/val16/journal.jsonl"
    )


def test_what_was_not_tried_at_all_is_not_to_be_looked_at() -> None:
    unasked = Ended(cluster.KIND, "NOT RUN", "no verdict: only some of the faults", worth_a_look=False)
    assert closing.look_first([unasked], "run") is None


@pytest.mark.parametrize(
    "arguments", [["--write", "html"], ["--require", "ga"], ["--write", "html", "--require", "ga"]]
)
def test_what_belongs_to_the_report_is_refused_without_it(arguments: list[str], capsys: Capture) -> None:
    assert main(["lab", "run", *arguments]) == 2
    assert "give --report as well" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["--write", "docx"], ["--require", "gold"]])
def test_a_slip_is_noticed_before_the_lab_starts(arguments: list[str], capsys: Capture) -> None:
    assert main(["lab", "run", "--report", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def called(argument: str, tmp_path: Path, path: str) -> str:
    program = (
        f"import sys; sys.argv[0] = {argument!r}; from haproof.cli.closing import command; print(command())"
    )
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PATH": path},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    return run.stdout.strip()


def test_the_command_is_called_as_it_can_be_called(tmp_path: Path) -> None:
    for folder in ("bin", "other"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "haproof").write_text("#!/bin/sh\n")
        (tmp_path / folder / "haproof").chmod(0o755)
    ours = str(tmp_path / "bin" / "haproof")
    assert called(ours, tmp_path, str(tmp_path / "bin")) == "haproof"
    assert called(ours, tmp_path, "/nowhere") == "bin/haproof"
    assert called(ours, tmp_path, str(tmp_path / "other")) == "bin/haproof"
    assert called(ours, tmp_path / "other", "/nowhere") == ours
    assert called("/x/haproof/__main__.py", tmp_path, "/nowhere") == f"{sys.executable} -m haproof"
