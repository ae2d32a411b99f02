"""Children: started and kept by a keeper, signalled as a family, ended whatever happens."""

import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from haproof.errors import LabError
from haproof.lab.keeper import family_of, unused_segments
from haproof.lab.keeper_line import KeeperLine
from haproof.lab.ports import Ports, is_free
from haproof.lab.process import Children

FAMILY = """
import os, signal, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""


DAEMON = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execve("/bin/sh", ["sh", "-c", "echo $$; exec sleep 60"], {})
    os._exit(0)
os.wait()
time.sleep(60)
"""

SEGMENT = """
import ctypes, os, sys, time
libc = ctypes.CDLL(None)
number = libc.shmget(0, 56, 0o1600)
libc.shmat.restype = ctypes.c_void_p
libc.shmat(number, None, 0)
os.makedirs(sys.argv[1], exist_ok=True)
with open(sys.argv[1] + "/postmaster.pid", "w") as stream:
    stream.write(f"{os.getpid()}\\n/data\\n0\\n0\\n\\n\\n  0  {number}\\n")
print(number, flush=True)
time.sleep(60)
"""

MANY = 1_100
"""Handles: more than the 1,024 that select() can look at."""

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


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


def state(pid: int) -> str:
    with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
        return stream.read().rpartition(")")[2].split()[0]


def becomes(pid: int, wanted: str, seconds: float = 5.0) -> bool:
    deadline = time.monotonic() + seconds
    while state(pid) != wanted and time.monotonic() < deadline:
        time.sleep(0.01)
    return state(pid) == wanted


def parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
        return int(stream.read().rpartition(")")[2].split()[1])


def grandchild(log: Path) -> int:
    deadline = time.monotonic() + 10
    while not log.exists() or not (text := log.read_text()):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    return int(text)


def test_a_command_is_run_with_its_streams_apart(children: Children) -> None:
    code = "import sys; print('out'); print('err', file=sys.stderr); sys.exit(7)"
    done = children.run("command", [sys.executable, "-c", code], seconds=20)
    assert (done.status, done.output, done.errors) == (7, "out\n", "err\n")
    assert done.last_words == "err"
    assert done.elapsed_ms > 0


def test_a_lab_that_holds_many_handles_is_served_like_any_other(children: Children) -> None:
    """The line to a keeper keeps its number there, and select() knows none beyond 1,023."""
    allowed = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed[1] < MANY + 100:
        pytest.skip(f"needs {MANY + 100} open files")
    resource.setrlimit(resource.RLIMIT_NOFILE, (MANY + 100, allowed[1]))
    held = [os.open(os.devnull, os.O_RDONLY) for _ in range(MANY)]
    try:
        done = children.run("said", ["/bin/sh", "-c", "sleep 0.1; echo said"], seconds=10)
    finally:
        for handle in held:
            os.close(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, allowed)
    assert (done.status, done.output) == (0, "said\n")


def test_a_keeper_that_is_killed_with_words_unread_has_ended(children: Children, tmp_path: Path) -> None:
    child = children.start("sleeper", ["/bin/sleep", "60"], log=tmp_path / "log")
    child._keeper.send_signal(signal.SIGSTOP)
    child._line.finish()
    child._keeper.kill()
    assert child.wait(5)
    assert child.exit_status() == -signal.SIGKILL


def test_a_child_that_has_ended_before_its_start_was_read(children: Children, tmp_path: Path) -> None:
    line, keepers = socket.socketpair()
    with line, keepers:
        keepers.sendall(b"started 17\nended 3\n")
        heard = KeeperLine(line)
        assert (heard.heard(1), heard.heard(1), heard.heard(0)) == ("started 17", "ended 3", None)
        keepers.sendall(b"half")
        keepers.shutdown(socket.SHUT_WR)
        assert heard.heard(1) == ""


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


@linux_only
def test_the_whole_group_ends_with_its_leader(children: Children, tmp_path: Path) -> None:
    child = children.start("family", [sys.executable, "-c", FAMILY], log=tmp_path / "family.log")
    inner = grandchild(child.log)
    child.send(signal.SIGKILL, alone=True)
    assert child.wait(5)
    assert gone(inner)


