"""The lab's children: each started and kept by a keeper, signalled with its family, and never left behind.

    children = Children(folder)
    node = children.start("node1", argv, env=env, log=folder / "node1.log")
    node.send(signal.SIGTERM)
    node.wait(seconds=5)
    children.close()

Every child is the leader of its own session and process group; its family is whatever comes of it, also
processes that make sessions of their own. `keeper.py` stays with it and ends the family with the lab.
"""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from haproof.errors import LabError
from haproof.lab.interrupt import uninterrupted
from haproof.lab.keeper import alive, family_of
from haproof.lab.keeper_line import KeeperLine
from haproof.lab.shortage import noticed

KEEPER = Path(__file__).with_name("keeper.py")
PLAIN = "plain"
LARGEST_OUTPUT_BYTES = 16 * 1024 * 1024
"""Of what a command prints, so much is read: a list of thousands of backups fits."""

START_SECONDS = 30.0
END_SECONDS = 5.0
"""How long a child may take to end after it was asked to, before it is killed."""

POLL_SECONDS = 0.002


class Overdue(LabError):
    """A command did not end in time; whose fault that is, its caller knows."""


class NeverRan(LabError):
    """A program could not be run at all. `status` as a shell ends then: 126 or 127."""

    def __init__(self, status: int, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status


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
    """One process of the lab, with its family."""

    def __init__(
        self, name: str, pid: int, end_signal: signal.Signals, log: Path, keeper: "subprocess.Popen[bytes]",
        line: KeeperLine,
    ) -> None:  # fmt: skip
        self.name = name
        self.pid = pid
        self.log = log
        self.end_signal = end_signal
        self._keeper = keeper
        self._line = line
        self._status: int | None = None
        self.peak_bytes = 0
        """The most memory that it held at a time; known once it has ended."""
        self._lock = threading.Lock()

    @property
    def running(self) -> bool:
        """Whether the process itself has not ended."""
        return self.exit_status() is None

    def exit_status(self) -> int | None:
        """Exit status as in subprocess (negative: ended by that signal); None while it runs.

        What is left of its family is killed before the process is reaped: only until then does its id
        belong to it for certain.
        """
        with self._lock:
            if self._status is None and (said := self._line.heard(0)) is not None:
                self._let_go()
                self._status = int(said.partition(" ")[2]) if said else -signal.SIGKILL
            return self._status

    def wait(self, seconds: float) -> bool:
        """Wait for the end; False when it still runs after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.running:
            if time.monotonic() >= deadline:
                return False
            time.sleep(POLL_SECONDS)
        return True

    def send(self, number: signal.Signals, alone: bool = False) -> None:
        """Signal the whole family (or the process alone); one that has ended is left in peace."""
        with self._lock:
            if self._status is not None:
                return
            if alone:
                _deliver(os.kill, self.pid, number)
                return
            _deliver(os.killpg, self.pid, number)
            self._send_beyond_the_group(number)

    def family(self) -> list[int]:
        """Its process number and those of all that came of it; some may be gone a moment later."""
        return [] if self._status is not None else family_of(self._keeper.pid)

    def end(self, seconds: float = END_SECONDS) -> None:
        """Ask it to end its own way, then kill it. A stopped family is continued, so that it can."""
        self.ask_to_end()
        if not self.wait(seconds):
            self.send(signal.SIGKILL)
            self.wait(END_SECONDS)

    def ask_to_end(self) -> None:
        """Its own way is a signal to its group: PostgreSQL ends the sessions of its children itself."""
        with self._lock:
            if self._status is None:
                _deliver(os.killpg, self.pid, self.end_signal)
        self.send(signal.SIGCONT)

    def _send_beyond_the_group(self, number: signal.Signals) -> None:
        """Those who left the group; for a signal that cannot be escaped, until no new one appears."""
        reached: set[int] = set()
        while new := [pid for pid in family_of(self._keeper.pid) if pid not in reached and alive(pid)]:
            for pid in new:
                if not self._in_group(pid):
                    _deliver(os.kill, pid, number)
            reached.update(new)
            if number not in (signal.SIGKILL, signal.SIGSTOP):
                return

    def _in_group(self, pid: int) -> bool:
        try:
            return os.getpgid(pid) == self.pid
        except ProcessLookupError:
            return True

    def _let_go(self) -> None:
        """The keeper ends the family, and itself."""
        self._line.finish()
        word, _, kilobytes = (self._line.heard(END_SECONDS) or "").partition(" ")
        self.peak_bytes = int(kilobytes) * 1024 if word == "used" else 0
        self._keeper.wait()
        self._line.close()


def _deliver(how: Callable[[int, int], None], pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        how(pid, number)


class Children:
    """Every process of one lab run; `close` ends them all, last started first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._alive: list[Child] = []
        self._commands = 0

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
        segments: Path | None = None,
    ) -> Child:
        """Start `argv` with its output appended to `log` (stderr to `errors`, where that is given).

        `mode` is a mode of `keeper.py`; `end_signal` is how the child is asked to end when the lab does
        (SIGQUIT is PostgreSQL's immediate shutdown, which leaves no shared memory); `segments` is the data
        folder of a server. Raises NeverRan where the program cannot be run.
        """
        if threading.current_thread() is not threading.main_thread():
            raise LabError(f"{name} must be started from the main thread, which the lab's signals interrupt")
        with uninterrupted(), open(log, "ab") as output, open(errors or log, "ab") as error_output:
            my_end, its_end = socket.socketpair()
            line = KeeperLine(my_end)
            words = [str(its_end.fileno()), str(int(end_signal)), mode, str(segments or "")]
            try:
                with its_end:
                    keeper = subprocess.Popen(
                        [sys.executable, "-I", "-S", str(KEEPER), *words, "--", *argv],
                        stdin=subprocess.DEVNULL,
                        stdout=output,
                        stderr=error_output,
                        env=env,
                        cwd=cwd,
                        start_new_session=True,
                        pass_fds=(its_end.fileno(),),
                    )
                pid = _pid_of(name, keeper, line)
            except BaseException as fault:
                line.close()
                noticed.look_at(fault)
                if isinstance(fault, OSError):
                    raise LabError(f"{name} could not be started: {fault}") from fault
                raise
            child = Child(name, pid, end_signal, log, keeper, line)
            self._alive = [other for other in self._alive if other.running]
            self._alive.append(child)
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
        segments: Path | None = None,
    ) -> Done:
        """Run a command to its end, whatever its status. Raises Overdue at the deadline."""
        self._commands += 1
        log = self._folder / f"command-{self._commands:03}-{name}.out"
        errors = log.with_suffix(".err")
        started = time.monotonic()
        try:
            child = self.start(
                name, argv, log=log, errors=errors, env=env, mode=mode, cwd=cwd, segments=segments
            )
        except NeverRan as fault:
            return Done(fault.status, "", str(fault), milliseconds_since(started))
        in_time = child.wait(seconds)
        elapsed_ms = milliseconds_since(started)
        if not in_time:
            child.send(signal.SIGKILL)
            child.wait(END_SECONDS)
        if not in_time:
            raise Overdue(f"{name} did not end within {seconds:g} s; its output is in {log}")
        status = child.exit_status()
        cut = log.stat().st_size > LARGEST_OUTPUT_BYTES
        return Done(-1 if status is None else status, _text(log), _text(errors), elapsed_ms, cut)

    def end_all(self) -> None:
        """End every child, all asked at once and awaited in reverse order; nothing can interrupt this."""
        with uninterrupted():
            for child in reversed(self._alive):
                child.ask_to_end()
            while self._alive:
                self._alive[-1].end()
                self._alive.pop()

    def close(self) -> None:
        """End every child."""
        self.end_all()


def milliseconds_since(started_s: float) -> float:
    """From a moment of the monotonic clock until now."""
    return round((time.monotonic() - started_s) * 1000, 3)


def _pid_of(name: str, keeper: "subprocess.Popen[bytes]", line: KeeperLine) -> int:
    """What the keeper reports of its start. Raises NeverRan, or LabError where it says nothing."""
    said = line.heard(START_SECONDS)
    if said is None:
        keeper.kill()
    word, _, rest = (said or "").partition(" ")
    if word == "started":
        return int(rest)
    keeper.wait()
    if word == "failed":
        status, _, sentence = rest.partition(" ")
        raise NeverRan(int(status), sentence)
    raise LabError(f"{name} could not be started: its keeper said nothing within {START_SECONDS:g} s")


def _text(path: Path) -> str:
    """What a command printed, from its beginning on."""
    with open(path, "rb") as stream:
        return stream.read(LARGEST_OUTPUT_BYTES).decode("utf-8", "replace")


def held_at_most(pid: int) -> int:
    """The most memory that a running process held at a time, in bytes; 0 where that is not told."""
    with contextlib.suppress(OSError, ValueError), open(f"/proc/{pid}/status", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0
