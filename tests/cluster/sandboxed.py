"""Runs a script of `inside/` in a sandbox, as root or as an ordinary user, and hands back what it printed."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import haproof
from haproof.lab.sandbox.capability import ENTER, obstacle

INSIDE = Path(__file__).with_name("inside")
SOURCE = Path(haproof.__file__).parent.parent
NOBODY = 65534
SECONDS = 60.0


def arguments(
    script: str, *given: str, python: str = sys.executable, kept: tuple[str, ...] = ()
) -> list[str]:
    """The command line; the parent that the sandbox dies with is this process."""
    keep = [sys.prefix, str(SOURCE), str(INSIDE), *kept]
    enter = [python, "-I", "-S", str(ENTER), str(os.getpid()), *keep, "--"]
    return [*enter, python, str(INSIDE / f"{script}.py"), *given]


def environment() -> dict[str, str]:
    """Where our own package is, for an interpreter that does not have it."""
    return {"PYTHONPATH": str(SOURCE), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}


def told(script: str, *given: str, kept: tuple[str, ...] = (), seconds: float = SECONDS) -> Any:
    """What the script printed, as JSON."""
    done = subprocess.run(
        arguments(script, *given, kept=kept),
        capture_output=True,
        text=True,
        timeout=seconds,
        env=environment(),
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def told_as_user(script: str, *given: str) -> Any:
    """The same as an ordinary user, by the machine's own Python."""
    python, setpriv = "/usr/bin/python3", shutil.which("setpriv")
    if os.geteuid() != 0 or setpriv is None or not _serves(python):
        pytest.skip("needs root, setpriv and a Python 3.11 that every user may run")
    user = [setpriv, f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    script_source = [python, "-c", RUN, str(ENTER), str(SOURCE), str(INSIDE / f"{script}.py"), *given]
    done = subprocess.run(
        [*user, *script_source], capture_output=True, text=True, timeout=SECONDS, env=environment(), cwd="/"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


RUN = """
import os, subprocess, sys
enter, source, *program = sys.argv[1:]
argv = [sys.executable, "-I", "-S", enter, str(os.getpid()), source, "--", sys.executable, *program]
sys.exit(subprocess.run(argv).returncode)
"""
"""The sandbox dies with its parent, so the parent must be the user's own process too."""


def _serves(python: str) -> bool:
    check = "import sys; sys.exit(sys.version_info < (3, 11))"
    return os.path.exists(python) and subprocess.run([python, "-c", check]).returncode == 0


needs_sandbox = pytest.mark.skipif(bool(obstacle()), reason=f"no sandbox here: {obstacle()}")
