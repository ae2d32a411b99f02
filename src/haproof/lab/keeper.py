"""Stays with one child of the lab from its start to its end, and outlives whatever kills the lab.

Run as `python -I -S keeper.py SOCKET DEATH_SIGNAL MODE SEGMENTS -- PROGRAM ARGUMENT…`, not imported by it. It
starts PROGRAM in a session of its own and adopts every process that comes of it (on Linux, as their
subreaper), whatever sessions those make for themselves. SOCKET is the number of a file descriptor:

    to the lab      started PID | failed STATUS SENTENCE; then ended STATUS; then used KILOBYTES (at its peak)
    from the lab    finish: what is left of the family is killed, and its leader's number is given back

The end of the lab, however that happens, ends the socket too: the child is sent DEATH_SIGNAL, and after a
grace period the family is killed. Should the keeper itself be killed, the kernel kills the child.

Modes: `plain`; `namespaces:UID:GID` enters a user namespace in which the caller is UID:GID, and a private
IPC namespace, so that no System V shared memory outlives its processes; `account:UID:GID` becomes another
account (root only). Without that namespace a killed server leaves a segment: SEGMENTS is the data folder
whose lock file names it, or empty.
"""

import contextlib
import ctypes
import os
import select
import signal
import socket
import sys
import time

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
IPC_RMID = 0
CANNOT_ENTER = 126
CANNOT_RUN = 127
GRACE_SECONDS = 1.5
"""What a child may take for its end after the lab's: PostgreSQL's immediate shutdown needs milliseconds."""

KILL_SECONDS = 5.0
BLIND_SECONDS = 0.5
"""The same where there is no /proc to find a family in: only the child's own group is reached then."""

POLL_SECONDS = 0.002
SCORE, HIGHEST_SCORE = 300, 1000
"""Of oom_score_adj: 300 is a handicap of 30 % of all memory; raising it needs no privilege."""

SEGMENT_LINE = 6
"""Of postmaster.pid, from 0: the key and the number of the server's System V segment."""


def children_of(pid: int) -> list[int]:
    """Its direct children, zombies too; as of a moment in which some may come or go."""
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children", encoding="ascii") as stream:
                found += [int(word) for word in stream.read().split()]
    return found


def family_of(pid: int) -> list[int]:
    """Every descendant, children before their own."""
    found, ahead = [], [pid]
    while ahead:
        inner = children_of(ahead.pop())
        found += inner
        ahead += inner
    return found


def alive(pid: int) -> bool:
    """Whether a process still runs (a zombie does not)."""
    with contextlib.suppress(OSError), open(f"/proc/{pid}/stat", "rb") as stream:
        return stream.read().rpartition(b")")[2].split()[0] not in (b"Z", b"X")
    return False


def deliver(pid: int, number: int, group: bool = False) -> None:
    """Signal a process, or its group, that may be gone already."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        (os.killpg if group else os.kill)(pid, number)


def enter_namespaces(libc: ctypes.CDLL, uid: int, gid: int) -> None:
    """Become UID:GID in a new user namespace (unchanged outside it) with an IPC namespace of its own."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWIPC) != 0:
        raise OSError(ctypes.get_errno(), "unshare of user and IPC namespace")
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as stream:
            stream.write(line)


def become(uid: int, gid: int) -> None:
    """Become another account for good, one that can reach the working folder."""
    here = os.getcwd()
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
    os.chdir(here)


def die_with_parent(libc: ctypes.CDLL, parent: int) -> None:
    """Ask the kernel for SIGKILL at the keeper's end; leave at once if that was already."""
    if sys.platform == "linux" and libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(CANNOT_ENTER)


def go_first() -> None:
    """Where memory ends, the lab is to be there still to say so: its children go before it."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "r+", encoding="ascii") as stream:
        score = min(int(stream.read()) + SCORE, HIGHEST_SCORE)
        stream.seek(0)
        stream.write(str(score))


def become_program(libc: ctypes.CDLL, keeper: int, mode: str, program: list[str]) -> tuple[int, str]:
    """In the forked child: leave everything of the keeper's behind. Returns why PROGRAM does not run."""
    os.setsid()
    go_first()
    kind, *ids = mode.split(":")
    try:
        if kind == "namespaces":
            enter_namespaces(libc, int(ids[0]), int(ids[1]))
        elif kind == "account":
            become(int(ids[0]), int(ids[1]))
        die_with_parent(libc, keeper)
    except OSError as fault:
        return CANNOT_ENTER, f"cannot start {program[0]} ({mode}): {fault}"
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError):  # the C library keeps some for itself
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    try:
        os.execvp(program[0], program)
    except (OSError, ValueError) as fault:
        return CANNOT_RUN, f"cannot run {program[0]}: {getattr(fault, 'strerror', fault)}"


def start(libc: ctypes.CDLL, mode: str, program: list[str]) -> tuple[int, str]:
    """Fork and become PROGRAM; its pid, or the status and the sentence of its failure.

    The pipe closes by itself once the program runs: every descriptor beyond the streams is marked so.
    """
    keeper = os.getpid()
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        status, sentence = become_program(libc, keeper, mode, program)
        os.write(tell, f"{status} {sentence}".encode("utf-8", "replace"))
        os._exit(status)
    os.close(tell)
    with open(told, "rb") as stream:
        words = stream.read().decode("utf-8")
    if words:
        os.waitpid(pid, 0)
    return pid, words


