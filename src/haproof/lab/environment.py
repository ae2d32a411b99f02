"""What was tested, on what, by what: the `environment` of every slice report. No host name, no user name."""

import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from haproof.errors import UsageError
from haproof.lab.ground import Ground, clean_environment
from haproof.lab.target import Target, fill, fill_all
from haproof.version import VERSION

System = dict[str, str | None]

VERSION_SECONDS = 20.0
LARGEST_VERSION = 200


def describe(ground: Ground, target: Target, system: System) -> dict[str, Any]:
    """The environment of one run, but for what each slice adds: cluster, chaos, settings."""
    return {
        "platform": "local-processes",
        "database": target.database or database(ground),
        "database_version": ground.binaries.version,
        "system": system,
        "generator": {"name": "haproof", "version": VERSION},
        "host": host(),
        "settings": {
            "database_origin": ground.binaries.origin,
            "database_privileges": ground.rung.words,
            "poll_interval_ms": target.timing.poll_interval_ms,
        },
    }


def database(ground: Ground) -> str:
    """The servers that the lab itself starts."""
    return f"PostgreSQL {ground.binaries.version} as local processes"


def host() -> dict[str, Any]:
    """The machine, as far as it explains the figures."""
    return {
        "system": platform.system(),
        "kernel": platform.release(),
        "machine": platform.machine(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "python": platform.python_version(),
    }


def system_under_test(target: Target, start: tuple[str, ...] | None = None) -> System:
    """Name, version and digest of the system under test, which `start` starts (else as `[node]` does). Raises
    UsageError where it has no version."""
    version = target.version if target.version is not None else _asked(target)
    return {"name": target.name, "version": version, "sha256": code_digest(target, start)}


def _asked(target: Target) -> str:
    argv = fill_all(target.version_command or (), target.constants)
    try:
        done = subprocess.run(
            argv,
            capture_output=True,
            text=True,
            timeout=VERSION_SECONDS,
            check=False,
            env=clean_environment(),
            errors="replace",
        )
    except (OSError, subprocess.SubprocessError) as fault:
        raise UsageError(f"the target's version_command cannot be run: {fault}") from None
    lines = done.stdout.strip().splitlines()
    if done.returncode != 0 or not lines:
        raise UsageError(f"the target's version_command ended with status {done.returncode} and no version")
    return lines[0][:LARGEST_VERSION]


def code_digest(target: Target, start: tuple[str, ...] | None = None) -> str | None:
    """SHA-256 of the node's code: its module, its script, or its program; None where none of them is a file.

    A folder is digested as the digests of its files in the order of their names.
    """
    argv = [fill(word, target.constants) for word in start or target.node.start]
    code = Path(shutil.which(argv[0]) or argv[0])
    if argv[0] == sys.executable and len(argv) > 2 and argv[1] == "-m":
        spec = importlib.util.find_spec(argv[2])
        code = Path(spec.origin) if spec is not None and spec.origin else code
        code = code.parent if code.name == "__init__.py" else code
    elif argv[0] == sys.executable and len(argv) > 1:
        code = Path(argv[1])
    if code.is_dir():
        return _folder_digest(code)
    return hashlib.sha256(code.read_bytes()).hexdigest() if code.is_file() else None


def _folder_digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0")
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
