"""The recipes for GitHub and GitLab as they are written, step by step: nothing but the service is missing.

The address that they install from leads to a clone of this project, and the packages of the index are those
of the environment that runs the tests. `uses: actions/…` is what the service brings: Python, pip, a checkout.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from documents import ROOT, USUAL_PATH, Clone
from haproof.lab.target import REFERENCE

pytestmark = [
    pytest.mark.lab,  # with the other long commands of the documents
    pytest.mark.skipif(shutil.which("git") is None, reason="needs git"),
    pytest.mark.skipif(importlib.util.find_spec("ensurepip") is None, reason="needs Python's venv with pip"),
    pytest.mark.timeout(1800),
]

KEPT = "cli-audit-lab-2026-11-28"
SOON_AFTER = "1795834800"
"""2026-11-28T03:00:00Z: an hour after the kept evidence was recorded."""

PARSED = [
    yaml.safe_load(text)
    for text in re.findall(
        r"^```yaml\n(.*?)^```", (ROOT / "docs/ci.md").read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
]
GITHUB = next(one for one in PARSED if "jobs" in one)["jobs"]["proof"]["steps"]
GITLAB = next(one for one in PARSED if "stages" in one)
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["runs"]["steps"]
INPUTS = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))["inputs"]

LAB = 'if [ "$1 $2" = "lab run" ]; then mkdir -p evidence && cp -r "$KEPT" evidence/run; exit; fi\n'
"""In the lab's place: a run that is kept here. The lab has tests of its own."""


