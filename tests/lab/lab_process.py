"""A lab run as a process of its own, seen from outside: what it prints, writes, and leaves behind."""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
import termios
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
DEADLINE_SECONDS = 100.0
"""No figure: a lab that hangs is ended before its test is, and says so. A busy machine takes its time."""


ENDING = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)
"""Signals that end a lab, and that a shell without job control or `nohup` lets what it starts ignore."""


@contextlib.contextmanager
def interrupt_not_ignored() -> Iterator[None]:
    """What is started within ignores no signal that ends a lab, also where the tests themselves run in the
    background or behind `nohup`: a lab keeps to what it finds ignored.

    A handler of a parent is the default of its child. From the main thread, unless nothing is ignored.
    """
    ignored = [number for number in ENDING if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        heed = signal.default_int_handler if number == signal.SIGINT else lambda *_: None
        signal.signal(number, heed)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


@dataclass
class Lab:
    """One `haproof lab run`, with a temporary folder of its own so that everything of it can be found."""

    folder: Path
    arguments: tuple[str, ...] = ()
    slice_id: str = "VAL13"
    around: tuple[str, ...] = ()
    """A command that runs the lab in its turn, such as `env` or `unshare`."""

    variables: Mapping[str, str] = field(default_factory=dict)
    interpreter: str = sys.executable
    tmp: str = "tmp"
    evidence: Path = field(init=False)
    temporary: Path = field(init=False)

    def __post_init__(self) -> None:
        self.evidence = self.folder / "evidence"
        self.temporary = self.folder / self.tmp
        self.temporary.mkdir(parents=True)
        self.temporary.chmod(0o711)

    def start(self) -> None:
        with interrupt_not_ignored():
            self.process = subprocess.Popen(
                self._argv(),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                **self._surroundings(),
            )

    def start_on(self, terminal: int) -> None:
        """Start it in a session of its own, with this terminal as the one that it is controlled by."""

        def take() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

        with interrupt_not_ignored():
            self.process = subprocess.Popen(
                self._argv(),
                stdin=terminal,
                stdout=terminal,
                stderr=terminal,
                text=True,
                preexec_fn=take,
                **self._surroundings(),
            )

    def _surroundings(self) -> dict[str, Any]:
        environment = os.environ | {"TMPDIR": str(self.temporary)} | dict(self.variables)
        return {"cwd": self.folder, "env": environment, "start_new_session": True}

    def _argv(self) -> list[str]:
        return [
            *self.around,
            self.interpreter,
            "-m",
            "haproof",
            "lab",
            "run",
            "--profile",
            "quick",
            "--slices",
            self.slice_id,
            "--evidence",
            str(self.evidence),
            *self.arguments,
        ]

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode, out, err

    def run(self) -> tuple[int, str, str]:
        self.start()
        return self.end()

    @property
    def slice_folder(self) -> Path:
        return self.evidence / self.slice_id.lower()

    def report(self) -> Any:
        return json.loads((self.slice_folder / f"{self.slice_folder.name}-report.json").read_bytes())

    def checks(self) -> dict[str, str]:
        return {check["id"]: check["status"] for check in self.report()["checks"]}

    def journal(self) -> str:
        with contextlib.suppress(FileNotFoundError):
            return (self.slice_folder / "journal.jsonl").read_text()
        return ""

    def await_journal(self, text: str, times: int = 1) -> None:
        """Wait until the journal holds `text` so often."""
        deadline = time.monotonic() + DEADLINE_SECONDS
        while self.journal().count(text) < times:
            if self.process.poll() is not None:
                pytest.fail(f"the lab ended before {text!r} stood in its journal: {self.end()}")
            assert time.monotonic() < deadline, f"{text!r} never stood in the journal"
            time.sleep(0.01)

    def secrets(self) -> set[str]:
        """The passwords and the token of the running lab, from its own private files."""
        [work] = self.temporary.glob("haproof-lab-*")
        passwords = {line.rpartition(":")[2] for line in (work / "pgpass").read_text().splitlines()}
        return passwords | {(work / "token").read_text().strip()}

    def processes(self) -> dict[int, str]:
        """Every living process that has to do with this lab's temporary folder."""
        mark = str(self.temporary).encode()
        found: dict[int, str] = {}
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit() or int(entry.name) == os.getpid():
                continue
            with contextlib.suppress(OSError):
                words = (entry / "cmdline").read_bytes()
                where = os.fsencode(os.readlink(entry / "cwd"))
                if mark in words + b"\0" + where + b"\0" + (entry / "environ").read_bytes():
                    found[int(entry.name)] = words.replace(b"\0", b" ").decode(errors="replace")
        return found

    def await_silence(self, seconds: float = 8.0) -> dict[int, str]:
        """What still runs of this lab after at most `seconds`: nothing, if all is well."""
        deadline = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return left

    def leftovers(self) -> list[str]:
        """Folders that the lab left in its temporary folder."""
        return sorted(path.name for path in self.temporary.iterdir())


def without_namespaces() -> tuple[str, ...]:
    """Run the lab where no namespace can be made, as many containers have it."""
    script = Path(__file__).with_name("without_namespaces.py")
    around = (sys.executable, str(script))
    probe = subprocess.run([*around, "unshare", "--user", "true"], capture_output=True, check=False)
    if probe.returncode != 1 or b"Operation not permitted" not in probe.stderr:
        pytest.skip(f"no system call can be refused here: {probe.stderr!r}")
    return around


def shared_memory_of(pids: Mapping[int, str]) -> list[str]:
    """System V segments that one of these processes created, as the test's own IPC namespace sees them."""
    lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    return [line for line in lines if int(line.split()[4]) in pids]


def shared_files_of(pids: Iterable[int]) -> list[str]:
    """Files in /dev/shm that one of these processes has mapped now: what a killed one would leave there."""
    found = []
    for pid in pids:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
            found += [line for line in lines if "/dev/shm/" in line]
    return found


def side_by_side(labs: Sequence[Lab]) -> list[tuple[int, str, str]]:
    """Run labs at the same time, each to its end: they mostly wait. Status, output and messages of each."""
    with contextlib.ExitStack() as stack:
        for lab in labs:
            stack.enter_context(running(lab))
        with ThreadPoolExecutor(len(labs)) as pool:
            return list(pool.map(Lab.end, labs))


@contextlib.contextmanager
def running(lab: Lab) -> Iterator[Lab]:
    """Started, and ended whatever the test does."""
    lab.start()
    try:
        yield lab
    finally:
        if lab.process.poll() is None:
            os.killpg(lab.process.pid, signal.SIGKILL)
            lab.process.communicate()
