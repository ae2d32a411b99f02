"""The lab's children: started on a leash, signalled as a group, and never left behind.

    children = Children(folder)
    node = children.start("node1", argv, env=env, log=folder / "node1.log")
    node.send(signal.SIGTERM)
    node.wait(seconds=5)
    children.close()

Every child is the leader of its own session and process group and is started through `leash.py`; the
watchdog knows it too. Start children from the main thread only: the kernel's parent-death signal comes
when the *thread* that started a child ends.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import LabError
from haproof.lab.interrupt import uninterrupted

LEASH = Path(__file__).with_name("leash.py")
WATCHDOG = Path(__file__).with_name("watchdog.py")
PLAIN = "plain"
LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024
"""Of what a command prints, so much is read: a list of thousands of backups fits."""

END_SECONDS = 5.0
"""How long a child may take to end after it was asked to, before it is killed."""


class Overdue(LabError):
    """A command did not end in time; whose fault that is, its caller knows."""


@dataclass(frozen=True)
class Done:
    """A command that ran to its end; `elapsed_ms` includes the start of its process.

    `cut`: it printed more than `LARGEST_OUTPUT_BYTES`, and `output` is only the beginning.
    """

    status: int
    output: str
    errors: str
    elapsed_ms: float
    cut: bool = False

    @property
    def last_words(self) -> str:
        """The last lines of what it said, on one line."""
        return " / ".join((self.errors or self.output).strip().splitlines()[-3:])


class Child:
    """One process of the lab, with its process group."""

    def __init__(
        self, name: str, popen: subprocess.Popen[bytes], end_signal: signal.Signals, log: Path
    ) -> None:
        self.name = name
        self.pid = popen.pid
        self.log = log
        self.end_signal = end_signal
        self._popen = popen
        self._status: int | None = None

    @property
    def running(self) -> bool:
        """Whether the process itself has not ended."""
        return self.exit_status() is None

    def exit_status(self) -> int | None:
        """Exit status as in subprocess (negative: ended by that signal); None while it runs.

        What is left of its group is killed before the process is reaped: only until then does its id
        belong to it for certain.
        """
        if self._status is None and self._has_ended():
            self._deliver(signal.SIGKILL)
            self._status = self._popen.wait()
        return self._status

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False when it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.running:
            if time.monotonic() >= deadline:
                return False
            time.sleep(0.002)
        return True

    def send(self, number: signal.Signals, alone: bool = False) -> None:
        """Signal the whole group (or the process alone); one that has ended is left in peace."""
        if self._status is None:
            self._deliver(number, alone)

    def end(self, seconds: float = END_SECONDS) -> None:
        """Ask it to end its own way, then kill it. A stopped process is continued, so that it can."""
        self.send(self.end_signal)
        self.send(signal.SIGCONT)
        if not self.wait(seconds):
            self.send(signal.SIGKILL)
            self.wait(END_SECONDS)

    def _has_ended(self) -> bool:
        if not hasattr(os, "waitid"):  # macOS before Python 3.13: reaped a moment too early, then
            return self._popen.poll() is not None
        try:
            ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:
            return True
        return ended is not None

    def _deliver(self, number: signal.Signals, alone: bool = False) -> None:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            (os.kill if alone else os.killpg)(self.pid, number)


class Children:
    """Every process of one lab run; `close` ends them all, last started first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alive: list[Child] = []
        self._commands = 0
        self._watchdog = subprocess.Popen(
            [sys.executable, "-I", "-S", str(WATCHDOG)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
        )

    def start(
        self,
        name: str,
        argv: Sequence[str],
        *,
        log: Path,
        errors: Path | None = None,
        env: Mapping[str, str] | None = None,
        mode: str = PLAIN,
        end_signal: signal.Signals = signal.SIGKILL,
        cwd: str = "/",
    ) -> Child:
        """Start `argv` with its output appended to `log` (stderr to `errors`, where that is given).

        `mode` is a mode of `leash.py`; `end_signal` is how the child is asked to end when the lab does
        (SIGQUIT is PostgreSQL's immediate shutdown, which leaves no shared memory).
        """
        if threading.current_thread() is not threading.main_thread():
            raise LabError(f"{name} must be started from the main thread, whose end the kernel watches")
        leash = [sys.executable, "-I", "-S", str(LEASH), str(os.getpid()), str(int(end_signal)), mode, "--"]
        with uninterrupted(), open(log, "ab") as output, open(errors or log, "ab") as error_output:
            try:
                popen = subprocess.Popen(
                    [*leash, *argv],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=error_output,
                    env=env,
                    cwd=cwd,
                    start_new_session=True,
                )
            except OSError as fault:
                raise LabError(f"{name} could not be started: {fault}") from fault
            child = Child(name, popen, end_signal, log)
            for other in list(self._alive):
                if not other.running:
                    self.forget(other)
            self._alive.append(child)
            self._tell(f"+{child.pid} {int(end_signal)}")
        return child

    def run(
        self,
        name: str,
        argv: Sequence[str],
        *,
        seconds: float,
        env: Mapping[str, str] | None = None,
        mode: str = PLAIN,
        cwd: str = "/",
    ) -> Done:
        """Run a command to its end, whatever its status. Raises Overdue at the deadline."""
        self._commands += 1
        log = self._folder / f"command-{self._commands:03}-{name}.out"
        errors = log.with_suffix(".err")
        started = time.monotonic()
        child = self.start(name, argv, log=log, errors=errors, env=env, mode=mode, cwd=cwd)
        in_time = child.wait(seconds)
        elapsed_ms = round((time.monotonic() - started) * 1000, 3)
        if not in_time:
            child.send(signal.SIGKILL)
            child.wait(END_SECONDS)
        self.forget(child)
        if not in_time:
            raise Overdue(f"{name} did not end within {seconds:g} s; its output is in {log}")
        status = child.exit_status()
        cut = log.stat().st_size > LARGEST_OUTPUT_BYTES
        return Done(-1 if status is None else status, _text(log), _text(errors), elapsed_ms, cut)

    def forget(self, child: Child) -> None:
        """Strike a child that has ended off the lists."""
        if child in self._alive:
            self._alive.remove(child)
            self._tell(f"-{child.pid}")

    def end_all(self) -> None:
        """End every child, all asked at once and awaited in reverse order; nothing can interrupt this."""
        with uninterrupted():
            for child in reversed(self._alive):
                child.send(child.end_signal)
                child.send(signal.SIGCONT)
            for child in reversed(list(self._alive)):
                child.end()
                self.forget(child)

    def close(self) -> None:
        """End every child, and the watchdog with them."""
        with uninterrupted():
            self.end_all()
            with contextlib.suppress(OSError):
                if self._watchdog.stdin is not None:
                    self._watchdog.stdin.close()
            self._watchdog.wait()

    def _tell(self, line: str) -> None:
        """Tell the watchdog; without it the kernel's parent-death signal is the only net (not fatal)."""
        stdin = self._watchdog.stdin
        if stdin is not None and not stdin.closed:
            with contextlib.suppress(OSError):
                stdin.write(f"{line}\n".encode("ascii"))
                stdin.flush()


def _text(path: Path) -> str:
    """What a command printed, from its beginning on."""
    with open(path, "rb") as stream:
        return stream.read(LARGEST_OUTPUT_BYTES).decode("utf-8", "replace")
