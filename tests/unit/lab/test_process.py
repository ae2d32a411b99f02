"""Children: started on a leash, signalled as a group, ended whatever happens."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.errors import LabError
from haproof.lab.interrupt import interruptible, uninterrupted
from haproof.lab.ports import Ports, is_free
from haproof.lab.process import WATCHDOG, Children

FAMILY = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    family = Children(tmp_path)
    yield family
    family.close()


def gone(pid: int, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(pid, 0)
            with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
                if stream.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except (ProcessLookupError, FileNotFoundError):
            return True
        time.sleep(0.01)
    return False


def grandchild(log: Path) -> int:
    deadline = time.monotonic() + 10
    while not (text := log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(text)


def test_a_command_is_run_with_its_streams_apart(children: Children) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    done = children.run("command", [sys.executable, "-c", code], seconds=20)
    assert (done.status, done.output, done.errors) == (7, "out\n", "err\n")
    assert done.last_words == "err"
    assert done.elapsed_ms > 0


def test_a_command_that_does_not_end_is_the_labs_fault(children: Children) -> None:
    with pytest.raises(LabError, match=r"sleep did not end within 0\.2 s"):
        children.run("sleep", ["sleep", "60"], seconds=0.2)


def test_a_program_that_cannot_run_says_so(children: Children) -> None:
    done = children.run("absent", ["/absent/program"], seconds=20)
    assert done.status == 127
    assert done.last_words == "cannot run /absent/program: No such file or directory"


def test_a_child_leads_its_own_group_with_default_signals(children: Children, tmp_path: Path) -> None:
    code = (
        "import os, signal;"
        "print(os.getpgid(0) == os.getpid(), os.getsid(0) == os.getpid(), os.getcwd(),"
        "signal.pthread_sigmask(signal.SIG_BLOCK, ()) == set())"
    )
    done = children.run("who", [sys.executable, "-c", code], seconds=20)
    assert done.output.split() == ["True", "True", "/", "True"]


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_whole_group_ends_with_its_leader(children: Children, tmp_path: Path) -> None:
    child = children.start("family", [sys.executable, "-c", FAMILY], log=tmp_path / "family.log")
    inner = grandchild(child.log)
    child.send(signal.SIGKILL, alone=True)
    assert child.wait(5)
    assert gone(inner)


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_stopped_child_and_one_that_ignores_sigterm_are_ended(children: Children, tmp_path: Path) -> None:
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"
    deaf += "; time.sleep(60)"
    child = children.start(
        "deaf", [sys.executable, "-c", deaf], log=tmp_path / "deaf.log", end_signal=signal.SIGTERM
    )
    grandchild(child.log)
    child.send(signal.SIGSTOP)
    child.end(seconds=0.2)
    assert not child.running
    assert child.exit_status() == -signal.SIGKILL


def test_children_start_from_the_main_thread_only(children: Children, tmp_path: Path) -> None:
    faults: list[Exception] = []

    def start() -> None:
        try:
            children.start("late", ["true"], log=tmp_path / "late.log")
        except LabError as fault:
            faults.append(fault)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert "main thread" in str(faults[0])


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_the_watchdog_ends_what_is_still_listed_when_its_pipe_ends() -> None:
    listed, struck = (
        subprocess.Popen(["sleep", "60"], start_new_session=True, stdout=subprocess.DEVNULL) for _ in range(2)
    )
    try:
        os.kill(listed.pid, signal.SIGSTOP)
        lines = f"+{listed.pid} {int(signal.SIGTERM)}\n+{struck.pid} 9\n-{struck.pid}\n"
        subprocess.run(
            [sys.executable, "-I", "-S", str(WATCHDOG)], input=lines, text=True, check=True, timeout=20
        )
        assert listed.wait(5) == -signal.SIGTERM
        assert struck.poll() is None
    finally:
        for process in (listed, struck):
            process.kill()
            process.wait()


def guarded(steps: list[str]) -> None:
    with interruptible():
        with uninterrupted():
            with uninterrupted():
                os.kill(os.getpid(), signal.SIGINT)
                time.sleep(0.01)
                steps.append("inner")
            steps.append("outer")
        steps.append("never")


def test_a_signal_waits_for_the_end_of_what_must_not_be_interrupted() -> None:
    steps: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        guarded(steps)
    assert steps == ["inner", "outer"]


def ended() -> None:
    with interruptible():
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(1)


def test_sigterm_interrupts_like_ctrl_c_and_the_handlers_come_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(KeyboardInterrupt):
        ended()
    assert signal.getsignal(signal.SIGTERM) is before


def test_reserved_ports_are_never_given_twice() -> None:
    one, other = Ports(), Ports()
    found = [one.reserve() for _ in range(30)] + [other.reserve() for _ in range(30)]
    assert len(set(found)) == 60
    assert all(is_free(port) for port in found)
    one.close()
    other.close()
