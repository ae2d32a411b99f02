"""pg_dump and pg_restore as child processes: found, bounded in time, ended with the node."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

MOST_SECONDS = 600.0

_running: set["subprocess.Popen[bytes]"] = set()


class ToolFailed(Exception):
    """A tool is missing, failed or took too long; the message is one sentence."""


def end_all() -> None:
    """Kill the tools that still run, because the node ends."""
    for child in list(_running):
        child.kill()


@contextmanager
def run(name: str, *arguments: str, stdin: int | None, stdout: int) -> Iterator[IO[bytes] | None]:
    """Run a tool while the block reads its output (`subprocess.PIPE`); leaving the block wants status 0."""
    program = _find(name)
    with tempfile.TemporaryFile() as complaints:
        try:
            child = subprocess.Popen(
                [program, *arguments],
                stdin=subprocess.DEVNULL if stdin is None else stdin,
                stdout=stdout,
                stderr=complaints,
                env={**os.environ, "LC_ALL": "C"},
            )
        except OSError as error:
            raise ToolFailed(f"{name} could not be started: {error.strerror}") from error
        _running.add(child)
        patience = threading.Timer(MOST_SECONDS, child.kill)
        patience.daemon = True
        patience.start()
        try:
            yield child.stdout
            status = child.wait()
        finally:
            patience.cancel()
            child.kill()
            child.wait()
            _running.discard(child)
            if child.stdout:
                child.stdout.close()
        if status != 0:
            complaints.seek(0)
            said = " ".join(complaints.read(2000).decode(errors="replace").split())
            raise ToolFailed(f"{name} ended with status {status}: {said or 'it did not say why'}")


def _find(name: str) -> str:
    folder = os.environ.get("HAPROOF_PG_BIN")
    found = shutil.which(name, path=folder) if folder else shutil.which(name)
    if found is None:
        where = f"in HAPROOF_PG_BIN ({folder})" if folder else "on the PATH; set HAPROOF_PG_BIN"
        raise ToolFailed(f"{name} was not found {where}")
    return str(Path(found))
