"""The CI recipes: YAML that parses, commands that exist, and the action's script run for real."""

import itertools
import json
import os
import re
import shlex
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from attested import signed
from builders import EvidenceSet, fail, full, seed, write
from haproof.cli import VERBS
from haproof.cli.parser import Parser
from haproof.render import FORMATS
from statements import ISSUER, OTHER, public_file, put

ROOT = Path(__file__).parents[3]
RECIPES = re.findall(
    r"^```yaml\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def recipe(key: str) -> dict[str, Any]:
    """The recipe that has this key at its top."""
    found = [parsed for text in RECIPES if key in (parsed := yaml.safe_load(text))]
    assert len(found) == 1
    return dict(found[0])


def scripts() -> list[str]:
    """Every piece of shell in the recipes and the action."""
    steps = [*recipe("jobs")["jobs"]["proof"]["steps"], *ACTION["runs"]["steps"]]
    jobs = [job for job in recipe("stages").values() if isinstance(job, dict) and "script" in job]
    shell = re.findall(
        r"^```sh\n(.*?)^```", (ROOT / "docs" / "ci.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    return [
        *(step["run"] for step in steps if "run" in step),
        *("\n".join(job["script"]) for job in jobs),
        *shell,
    ]


def commands() -> list[list[str]]:
    """Every call of haproof in them, in words."""
    lines = [line.strip() for script in scripts() for line in script.splitlines()]
    calls = [re.split(r" (?:\|\||>) ", line)[0] for line in lines if line.startswith("haproof ")]
    return [shlex.split(call) for call in calls]


def test_there_are_a_recipe_for_each_and_commands_in_them() -> None:
    assert recipe("jobs")
    assert recipe("stages")
    assert {command[1] for command in commands()} == {"lab", "report", "diff"}


@pytest.mark.parametrize("script", scripts())
def test_scripts_are_shell(script: str) -> None:
    assert subprocess.run(["bash", "-n", "-c", script], check=False, timeout=10).returncode == 0


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_commands_are_ours(command: list[str]) -> None:
    assert command[1] in VERBS
    module = import_module(f"haproof.cli.{command[1]}")
    parser = Parser(prog=command[1])
    module.configure(parser)
    parser.parse_args(command[2:])


def test_the_github_recipe_uses_what_the_action_takes() -> None:
    steps = recipe("jobs")["jobs"]["proof"]["steps"]
    judge = next(step for step in steps if step.get("id") == "proof")
    assert set(judge["with"]) <= set(ACTION["inputs"])
    required = {name for name, declared in ACTION["inputs"].items() if declared.get("required")}
    assert required <= set(judge["with"])
    keep = steps[-1]
    assert keep["if"] == "always()"
    assert judge["with"]["evidence"] == keep["with"]["path"]


def test_the_gitlab_recipe_takes_files_that_are_written() -> None:
    job = recipe("stages")["ha-proof"]
    written = next(command for command in commands() if command[1] == "report")
    words = [word for flag, word in itertools.pairwise(written) if flag == "--write"]
    formats = [form for word in words for form in word.split(",")]
    names = {f"evidence/run/val26/val26-proof-report.{FORMATS[name][1]}" for name in formats}
    assert set(job["artifacts"]["reports"].values()) <= names
    assert job["artifacts"]["when"] == "always"


def test_the_action_is_composite_and_keeps_inputs_out_of_its_scripts() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in ACTION["runs"]["steps"]:
        assert step["shell"] == "bash"
        assert "${{" not in step["run"]
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"\$\{\{ inputs\.([\w-]+) \}\}", text)) == set(ACTION["inputs"])
    judge = (ROOT / "scripts" / "ci" / "judge.sh").read_text("utf-8")
    assert set(re.findall(r"outputs\.([\w-]+) \}\}", text)) == set(re.findall(r"printf '([\w-]+)=", judge))
    for step in ACTION["runs"]["steps"]:
        taken = set(re.findall(r"HAPROOF_\w+", judge + step["run"]))
        assert set(step["env"]) <= taken
    assert set(ACTION["inputs"]["write"]["default"].split()) <= set(FORMATS)


@pytest.fixture
def command(tmp_path: Path) -> Path:
    """A `haproof` as the installation puts it on the path."""
    script = tmp_path / "bin" / "haproof"
    script.parent.mkdir()
    script.write_text(f"#!{sys.executable}\nfrom haproof.cli import console\nconsole()\n")
    script.chmod(0o755)
    return script


