"""A wrong folder is not a verdict: what is said of a path that is no run, by every verb that takes one."""

import gzip
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from builders import seed, write
from file_modes import file_modes_hold
from haproof.cli import main
from haproof.places import newest

Capture = pytest.CaptureFixture[str]
VERBS = {
    "report": lambda path: ["report", path],
    "show": lambda path: ["show", path],
    "plan": lambda path: ["plan", path],
    "verify": lambda path: ["verify", path, "--unsigned"],
    "diff": lambda path: ["diff", path, path],
    "history": lambda path: ["history", path],
}
each_verb = pytest.mark.parametrize("verb", VERBS)


def refused(capsys: Capture, verb: str, path: object) -> str:
    """The one sentence that a verb refuses a path with."""
    status = main(VERBS[verb](str(path)))
    captured = capsys.readouterr()
    assert (status, captured.out, captured.err.count("\n")) == (2, "", 1), captured
    return captured.err


def runs(folder: Path, *names: str) -> Path:
    for name in names:
        write(folder / name, seed())
    return folder


JUDGING = pytest.mark.parametrize("verb", ["report", "show", "verify", "diff"])


@JUDGING
def test_the_folder_of_the_runs(verb: str, tmp_path: Path, capsys: Capture) -> None:
    folder = runs(
        tmp_path / "evidence", *(f"cli-audit-lab-2026-03-{day}" for day in ("09", "10-2", "10-10", "10"))
    )
    err = refused(capsys, verb, folder)
    assert "is not the evidence of a run, but 4 runs are below it: " in err
    assert f"the newest is '{folder}/cli-audit-lab-2026-03-10-10'" in err
    assert not (folder / "val26").exists()


@JUDGING
@pytest.mark.parametrize("above", ["evidence", "project/evidence", "home/project/evidence"])
def test_a_folder_further_up(verb: str, above: str, tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path / "start" / above, "cli-audit-lab-2026-03-23")
    if above.count("/") == 2:
        main(VERBS[verb](str(tmp_path / "start")))
        assert "below it" not in capsys.readouterr().err
    else:
        assert f"a run is below it: it is '{tmp_path}/start/{above}/cli-audit" in refused(
            capsys, verb, tmp_path / "start"
        )


def test_a_history_of_a_folder_further_up_names_the_one_that_is_meant(
    tmp_path: Path, capsys: Capture
) -> None:
    runs(tmp_path / "a" / "b", "cli-audit-lab-2026-03-22", "cli-audit-lab-2026-03-23")
    err = refused(capsys, "history", tmp_path)
    assert f"holds no run itself, but 2 runs are further below: the newest lies in '{tmp_path}/a/b'" in err
    runs(tmp_path / "one" / "a", "run")
    assert f"a run is further below: it lies in '{tmp_path}/one/a'" in refused(
        capsys, "history", tmp_path / "one"
    )


@pytest.mark.parametrize("verb", ["diff", "history"])
def test_the_report_of_a_slice_is_no_side(verb: str, tmp_path: Path, capsys: Capture) -> None:
    run = write(tmp_path / "run", seed())
    alone = tmp_path / "alone.json"
    alone.write_bytes((run / "val13" / "val13-report.json").read_bytes())
    err = refused(capsys, verb, run / "val13" / "val13-report.json")
    assert f"is not a val26-proof-report.json: it belongs to the run '{run}'" in err
    assert "this is the report of one kind of evidence, not the proof report of a run" in refused(
        capsys, verb, alone
    )


def test_here_is_said_as_a_person_would(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    runs(tmp_path / "evidence", "cli-audit-lab-2026-03-23")
    monkeypatch.chdir(tmp_path)
    assert "it is 'evidence/cli-audit-lab-2026-03-23'" in refused(capsys, "show", ".")


def test_runs_of_other_names_are_told_apart_by_time(tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path, "b", "a", "c")
    os.utime(tmp_path / "a", (2_000_000_000, 2_000_000_000))
    assert f"the newest is '{tmp_path}/a'" in refused(capsys, "report", tmp_path)
    assert newest([str(tmp_path / "a"), str(tmp_path / "cli-audit-lab-2001-01-01")]).endswith("2001-01-01")


def test_a_hidden_folder_is_no_run(tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path, ".cache/run")
    assert main(["show", str(tmp_path)]) == 3
    assert "it may be the wrong directory" in capsys.readouterr().err


def test_a_loop_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path)
    assert main(["show", str(tmp_path)]) == 3


