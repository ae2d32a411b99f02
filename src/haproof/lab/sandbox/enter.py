"""Makes the sandbox and becomes its first process. A program of its own, run as

    python -I -S enter.py PARENT_PID KEPT… -- PROGRAM ARGUMENT…

It enters user (unless root may do without), network, mount, PID and IPC namespaces, mounts a private /proc,
/run, /dev/shm and /tmp (the KEPT folders stay visible where they lie below one of these), and runs PROGRAM.

Three processes: the outer one waits outside the PID namespace and dies with PARENT_PID; the first process
*inside* reaps whatever is orphaned there. Without that, a killed postmaster stays a zombie for ever, answers
`kill(pid, 0)`, and Patroni waits for its end: a fault of the lab that looks like one of the system. The third
is PROGRAM; when it ends, the first process ends with its status and the kernel ends all others.

Exit status 125: the sandbox was refused; the last line of stderr is `refused: STEP: ERRNO`.
"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Sequence

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000
MS_NOSUID = 0x2
MS_NODEV = 0x4
MS_BIND = 0x1000
MS_REC = 0x4000
MS_PRIVATE = 0x40000
PR_SET_PDEATHSIG = 1

REFUSED = 125
NOT_RUN = 127
PRIVATE = (("/run", "size=64m,mode=0755"), ("/dev/shm", "size=50%,mode=1777"), ("/tmp", "mode=1777"))
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

libc = ctypes.CDLL(None, use_errno=True)


class Refused(Exception):
    """One step of making the sandbox that the system does not allow: `step` and `errno`."""

    def __init__(self, step: str, number: int) -> None:
        super().__init__(f"{step}: {number}")


def _call(step: str, result: int) -> None:
    if result != 0:
        raise Refused(step, ctypes.get_errno())


def _file(step: str, path: str, line: str) -> None:
    try:
        with open(path, "w", encoding="ascii") as stream:
            stream.write(line)
    except OSError as fault:
        raise Refused(step, fault.errno or 0) from None


def _mount(step: str, source: str, target: str, kind: str | None, flags: int, data: str = "") -> None:
    encoded = [word.encode() if word is not None else None for word in (source, target, kind)]
    _call(step, libc.mount(*encoded, flags, data.encode()))


def die_with_parent() -> None:
    """SIGKILL when the parent ends, however it ends."""
    _call("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def namespaces() -> None:
    """All namespaces at once: without a user namespace where root may, else as root inside a new one."""
    wanted = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC
    uid, gid = os.geteuid(), os.getegid()
    if uid == 0 and libc.unshare(wanted) == 0:
        return
    _call("unshare", libc.unshare(wanted | CLONE_NEWUSER))
    _file("setgroups", "/proc/self/setgroups", "deny")
    _file("uid_map", "/proc/self/uid_map", f"0 {uid} 1")
    _file("gid_map", "/proc/self/gid_map", f"0 {gid} 1")


def _below(path: str, folder: str) -> bool:
    return os.path.commonpath([path, folder]) == folder


def mounts(kept: Sequence[str]) -> None:
    """Private /proc, /run, /dev/shm and /tmp; kept folders are held open and bound back to where they
    were."""
    _mount("private mounts", "none", "/", None, MS_REC | MS_PRIVATE)
    _mount("/proc", "proc", "/proc", "proc", MS_NOSUID | MS_NODEV)
    for folder, options in PRIVATE:
        inside = sorted({real for path in kept if _below(real := os.path.realpath(path), folder)})
        held = {path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in inside if path != folder}
        _mount(folder, "tmpfs", folder, "tmpfs", MS_NOSUID | MS_NODEV, options)
        for path, handle in held.items():
            os.makedirs(path, exist_ok=True)
            _mount(path, f"/proc/self/fd/{handle}", path, None, MS_BIND | MS_REC)
            os.close(handle)
    os.makedirs("/run/netns", exist_ok=True)


def _forward(pid: int) -> None:
    """Pass signals on: what asks the lab to end reaches the lab, and not its first process alone."""

    def handler(number: int, _frame: object) -> None:
        os.kill(pid, number)

    for number in FORWARDED:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler)


def _status(raw: int) -> int:
    return os.waitstatus_to_exitcode(raw) if os.WIFEXITED(raw) else 128 + os.WTERMSIG(raw)


def reap(program: int) -> int:
    """Wait for everything; the exit status of PROGRAM once it ends."""
    while True:
        pid, raw = os.waitpid(-1, 0)
        if pid == program:
            return _status(raw)


def run(program: Sequence[str]) -> int:
    """Become PROGRAM; the status for one that cannot be run."""
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(program[0], list(program))
    except OSError as fault:
        sys.stderr.write(f"cannot run {program[0]}: {fault.strerror}\n")
    return NOT_RUN


def first_process(kept: Sequence[str], program: Sequence[str]) -> int:
    """PID 1 of the sandbox."""
    die_with_parent()
    mounts(kept)
    pid = os.fork()
    if pid == 0:
        return run(program)
    _forward(pid)
    return reap(pid)


def _told(action: Callable[[], int]) -> int:
    """What an action returns; a refusal is told on stderr."""
    try:
        return action()
    except Refused as fault:
        sys.stderr.write(f"refused: {fault}\n")
        return REFUSED


def outer(parent: int, kept: Sequence[str], program: Sequence[str]) -> int:
    """Make the namespaces and wait for their first process."""
    die_with_parent()
    if os.getppid() != parent:
        return REFUSED
    namespaces()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        os._exit(_told(lambda: first_process(kept, program)))
    _forward(pid)
    while True:
        ended, raw = os.waitpid(pid, 0)
        if ended == pid:
            return _status(raw)


def main() -> None:
    """Read the command line and go."""
    at = sys.argv.index("--")
    parent, kept, program = int(sys.argv[1]), sys.argv[2:at], sys.argv[at + 1 :]
    sys.exit(_told(lambda: outer(parent, kept, program)))


if __name__ == "__main__":
    main()