def judge(
    command: Path, folder: Path, reports: EvidenceSet, *, now: object = "1774267200", **variables: object
) -> tuple[int, dict[str, str], str]:
    """Run the judging step of action.yml as a runner does. Returns status, outputs and summary."""
    step = ACTION["runs"]["steps"][1]
    temporary = folder / "runner"
    (temporary / "haproof").mkdir(parents=True, exist_ok=True)
    if not (temporary / "haproof" / "bin").exists():
        (temporary / "haproof" / "bin").symlink_to(command.parent)
    inputs = {name: str(declared.get("default", "")) for name, declared in ACTION["inputs"].items()}
    inputs |= {"evidence": str(write(folder / "evidence", reports))}
    inputs |= {name.replace("_", "-"): str(value) for name, value in variables.items()}
    filled = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value).replace(
            "${{ github.action_path }}", str(ROOT)
        )
        for name, value in step["env"].items()
    }
    outputs, summary = folder / "outputs", folder / "summary"
    outputs.write_text("")
    summary.write_text("")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        env={
            **os.environ,
            **filled,
            "RUNNER_TEMP": str(temporary),
            "GITHUB_OUTPUT": str(outputs),
            "GITHUB_STEP_SUMMARY": str(summary),
            "SOURCE_DATE_EPOCH": str(now),
        },
        check=False,
        timeout=60,
        capture_output=True,
        cwd=folder,
    )
    said = dict(line.split("=", 1) for line in outputs.read_text().splitlines())
    return done.returncode, said, summary.read_text("utf-8")


def test_a_ready_run_passes(command: Path, tmp_path: Path) -> None:
    status, outputs, summary = judge(command, tmp_path, full())
    folder = tmp_path / "evidence" / "val26"
    assert (status, outputs) == (
        0,
        {"status": "0", "verdict": "HA DESIGN PARTNER READY", "report-dir": str(folder)},
    )
    assert summary == (folder / "val26-proof-report.md").read_text("utf-8")
    assert {path.suffix for path in folder.iterdir()} == {".txt", ".json", ".html", ".md", ".xml"}


def test_statements_count_by_the_keys_that_the_action_is_given(command: Path, tmp_path: Path) -> None:
    put(tmp_path / "evidence")
    keys = [public_file(tmp_path, OTHER, "some one.pub"), public_file(tmp_path, ISSUER, "issuer.pub")]
    assert judge(command, tmp_path, full(), require="PUB-2")[0] == 3
    given = {"require": "PUB-2", "trust": "\n".join(["", *keys, ""]), "baseline": tmp_path / "evidence"}
    status, outputs, summary = judge(command, tmp_path, full(), **given, history="history.jsonl")
    assert (status, outputs["comparison"]) == (0, "0")
    assert "attested by Example Audits Ltd on 2026-03-01" in summary
    line = json.loads((tmp_path / "history.jsonl").read_text(encoding="utf-8"))
    assert line["beyond"][0]["metrics"]["statements_counted"] == 1


def test_the_report_decides(command: Path, tmp_path: Path) -> None:
    failed = seed()
    fail(failed["VAL13"], "VAL13-01")
    status, outputs, summary = judge(command, tmp_path / "a", failed)
    assert (status, outputs["status"], outputs["verdict"]) == (1, "1", "NOT READY (VAL26-01, VAL26-10)")
    assert "NOT READY" in summary
    assert judge(command, tmp_path / "b", full(), require="ga")[0] == 3
    missing = seed()
    del missing["VAL15"]
    assert judge(command, tmp_path / "c", missing)[0] == 3


def test_a_regression_fails_a_ready_run(command: Path, tmp_path: Path) -> None:
    reports = full()
    reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [50 + n for n in range(10)]
    baseline = write(tmp_path / "baseline", reports)
    reports["VAL13"]["metrics"]["sigkill_trials_ms"] = [350 + n for n in range(10)]
    status, outputs, summary = judge(command, tmp_path / "a", reports, baseline=baseline)
    assert (status, outputs["status"], outputs["comparison"]) == (1, "0", "1")
    assert "## VAL26 comparison: regression" in summary
    for report in reports.values():
        report["environment"]["platform"] = "kubernetes"
    status, outputs, _ = judge(command, tmp_path / "b", reports, baseline=baseline)
    assert (status, outputs["comparison"]) == (3, "3")
    assert judge(command, tmp_path / "c", reports, baseline=tmp_path / "nothing")[0] == 2


def test_the_history_is_kept_whatever_the_verdict(command: Path, tmp_path: Path) -> None:
    history = tmp_path / "history.jsonl"
    failed = seed()
    fail(failed["VAL13"], "VAL13-01")
    assert judge(command, tmp_path / "a", failed, history=history)[0] == 1
    assert judge(command, tmp_path / "b", full(), history=history)[0] == 0
    assert judge(command, tmp_path / "b", full(), history=history)[0] == 0
    verdicts = [json.loads(line)["verdict"] for line in history.read_text().splitlines()]
    assert verdicts == ["NOT READY (VAL26-01, VAL26-10)", "HA DESIGN PARTNER READY"]