def test_a_folder_that_cannot_be_listed_is_passed_over(tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path, "closed/run", "open/run")
    (tmp_path / "closed").chmod(0)
    with file_modes_hold():
        err = refused(capsys, "show", tmp_path)
    (tmp_path / "closed").chmod(0o755)
    assert f"a run is below it: it is '{tmp_path}/open/run'" in err


@each_verb
@pytest.mark.parametrize("part", ["val13", "val26", "val15/logs"])
def test_a_part_of_a_run_names_the_run(
    verb: str, part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = write(tmp_path / "run", seed())
    (run / part).mkdir(parents=True, exist_ok=True)
    before = sorted(run.rglob("*"))
    whole = f"is only a part of the run '{run}': name '{run}' itself"
    assert whole in refused(capsys, verb, run / part)
    assert whole in refused(capsys, verb, f"{run / part}/")
    monkeypatch.chdir(tmp_path)
    assert f"'run/{part}' is only a part of the run 'run': " in refused(capsys, verb, f"run/{part}")
    monkeypatch.chdir(run / part)
    up = "/".join([".."] * (part.count("/") + 1))
    assert f"'.' is only a part of the run '{up}': " in refused(capsys, verb, ".")
    assert sorted(run.rglob("*")) == before


def test_sign_refuses_a_part_of_a_run(tmp_path: Path, capsys: Capture) -> None:
    run = write(tmp_path / "run", seed())
    assert main(["sign", str(run / "val13"), "--key", str(tmp_path / "k")]) == 2
    assert f"is only a part of the run '{run}'" in capsys.readouterr().err


def test_a_folder_beside_the_slices_is_judged_and_the_run_named(tmp_path: Path, capsys: Capture) -> None:
    run = write(tmp_path / "run", seed())
    (run / "notes").mkdir()
    assert main(["show", str(run / "notes")]) == 3
    assert f"it may be the wrong directory; did you mean '{run}'?" in capsys.readouterr().err


def test_a_run_in_a_folder_that_is_called_like_a_part_is_a_run(tmp_path: Path, capsys: Capture) -> None:
    assert main(["show", str(write(tmp_path / "val13" / "val13", seed()))]) == 0
    assert main(["show", str(write(tmp_path / "val26", seed()))]) == 0
    (tmp_path / "other" / "val13").mkdir(parents=True)
    assert main(["show", str(tmp_path / "other")]) == 3


def zipped(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("val13/val13-report.json", "{}")


def tarred(mode: str) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
            archive.add(Path(__file__), "val13/val13-report.json")

    return make


ARCHIVES: dict[str, Callable[[Path], object]] = {
    "run.zip": zipped,
    "run.tar": tarred("w"),
    "run.tar.gz": tarred("w:gz"),
    "run.tar.bz2": tarred("w:bz2"),
    "run.tar.xz": tarred("w:xz"),
    "artifact": lambda path: path.write_bytes(gzip.compress(b"x")),
}


@each_verb
@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_is_to_be_unpacked(verb: str, name: str, tmp_path: Path, capsys: Capture) -> None:
    ARCHIVES[name](tmp_path / name)
    assert f"'{tmp_path / name}' is an archive: unpack it first" in refused(capsys, verb, tmp_path / name)


@pytest.mark.parametrize("verb", ["report", "show", "verify"])
def test_a_file_of_a_run_names_the_run(verb: str, tmp_path: Path, capsys: Capture) -> None:
    run = write(tmp_path / "run", seed())
    assert main(["report", str(run)]) == 0
    capsys.readouterr()
    for name in ("val26/val26-proof-report.json", "val13/val13-report.json"):
        err = refused(capsys, verb, run / name)
        assert f"is not a directory: it belongs to the run '{run}'" in err
    (tmp_path / "notes.txt").write_text("")
    assert "is not a directory: name the evidence directory" in refused(capsys, verb, tmp_path / "notes.txt")


@each_verb
def test_a_path_with_a_slip_in_it(verb: str, tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path, "cli-audit-lab-2026-03-23")
    err = refused(capsys, verb, tmp_path / "cli-audit-lab-2026-3-23")
    assert f"does not exist; did you mean '{tmp_path}/cli-audit-lab-2026-03-23'?" in err
    assert "did you mean" not in refused(capsys, verb, tmp_path / "qqq")


@each_verb
@pytest.mark.parametrize("path", ["", "nul\0", "\x1b[31m", "x" * 5000])
def test_what_is_no_path(verb: str, path: str, capsys: Capture) -> None:
    assert "\x1b" not in refused(capsys, verb, path)


def test_sign_refuses_the_folder_of_the_runs(tmp_path: Path, capsys: Capture) -> None:
    runs(tmp_path, "run")
    assert main(["sign", str(tmp_path), "--key", str(tmp_path / "k")]) == 2
    assert "below it" in capsys.readouterr().err


def test_a_file_that_cannot_be_written_is_named_and_not_its_temporary_one(
    tmp_path: Path, capsys: Capture
) -> None:
    run = write(tmp_path / "run", seed())
    (run / "val26").mkdir(mode=0o555)
    with file_modes_hold():
        assert main(["report", str(run)]) == 2
    err = capsys.readouterr().err
    target = run / "val26" / "val26-proof-report.txt"
    assert f"cannot write '{target}' (Permission denied): check permissions and free space" in err
    assert "use --output-dir" in err
    assert ".tmp" not in err


@pytest.mark.parametrize("umask", [0o777, 0o177, 0o277, 0o077])
def test_a_strange_umask_does_not_lock_the_owner_out(umask: int, tmp_path: Path) -> None:
    run = write(tmp_path / "run", seed())
    before = os.umask(umask)
    try:
        with file_modes_hold():
            out = tmp_path / "a" / "b"
            assert main(["report", str(run), "--output-dir", str(out)]) == 0
            assert (out / "val26-proof-report.txt").read_bytes().endswith(b"READY\n")
            assert main(["history", str(run), "--append", str(tmp_path / "c" / "h.jsonl")]) == 0
            assert main(["history", str(tmp_path / "c" / "h.jsonl")]) == 0
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["report", "RUN", "--output-dir", "OUT"], 0),
        (["show", "RUN"], 0),
        (["verify", "RUN", "--unsigned"], 4),
        (["diff", "RUN", "RUN"], 0),
        (["history", "RUN"], 0),
        (["explain", "VAL26-09"], 0),
        (["report", "RUN", "--output-dir", "out"], 2),
        (["history", "RUN", "--append", "h.jsonl"], 2),
        (["report", "run"], 2),
        (["report"], 2),
        (["show", "."], 3),
        (["diff", "a", "b"], 2),
        (["history", "."], 2),
        (["keygen", "k"], 2),
        (["lab", "run", "--slices", "VAL99"], 2),
    ],
)
def test_a_working_folder_that_is_gone(
    arguments: list[str], status: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = write(tmp_path / "run", seed())
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    places = {"RUN": str(run), "OUT": str(tmp_path / "out")}
    assert main([places.get(word, word) for word in arguments]) == status
    assert capsys.readouterr().err.count("\n") <= 1


def test_a_clock_of_2001_is_said_and_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    run = write(tmp_path / "run", seed())
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    assert main(["report", str(run)]) == 3
    assert "later than the generation time 2001-09-09T01:46:40Z" in capsys.readouterr().out


def test_an_artifact_may_come_through_a_pipe(tmp_path: Path) -> None:
    run = write(tmp_path / "run", seed())
    assert main(["report", str(run)]) == 0
    artifact = run / "val26" / "val26-proof-report.json"
    script = f"""
    haproof() {{ '{sys.executable}' -m haproof "$@"; }}
    haproof diff <(cat '{artifact}') '{run}' && cat '{artifact}' | haproof diff /dev/stdin '{run}'
    """
    ended = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
