"""What every slice of a run stands on: programs, privileges, ports, passwords, children, a folder."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from haproof.errors import LabError, UsageError
from haproof.lab.binaries import Binaries
from haproof.lab.caller import steers
from haproof.lab.interrupt import heeded, uninterrupted
from haproof.lab.ports import Ports
from haproof.lab.privilege import Rung, climb
from haproof.lab.process import Children
from haproof.lab.progress import Silent, Watcher, waiting_for
from haproof.lab.secret import Secrets, write_private

T = TypeVar("T")

ADMIN = "haproof_admin"
"""The lab's own superuser."""

NODE_ROLE = "haproof_node"
"""The role of the nodes: owns the database, may see replication and end sessions; no superuser."""

DATABASE = "haproof"
COMMON_FOLDERS = ("/tmp", "/var/tmp")
"""Open to every account, as a private TMPDIR is not."""

TOOL_SECONDS = 120.0
LOCALE = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
"""The children's: English and UTF-8. PostgreSQL does not start on macOS without a real one."""


def clean_environment() -> dict[str, str]:
    """The caller's environment without what would steer PostgreSQL or haproof behind the lab's back."""
    kept = {
        key: value for key, value in os.environ.items() if not (steers(key) or key.startswith("HAPROOF_"))
    }
    return kept | {
        "LC_ALL": LOCALE,
        "TZ": "UTC",
    }


def passable(folder: Path) -> Path:
    """A new folder that the account PostgreSQL runs as may enter, whatever the caller's umask."""
    folder.mkdir()
    folder.chmod(0o711)
    return folder


class Ground:
    """Everything that outlives a slice and ends with the run."""

    def __init__(self, binaries: Binaries, children: Children, work: Path, rung: Rung) -> None:
        self.binaries = binaries
        self.children = children
        self.work = work
        self.ports = Ports()
        self.secrets = Secrets()
        self.passfile = write_private(work / "pgpass", self.passfile_lines())
        self.token_file = write_private(work / "token", self.secrets.token + "\n")
        self.rung = rung
        self.watcher: Watcher = Silent()
        self.closed_cleanly = False
        self.server_logs: list[Path] = []
        self._made: dict[str, Any] = {}
        self._failed: dict[str, Exception] = {}

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What every slice needs is made by the first; where that failed, each is told the same reason."""
        if what in self._failed:
            raise self._failed[what]
        if what not in self._made:
            try:
                self._made[what] = make()
            except Exception as fault:
                self._failed[what] = fault
                raise
        found: T = self._made[what]
        return found

    def passfile_lines(self) -> str:
        """A password file for both roles, on every server of the run."""
        return (
            f"*:*:*:{ADMIN}:{self.secrets.admin_password}\n*:*:*:{NODE_ROLE}:{self.secrets.node_password}\n"
        )

    def child_environment(self) -> dict[str, str]:
        """The environment of nodes and their command line: passwords by file, tools of this run first."""
        env = clean_environment()
        env["PGPASSFILE"] = str(self.passfile)
        env["HAPROOF_PG_BIN"] = str(self.binaries.folder)
        env["PATH"] = f"{self.binaries.folder}{os.pathsep}{env.get('PATH', os.defpath)}"
        return env

    def segments_of(self, data: Path) -> Path | None:
        """A data folder whose killed server leaves a segment in an IPC namespace that others use, or None."""
        return None if self.rung.mode.startswith("namespaces") else data

    def tool(self, tool: str, *arguments: str, data: Path | None = None) -> str:
        """Run a PostgreSQL tool as the account that the servers run as. Raises LabError on failure.

        `data` is the data folder on which the tool runs servers of its own.
        """
        segments = self.segments_of(data) if data is not None else None
        with waiting_for(self.watcher, f"{tool} to end"):
            done = self.children.run(
                tool,
                [str(self.rung.folder / tool), *arguments],
                seconds=TOOL_SECONDS,
                env=clean_environment(),
                mode=self.rung.mode,
                segments=segments,
            )
        if done.status != 0:
            words = self.secrets.redact(done.last_words)
            raise LabError(f"{tool} failed with status {done.status}: {words}")
        return done.output


@contextlib.contextmanager
def prepared(binaries: Binaries, say: Callable[[str], None]) -> Iterator[Ground]:
    """The ground of one run; at its end every child is ended, whatever happened.

    Its folder goes when the run sets `closed_cleanly` or was interrupted, which leaves nothing to look for;
    else it stays, and `say` tells where it is.
    """
    children, work, rung = _foothold(binaries, say)
    ground: Ground | None = None
    try:
        ground = Ground(binaries, children, work, rung)
        with heeded():
            yield ground
    except KeyboardInterrupt:
        if ground is not None:
            ground.closed_cleanly = True
        raise
    finally:
        with uninterrupted():  # a Ctrl-C that comes now must not leave half a folder behind
            children.close()
            if ground is not None:
                ground.ports.close()
            if ground is None or ground.closed_cleanly:
                shutil.rmtree(work, ignore_errors=True)
            else:
                say(f"the run's folder stays for you to look at: {work}")


def _foothold(binaries: Binaries, say: Callable[[str], None]) -> tuple[Children, Path, Rung]:
    """A folder where PostgreSQL can be run, and as whom: where TMPDIR says, unless root's TMPDIR is closed to
    the account that has to stand in. Raises UsageError where there is none."""
    first: UsageError | None = None
    for base in (None, *(COMMON_FOLDERS if os.geteuid() == 0 else ())):
        work = _temporary_folder(base)
        children = Children(work)
        try:
            rung = climb(binaries, children, work)
        except BaseException as fault:
            children.close()
            shutil.rmtree(work, ignore_errors=True)
            if not isinstance(fault, UsageError):
                raise
            first = first or fault
            continue
        if base is not None:
            say(f"the account that PostgreSQL runs as cannot enter {tempfile.gettempdir()}: using {base}")
        return children, work, rung
    raise first or UsageError("no temporary folder can be made")


def _temporary_folder(base: str | None) -> Path:
    """A folder for the run's own files. Raises UsageError where none can be made."""
    try:
        work = Path(tempfile.mkdtemp(prefix="haproof-lab-", dir=base))
    except OSError as fault:
        raise UsageError(
            f"no temporary folder can be made ({fault.strerror}): set TMPDIR to a folder that can be written"
        ) from None
    work.chmod(0o711)
    return work