class Runner:
    """A machine of the service: a checkout of somebody's repository, Python on the path, and this clone
    behind the recipe's address."""

    def __init__(self, folder: Path, address: str) -> None:
        self.clone = Clone(folder)
        self.clone._git("tag", "v0.1.0")
        self.work, self.temporary, self.bin = (folder / name for name in ("work", "temporary", "bin"))
        for one in (self.work, self.temporary, self.bin):
            one.mkdir()
        (self.clone.home / ".gitconfig").write_text(
            f'[url "file://{self.clone.folder}"]\n\tinsteadOf = {address}\n', encoding="utf-8"
        )
        subprocess.run([sys.executable, "-m", "venv", folder / "python"], check=True, timeout=900)
        self._command("python3", f'exec "{folder}/python/bin/python" "$@"\n')
        self._command("pip", f'exec "{folder}/python/bin/python" -m pip "$@"\n')
        self._command("haproof", f'{LAB}exec "{folder}/python/bin/haproof" "$@"\n')
        self.environment = {
            "HOME": str(self.clone.home),
            "PATH": f"{self.bin}:{USUAL_PATH}",
            "KEPT": str(folder / "kept"),
            "RUNNER_TEMP": str(self.temporary),
            "GITHUB_OUTPUT": str(folder / "outputs"),
            "GITHUB_STEP_SUMMARY": str(folder / "summary"),
            # An index that needs no network: what would be fetched is there already.
            "PYTHONPATH": sysconfig.get_paths()["purelib"],
            "PIP_NO_INDEX": "1",
            "PIP_NO_DEPS": "1",
            "PIP_IGNORE_INSTALLED": "1",
            "PIP_NO_BUILD_ISOLATION": "false",
            "SOURCE_DATE_EPOCH": SOON_AFTER,
        }
        kept = ROOT / "examples" / KEPT
        shutil.copytree(kept, folder / "kept", ignore=shutil.ignore_patterns("val26"))
        (self.work / "baseline").mkdir()
        shutil.copy(kept / "val26/val26-proof-report.json", self.work / "baseline")
        shutil.copy(REFERENCE, self.work / "ha-target.toml")

    def _command(self, name: str, script: str) -> None:
        path = self.bin / name
        path.write_text(f"#!/bin/bash\n{script}", encoding="utf-8")
        path.chmod(0o755)

    def step(self, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """One step, as both services run it: bash that ends at the first failure."""
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.work,
            env=self.environment | environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def action(self, given: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        """The steps of action.yml with these inputs, until one fails."""
        inputs = {name: str(declared.get("default", "")) for name, declared in INPUTS.items()}
        inputs |= {name: str(value) for name, value in given.items()}
        for one in ACTION:
            filled = {
                name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: inputs[found[1]], value).replace(
                    "${{ github.action_path }}", str(self.clone.folder)
                )
                for name, value in one["env"].items()
            }
            done = self.step(one["run"], **filled)
            if done.returncode != 0:
                break
        return done


def github(runner: Runner) -> subprocess.CompletedProcess[str]:
    """The job's steps, one after the other; what the last of them said."""
    for step in GITHUB:
        if "run" in step:
            done = runner.step(step["run"])
        elif step["uses"].startswith("your-org/haproof@"):
            done = runner.action(step["with"])
        else:
            continue
        assert done.returncode == 0, done.stdout + done.stderr
    return done


def gitlab(runner: Runner, job: str) -> subprocess.CompletedProcess[str]:
    """One job's script."""
    return runner.step("\n".join(GITLAB[job]["script"]), HAPROOF=GITLAB["variables"]["HAPROOF"])


def installed_by(runner: Runner, python: Path) -> None:
    """What was installed is the clone's, and not the package of the environment that runs the tests."""
    code = "import haproof; print(haproof.__file__)"
    found = subprocess.run(
        [python, "-c", code], env=runner.environment, cwd="/", capture_output=True, text=True, timeout=60
    )
    assert found.stdout.startswith(str(python.parents[1])), found.stdout + found.stderr


def test_the_github_job_runs_as_it_is_written(tmp_path: Path) -> None:
    runner = Runner(tmp_path, "https://github.com/your-org/haproof")
    done = github(runner)
    installed_by(runner, runner.bin.parent / "python/bin/python")
    installed_by(runner, runner.temporary / "haproof/bin/python")
    assert done.stdout.endswith("Verdict: HA DESIGN PARTNER READY\n")
    outputs = dict(
        line.split("=", 1) for line in Path(runner.environment["GITHUB_OUTPUT"]).read_text().splitlines()
    )
    assert outputs["verdict"] == "HA DESIGN PARTNER READY"
    summary = Path(runner.environment["GITHUB_STEP_SUMMARY"]).read_text("utf-8")
    assert summary.index("VAL26 comparison") < summary.index("HA DESIGN PARTNER READY")
    (kept,) = (step["with"]["path"] for step in GITHUB if "upload-artifact" in step.get("uses", ""))
    assert (runner.work / kept / "val26/val26-proof-report.html").is_file()


@pytest.mark.parametrize("broken", [False, True], ids=["ready", "regression"])
def test_the_gitlab_jobs_run_as_they_are_written(tmp_path: Path, broken: bool) -> None:
    runner = Runner(tmp_path, "https://gitlab.com/your-org/haproof")
    if broken:
        report = tmp_path / "kept/val13/val13-report.json"
        report.write_text(report.read_text("utf-8").replace('"data_loss_rows": 0', '"data_loss_rows": 3'))
        assert '"data_loss_rows": 3' in report.read_text("utf-8")
    assert gitlab(runner, "ha-lab").returncode == 0
    installed_by(runner, tmp_path / "python/bin/python")
    done = gitlab(runner, "ha-proof")
    assert done.returncode == (1 if broken else 0), done.stdout + done.stderr
    compared, judged = done.stdout.index("Comparison of two runs"), done.stdout.index("HA Proof Report")
    assert compared < judged
    assert ("Result: REGRESSION" in done.stdout) == broken
    assert done.stdout.endswith("Verdict: HA DESIGN PARTNER READY\n") != broken
    kept = GITLAB["ha-proof"]["artifacts"]
    for path in (*kept["paths"], *kept["reports"].values()):
        assert (runner.work / path).exists(), path
