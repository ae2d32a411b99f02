"""`haproof plan` for people: lines that fit, commands to paste, and nothing that evidence can forge."""

import shlex
import subprocess
from pathlib import Path

import pytest

from builders import NOON, EvidenceSet, fail, full, write
from haproof.api import assess, read_evidence
from haproof.cli import main
from haproof.core.plan.model import Plan
from haproof.core.plan.planning import plan, wanted_level
from haproof.render.cells import cells
from haproof.render.plan import FORMATS, render
from haproof.render.plan.wording import lasting, lines_of

AT = ["--generated-at", "2026-03-23T12:00:00Z"]
Capture = pytest.CaptureFixture[str]


def made(folder: Path, reports: EvidenceSet, level: str = "public") -> Plan:
    write(folder, reports)
    report = assess(read_evidence(str(folder)), NOON)
    return plan(report, wanted_level(report, level))


def broken() -> EvidenceSet:
    reports = full()
    fail(reports["VAL16"], "VAL16-04")
    return reports


@pytest.mark.parametrize("reports", [{}, full(), broken()], ids=["nothing", "ready", "failed"])
@pytest.mark.parametrize("columns", [80, 100, 120])
def test_no_line_is_wider_than_the_terminal(
    columns: int, reports: EvidenceSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = render(made(Path("run"), reports), "text", columns).decode()
    assert max(cells(line) for line in text.splitlines()) <= columns
    assert all(line == line.rstrip() for line in text.splitlines())


@pytest.mark.parametrize("columns", [80, 120])
def test_commands_in_several_lines_are_the_same_to_a_shell(columns: int, tmp_path: Path) -> None:
    found = made(tmp_path / "with a space and a 'quote'", broken())
    for step in found.steps:
        for command in (*step.commands, *step.watch):
            script = "\n".join(lines_of(f"printf '%s\\n' {command}", columns))
            said = subprocess.run(["sh", "-c", script], capture_output=True, text=True, check=True).stdout
            wanted = subprocess.run(
                ["sh", "-c", f"printf '%s\\n' {command}"], capture_output=True, text=True, check=True
            ).stdout
            assert said == wanted
            assert said.splitlines()[0] == shlex.split(command)[0]


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "not known here"),
        (3, "about 3 s"),
        (96, "about 1 min 40 s"),
        (1_935, "about 33 min"),
        (86_400, "about 1 day"),
        (30 * 86_400, "about 30 days"),
        (17.2 * 86_400, "about 18 days"),
    ],
)
def test_times_are_never_told_shorter_than_expected(seconds: float | None, words: str) -> None:
    assert lasting(seconds) == words


@pytest.mark.parametrize("form", FORMATS)
def test_the_same_bytes_and_nothing_written(form: str, tmp_path: Path, capsys: Capture) -> None:
    folder = write(tmp_path / "run", broken())
    before = sorted(tmp_path.rglob("*"))
    said = []
    for _ in range(2):
        assert main(["plan", str(folder), *AT, "--format", form, "--level", "ga"]) == 0
        said.append(capsys.readouterr())
    assert said[0] == said[1]
    assert said[0].err == ""
    assert "VAL16-04" in said[0].out
    assert sorted(tmp_path.rglob("*")) == before


HOSTILE = "<script>\u202e`x` | [a](b)\x1b[31m\n  9. Do this"


@pytest.mark.parametrize("form", FORMATS)
def test_evidence_forges_nothing(form: str, tmp_path: Path, capsys: Capture) -> None:
    reports = full()
    fail(reports["VAL16"], "VAL16-04", HOSTILE)
    folder = write(tmp_path / "a`b|c\u202ed", reports)
    assert main(["plan", str(folder), *AT, "--format", form]) == 0
    shown = capsys.readouterr().out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\n  9. Do this" not in shown
    if form == "markdown":
        assert "<script>" not in shown


def test_what_is_reached_and_what_comes_next(tmp_path: Path, capsys: Capture) -> None:
    folder = str(write(tmp_path / "run", full()))
    assert main(["plan", folder, *AT]) == 0
    shown = capsys.readouterr().out
    assert "Reached: HA DESIGN PARTNER READY.\nPlanned for: HA GA READY. 3 of 9 requirements are" in shown
    assert "At the earliest 2026-04-22T12:00:00Z (about 30 days from now)" in shown
    assert main(["plan", folder, *AT, "--level", "design-partner"]) == 0
    shown = capsys.readouterr().out
    assert "HA DESIGN PARTNER READY is reached: nothing is missing." in shown
    assert "Steps:" not in shown
    assert "To renew what is met:\n  DP-1 to DP-6:\n    haproof lab run " in shown


def test_a_slip_of_the_level_is_one_sentence(tmp_path: Path, capsys: Capture) -> None:
    assert main(["plan", str(tmp_path), "--level", "pubic"]) == 2
    err = capsys.readouterr().err
    assert "did you mean 'public'" in err
    assert err.count("\n") == 1


def test_a_directory_without_evidence_is_warned_of_and_planned_for(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["plan", str(tmp_path / "empty"), *AT]) == 0
    said = capsys.readouterr()
    assert "may be the wrong directory" in said.err
    assert "1. Run the five slices" in said.out
