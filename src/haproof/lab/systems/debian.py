"""Where Debian's files of pg_auto_failover, repmgr and pgBackRest are: installed, or unpacked somewhere."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import NotRun

PROGRAMS = {"pg_auto_failover": "usr/bin/pg_autoctl", "repmgr": "usr/lib/postgresql/*/bin/repmgrd"}
"""The one program by which each is recognised, below the root of its files."""

SERVER = "usr/lib/postgresql/*/bin/postgres"
PACKAGES = {
    "pg_auto_failover": "pg-auto-failover-cli postgresql-15-auto-failover",
    "repmgr": "repmgr postgresql-15-repmgr",
}


@dataclass(frozen=True)
class Files:
    """The root of a system's files, and the folder of the PostgreSQL programs that belong to it."""

    root: Path
    binaries: Path


def find_files(system: str) -> Files:
    """A system's files. Raises NotRun with what to install or unpack where there are none."""
    for root in _roots():
        programs = sorted(root.glob(PROGRAMS[system]))
        servers = sorted(root.glob(SERVER))
        if programs and servers:
            beside = programs[-1].parent / "postgres"
            return Files(root, beside.parent if beside.exists() else servers[-1].parent)
    raise NotRun(
        f"{system} is not there: install Debian's packages {PACKAGES[system]}, or unpack them without root "
        "with  bash scripts/setup-managers.sh"
    )


def find_program(name: str) -> Path:
    """A program of `usr/bin`. Raises NotRun with what to install or unpack where it is not there."""
    found = next((path for root in _roots() if (path := root / "usr" / "bin" / name).is_file()), None)
    anywhere = shutil.which(name) if found is None else None
    if found is None and anywhere is None:
        raise NotRun(
            f"{name} is not there: install Debian's package {name}, or unpack it without root with  "
            "bash scripts/setup-managers.sh"
        )
    return found or Path(str(anywhere))


def _roots() -> list[Path]:
    """Where they are looked for."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    unpacked = [Path.cwd() / ".cache" / "managers" / "root", cache / "haproof" / "managers" / "root"]
    return [*unpacked, Path("/")]
