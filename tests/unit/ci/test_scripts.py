"""The scripts that a person runs: what they refuse, and that they name the real thing."""

import os
import subprocess
from pathlib import Path

import pytest

from documents import USUAL_PATH, Clone

ROOT = Path(__file__).parents[3]
SCRIPTS = sorted((ROOT / "scripts").rglob("*.sh"))


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_every_script_is_shell(script: Path) -> None:
    assert subprocess.run(["bash", "-n", script], check=False, timeout=10).returncode == 0
    assert script.read_text("utf-8").startswith("#!/usr/bin/env bash\n# ")


@pytest.mark.parametrize("group", ["unit", "quick lab x", "--help"])
def test_an_unknown_group_of_tests_is_refused_before_anything_is_installed(group: str) -> None:
    run = subprocess.run(
        ["bash", ROOT / "scripts" / "test.sh", *group.split()],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.endswith("test.sh [fast | static quick lab cluster browser]...\n")


def test_where_npm_fails_its_own_words_are_shown(tmp_path: Path) -> None:
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error code E418' >&2\necho 'npm error I am a teapot' >&2\nexit 1\n")
    npm.chmod(0o755)
    run = subprocess.run(
        ["bash", ROOT / "scripts" / "setup-browser.sh"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
        env=os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HAPROOF_CHROMIUM": "/bin/true"},
    )
    assert run.returncode == 2
    first, second, last = run.stderr.splitlines()
    assert (first, second) == ("npm error code E418", "npm error I am a teapot")
    assert last.startswith("setup-browser: npm could not install what tests/browser/package-lock.json names")


def test_browser_tests_that_cannot_run_say_so_in_npm_s_words(tmp_path: Path) -> None:
    """`scripts/test.sh` takes 77 for NOT RUN, and in CI for a failure."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, script in (("chromium", "exit 0"), ("npm", "echo 'npm error code ENOTFOUND' >&2; exit 1")):
        (tools / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    run = Clone(tmp_path).run("bash scripts/test-browser.sh", path=f"{tools}:{USUAL_PATH}")
    assert run.returncode == 77, run.stderr
    first, last = run.stderr.splitlines()
    assert first == "npm error code ENOTFOUND"
    assert last.startswith("setup-browser: npm could not install")
