"""Runs an order in a sandbox of its own, and passes on what it tells."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import haproof
from haproof.errors import LabError, NotRun
from haproof.lab.faults import thawer
from haproof.lab.progress import Watcher
from haproof.lab.sandbox.capability import command, obstacle
from haproof.lab.trials.order import Order, read_seen, write_order

PROGRAM = "haproof.lab.trials.inside"
LAST_WORDS = 2_000
EARLIER = "no control is part of such a run"


def run(order: Order, watcher: Watcher, module: str = PROGRAM) -> dict[str, Any]:
    """Carry out an order by a program; what was seen. Raises NotRun where no sandbox can be made, LabError
    with the reason where the run broke off before anything was measured (of trials with a control: before
    that had ended). KeyboardInterrupt ends the sandbox and passes."""
    reason = obstacle()
    if reason is not None:
        raise NotRun(reason)
    work = Path(order.work)
    file = work / "order.json"
    write_order(file, order)
    with beside() as (variables, handles):
        done = _run(order, file, watcher, module, variables, handles)
    return measured(work, done)


def measured(work: Path, done: str | None) -> dict[str, Any]:
    """What was seen by a run that was carried through (None), or broke off with a reason. Raises LabError
    with that where nothing was measured: of trials with a control, before that had ended."""
    seen = read_seen(work)
    if done is None:
        return seen
    if seen.get("metrics", {"control": None}).get("control", EARLIER) is None:
        raise LabError(done)
    return seen | {"broke_off": done}


def _run(
    order: Order,
    file: Path,
    watcher: Watcher,
    module: str,
    variables: dict[str, str],
    handles: tuple[int, ...],
) -> str | None:
    """Run the program to its end; None, or why it broke off."""
    kept = [
        sys.prefix, sys.base_prefix, str(Path(haproof.__file__).parent.parent), order.work, order.evidence,
        order.binaries, *([order.files] if order.files else []),
        *order.kept,
    ]  # fmt: skip
    with open(file.with_name("inside.log"), "w+b") as errors:
        program = subprocess.Popen(
            command([sys.executable, "-m", module, str(file)], kept),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=_environment() | variables,
            cwd="/",
            pass_fds=handles,
            start_new_session=True,
        )
        try:
            _pass_on(program.stdout, watcher)
            status = program.wait()
        finally:
            with contextlib.suppress(ProcessLookupError):
                program.send_signal(signal.SIGKILL)  # the kernel ends all that is inside
            program.wait()
            if program.stdout is not None:
                program.stdout.close()
        return None if status == 0 else _words(errors, status)


def _pass_on(told: IO[bytes] | None, watcher: Watcher) -> None:
    """Each line is a step or a wait."""
    for line in told or ():
        with contextlib.suppress(ValueError):
            what = json.loads(line)
            if "step" in what:
                watcher.step(what["step"])
            elif "waiting" in what:
                watcher.waiting(what["waiting"])


def _words(errors: IO[bytes], status: int) -> str:
    """The program's last line."""
    errors.seek(0)
    lines = errors.read().decode("utf-8", "replace").strip().splitlines()
    return lines[-1][-LAST_WORDS:] if lines else f"the program in the sandbox ended with status {status}"


def _environment() -> dict[str, str]:
    """What the program inside sees: where packages are, nothing else of the caller's."""
    found = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    if "PYTHONPATH" in os.environ:
        found["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return found


@contextlib.contextmanager
def beside() -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    """The process that thaws a disk, outside of the sandbox: what the program inside must be given for it."""
    ours, its = socket.socketpair()
    process = subprocess.Popen(
        [sys.executable, "-I", "-S", str(Path(thawer.__file__))],
        stdin=its.fileno(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        start_new_session=True,
    )
    its.close()
    try:
        yield {thawer.VARIABLE: str(ours.fileno())}, (ours.fileno(),)
    finally:
        with contextlib.suppress(OSError):
            ours.sendall(thawer.END)
        ours.close()
        threading.Thread(target=process.wait, daemon=True).start()