def test_inputs_are_never_shell(command: Path, tmp_path: Path) -> None:
    trap = tmp_path / "pwned"
    for name in ("evidence", "require", "write", "baseline", "history", "output_dir"):
        folder = tmp_path / name
        status, _, _ = judge(command, folder, seed(), **{name: f"$(touch {trap}); `touch {trap}` '\" *"})
        assert not trap.exists()
        assert status in (0, 2)


@pytest.mark.parametrize("name", ["evidence", "output_dir"])
def test_a_path_never_adds_an_output(name: str, command: Path, tmp_path: Path) -> None:
    folder = tmp_path / "x\nstatus=0"
    write(folder, seed())
    status, outputs, _ = judge(command, tmp_path, seed(), **{name: folder})
    assert (status, outputs) == (2, {})


def test_a_path_that_begins_like_an_option_is_a_path(command: Path, tmp_path: Path) -> None:
    write(tmp_path / "-e", seed())
    status, outputs, _ = judge(command, tmp_path, seed(), evidence="-e", history="-h.jsonl")
    assert (status, outputs["report-dir"]) == (0, "./-e/val26")
    assert (tmp_path / "-h.jsonl").exists()
    status, outputs, _ = judge(command, tmp_path, seed(), evidence="-e", output_dir="-o", baseline="-e")
    assert (status, outputs["report-dir"], outputs["comparison"]) == (0, "./-o", "0")
    assert (tmp_path / "-o" / "val26-proof-report.md").exists()


def test_what_is_new_comes_first(command: Path, tmp_path: Path) -> None:
    baseline = write(tmp_path / "baseline", full())
    reports = full()
    reports["VAL13"]["metrics"]["write_gap_ms"] = 75
    status, outputs, summary = judge(command, tmp_path / "a", reports, baseline=baseline)
    assert (status, outputs["comparison"]) == (0, "0")
    assert summary.startswith("## VAL26 comparison: ")
    assert summary.index("VAL26 comparison") < summary.index("HA DESIGN PARTNER READY")


def test_old_evidence_does_not_pass_for_today_s(command: Path, tmp_path: Path) -> None:
    assert ACTION["inputs"]["max-age"]["default"] == "1d"
    late = "1774400000"  # a day and a half after the evidence
    status, outputs, summary = judge(command, tmp_path / "a", full(), now=late)
    assert (status, outputs["status"]) == (3, "3")
    assert "old" in summary
    assert judge(command, tmp_path / "b", full(), now=late, max_age="2d")[0] == 0
    assert judge(command, tmp_path / "c", full(), now=late, max_age="")[0] == 0
    assert judge(command, tmp_path / "d", full(), max_age="tomorrow")[0] == 2


def test_single_requirements_can_be_asked_for(command: Path, tmp_path: Path) -> None:
    failed = seed()
    fail(failed["VAL16"], "VAL16-04")
    assert judge(command, tmp_path / "a", failed, require="DP-3,DP-4")[0] == 0
    assert judge(command, tmp_path / "b", failed, require="DP-1")[0] == 1


def test_evidence_that_holds_nothing_is_3_whatever_it_is_compared_with(command: Path, tmp_path: Path) -> None:
    baseline = write(tmp_path / "baseline", full())
    history = tmp_path / "history.jsonl"
    status, outputs, summary = judge(command, tmp_path / "a", {}, baseline=baseline, history=history)
    assert (status, outputs["status"]) == (3, "3")
    assert "comparison" not in outputs
    assert "NOT READY" in summary
    assert not history.exists()


def test_a_signed_directory_is_judged_and_left_as_it_is(command: Path, tmp_path: Path) -> None:
    folder = tmp_path / "evidence"
    found = signed(tmp_path / "made")
    found.directory.rename(folder)
    (folder / "val14" / "val14-report.json").unlink()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    status, outputs, summary = judge(command, tmp_path, {}, evidence=folder)
    assert (status, outputs["verdict"]) == (3, "NOT READY (VAL26-02, VAL26-10)")
    assert "NOT READY" in summary
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_without_evidence_it_is_a_usage_error(command: Path, tmp_path: Path) -> None:
    assert judge(command, tmp_path, seed(), evidence="")[0] == 2
    assert judge(command, tmp_path, seed(), evidence=tmp_path / "nothing")[0] == 2