class Keeper:
    """The child, its family, and the line to the lab."""

    def __init__(self, pid: int, lab: socket.socket, wake: int) -> None:
        self._pid = pid
        self._lab = lab
        self._wake = wake

    def watch(self, death_signal: int) -> None:
        """Until the lab says finish, or is gone: report the child's end, reap what the family left."""
        told = False
        # Not select(), which knows no handle beyond 1023: the line has the number that it has in the lab.
        line, waiting = self._lab.fileno(), select.poll()
        for handle in (line, self._wake):
            waiting.register(handle, select.POLLIN)
        while True:
            if not told and (status := ended(self._pid)) is not None:
                told = True
                self._say(f"ended {status}")
            self._reap()
            ready = {handle for handle, _ in waiting.poll()}
            if self._wake in ready:
                os.read(self._wake, 512)
            if line in ready:
                if not self._lab.recv(512):
                    self._ask_to_end(death_signal)
                return

    def finish(self) -> None:
        """Kill what is left, again and again until nothing is, and give the numbers back."""
        deadline = time.monotonic() + (KILL_SECONDS if os.path.isdir("/proc/self") else BLIND_SECONDS)
        deliver(self._pid, signal.SIGKILL, group=True)
        with contextlib.suppress(ChildProcessError):  # raised once there is no child any more
            while time.monotonic() < deadline:
                for pid in family_of(os.getpid()):
                    deliver(pid, signal.SIGKILL)
                while (gone := os.wait4(-1, os.WNOHANG))[0]:
                    if gone[0] == self._pid:
                        self._say(f"used {gone[2].ru_maxrss}")
                time.sleep(POLL_SECONDS)

    def _say(self, sentence: str) -> None:
        with contextlib.suppress(OSError):  # the lab is gone
            self._lab.sendall(f"{sentence}\n".encode())

    def _ask_to_end(self, death_signal: int) -> None:
        deliver(self._pid, death_signal, group=True)
        for pid in (self._pid, *family_of(os.getpid())):
            deliver(pid, signal.SIGCONT)
        deadline = time.monotonic() + GRACE_SECONDS
        while ended(self._pid) is None and time.monotonic() < deadline:
            time.sleep(POLL_SECONDS)

    def _reap(self) -> None:
        """The adopted who have ended; the child itself keeps its number until the lab has let go of it."""
        for pid in children_of(os.getpid()):
            if pid != self._pid and not alive(pid):
                with contextlib.suppress(ChildProcessError):
                    os.waitpid(pid, os.WNOHANG)


_reaped: dict[int, int] = {}


def ended(pid: int) -> int | None:
    """How the child ended (negative: by that signal), still a zombie where the system can look at one."""
    if pid in _reaped:
        return _reaped[pid]
    if not hasattr(os, "waitid"):  # macOS before Python 3.13: its number is given back a moment too early
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            _reaped[pid] = os.waitstatus_to_exitcode(status)
        return _reaped.get(pid)
    seen = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    if seen is None:
        return None
    return seen.si_status if seen.si_code == os.CLD_EXITED else -seen.si_status


def remove_segment(libc: ctypes.CDLL, folder: str) -> None:
    """Remove the System V segment that a killed server of this data folder left behind."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        with open(os.path.join(folder, "postmaster.pid"), encoding="ascii", errors="replace") as stream:
            lines = stream.read().split("\n")
        # initdb's single-user servers write their number negative.
        number, owner = int(lines[SEGMENT_LINE].split()[1]), abs(int(lines[0]))
        if (number, owner) in unused_segments():
            libc.shmctl(number, IPC_RMID, None)


def unused_segments() -> set[tuple[int, int]]:
    """Segments of this namespace that nobody is attached to, each with the process that made it."""
    with open("/proc/sysvipc/shm", encoding="ascii") as stream:
        rows = [line.split() for line in stream.readlines()[1:]]
    return {(int(row[1]), int(row[4])) for row in rows if row[6] == "0"}


def main() -> None:
    """Start the child and stay with it."""
    control, death_signal, mode, segments = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4]
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP, signal.SIGCHLD}:
        with contextlib.suppress(OSError):
            signal.signal(number, signal.SIG_IGN)
    os.set_inheritable(control, False)
    lab = socket.socket(fileno=control)
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda number, frame: None)
    libc = ctypes.CDLL(None, use_errno=True)
    if sys.platform == "linux":
        libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    try:
        pid, fault = start(libc, mode, sys.argv[6:])
    except OSError as failed:
        pid, fault = 0, f"{CANNOT_ENTER} cannot start {sys.argv[6]}: {failed.strerror}"
    with contextlib.suppress(OSError):  # the lab is gone already: watch() will see that
        lab.sendall((f"failed {fault}\n" if fault else f"started {pid}\n").encode("utf-8", "replace"))
    if not fault:
        keeper = Keeper(pid, lab, wake)
        keeper.watch(death_signal)
        keeper.finish()
        if segments:
            remove_segment(libc, segments)


if __name__ == "__main__":
    main()
