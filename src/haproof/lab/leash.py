"""Started in front of every child of the lab: ties it to the lab's life, then becomes it.

Run as `python -I -S leash.py PARENT_PID DEATH_SIGNAL MODE -- PROGRAM ARGUMENT…`, not imported. It is a
program of its own because nothing but exec is safe between fork and exec in a process with threads.

Modes: `plain`; `namespaces:UID:GID` enters a user namespace in which the caller is UID:GID, and a private
IPC namespace, so that no System V shared memory outlives its processes; `account:UID:GID` becomes another
account (root only). On Linux the kernel then sends DEATH_SIGNAL when the lab's main thread ends, however
that happens; elsewhere the watchdog does it alone. Exit status 126 or 127 means that PROGRAM never ran.
"""

import contextlib
import ctypes  # here and not where it is used: another account may not be able to read Python's own files
import os
import signal
import sys

CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
CANNOT_ENTER = 126
CANNOT_RUN = 127


def enter_namespaces(uid: int, gid: int) -> None:
    """Become UID:GID in a new user namespace (unchanged outside it) with an IPC namespace of its own."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
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
    """Become another account for good."""
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def die_with_parent(parent: int, death_signal: int) -> None:
    """Ask the kernel for DEATH_SIGNAL at the parent's end; leave at once if that was already."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:
        os._exit(CANNOT_ENTER)


def main() -> None:
    """Tie the knot and become PROGRAM."""
    parent, death_signal, mode = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    program = sys.argv[5:]
    kind, *ids = mode.split(":")
    try:
        if kind == "namespaces":
            enter_namespaces(int(ids[0]), int(ids[1]))
        elif kind == "account":
            become(int(ids[0]), int(ids[1]))
        die_with_parent(parent, death_signal)
    except OSError as fault:
        sys.stderr.write(f"cannot start {program[0]} ({mode}): {fault}\n")
        sys.exit(CANNOT_ENTER)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        with contextlib.suppress(OSError):  # the C library keeps some for itself
            signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(program[0], program)
    except OSError as fault:
        sys.stderr.write(f"cannot run {program[0]}: {fault.strerror}\n")
        sys.exit(CANNOT_RUN)


if __name__ == "__main__":
    main()