@linux_only
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


@linux_only
def test_a_fault_reaches_who_made_a_session_and_an_environment_of_his_own(
    children: Children, tmp_path: Path
) -> None:
    child = children.start("daemon", [sys.executable, "-c", DAEMON], log=tmp_path / "daemon.log")
    other = children.start("other", [sys.executable, "-c", DAEMON], log=tmp_path / "other.log")
    daemon, its = grandchild(child.log), grandchild(other.log)
    assert os.getsid(daemon) != os.getsid(child.pid)
    child.send(signal.SIGSTOP)
    assert becomes(child.pid, "T")
    assert becomes(daemon, "T")
    child.send(signal.SIGCONT)
    assert becomes(daemon, "S")
    child.send(signal.SIGKILL)
    assert gone(daemon)
    assert child.wait(5)
    assert becomes(its, "S")


@linux_only
def test_a_family_ends_with_its_leader(children: Children, tmp_path: Path) -> None:
    child = children.start("daemon", [sys.executable, "-c", DAEMON], log=tmp_path / "daemon.log")
    daemon = grandchild(child.log)
    child.send(signal.SIGTERM, alone=True)
    assert child.wait(5)
    assert child.exit_status() == -signal.SIGTERM
    assert gone(daemon)


LAB = """
import sys, time
from pathlib import Path
from haproof.lab.process import Children
log = Path(sys.argv[1], "daemon.log")
children = Children(log.parent)
children.start("daemon", [sys.executable, "-c", sys.argv[2]], log=log)
time.sleep(60)
"""


@linux_only
def test_nothing_outlives_a_killed_lab_not_even_a_daemon_or_the_stopped(tmp_path: Path) -> None:
    lab = subprocess.Popen([sys.executable, "-c", LAB, str(tmp_path), DAEMON])
    try:
        daemon = grandchild(tmp_path / "daemon.log")
        family = [pid for pid in family_of(lab.pid) if pid != daemon]
        assert len(family) == 2, "the keeper and its child"
        os.kill(daemon, signal.SIGSTOP)
    finally:
        lab.kill()
        lab.wait()
    assert all(gone(pid) for pid in (daemon, *family))


@linux_only
def test_a_child_does_not_outlive_its_killed_keeper(children: Children, tmp_path: Path) -> None:
    child = children.start("sleep", ["sleep", "60"], log=tmp_path / "sleep.log")
    os.kill(parent(child.pid), signal.SIGKILL)
    assert child.wait(5)
    assert child.exit_status() == -signal.SIGKILL
    assert gone(child.pid)


@linux_only
def test_the_keeper_reaps_whom_it_adopted(children: Children, tmp_path: Path) -> None:
    many = "import os, time\nfor _ in range(20): os.system('setsid true &')\nprint(1, flush=True)"
    many += "; time.sleep(60)"
    child = children.start("many", [sys.executable, "-c", many], log=tmp_path / "many.log")
    grandchild(child.log)
    deadline = time.monotonic() + 10
    while family_of(parent(child.pid)) != [child.pid]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


@linux_only
def test_the_segment_of_a_killed_server_is_removed(children: Children, tmp_path: Path) -> None:
    """A stand-in for a server: it makes a segment, and a lock file that names it as PostgreSQL's does."""
    made = children.start(
        "server", [sys.executable, "-c", SEGMENT, str(tmp_path)], log=tmp_path / "log", segments=tmp_path
    )
    number = grandchild(tmp_path / "log")
    other = children.start(
        "other", [sys.executable, "-c", SEGMENT, str(tmp_path / "x")], log=tmp_path / "log2"
    )
    kept = grandchild(tmp_path / "log2")
    made.end()
    other.end()
    left = {number for number, _ in unused_segments()}
    subprocess.run(["ipcrm", "-m", str(kept)], check=True)
    assert kept in left
    assert number not in left


def test_reserved_ports_are_never_given_twice() -> None:
    one, other = Ports(), Ports()
    found = [one.reserve() for _ in range(30)] + [other.reserve() for _ in range(30)]
    assert len(set(found)) == 60
    assert all(is_free(port) for port in found)
    one.close()
    other.close()
