"""Started in front of every program on a host of the sandbox: moves to that host, then becomes the program.

    python -I -S host_exec.py HOST ACCOUNT SOURCE:TARGET… -- PROGRAM ARGUMENT…

HOST is the name of a network namespace below /run/netns, or `-` for the sandbox's own. ACCOUNT is `UID:GID`
to be that account in a user namespace (PostgreSQL refuses uid 0), or `-`. Each SOURCE is bound over TARGET in
a mount namespace of the program's own, so that every host can have the same paths (a socket folder, say).
"""

import ctypes
import os
import signal
import sys

CLONE_NEWNS = 0x00020000
CLONE_NEWUSER = 0x10000000
CLONE_NEWNET = 0x40000000
MS_BIND = 0x1000
MS_REC = 0x4000
MS_SLAVE = 0x80000
CANNOT_ENTER = 126
CANNOT_RUN = 127

libc = ctypes.CDLL(None, use_errno=True)


def _call(step: str, result: int) -> None:
    if result != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), step)


def to_host(name: str) -> None:
    """Join the host's network namespace."""
    handle = os.open(f"/run/netns/{name}", os.O_RDONLY | os.O_CLOEXEC)
    _call("setns", libc.setns(handle, CLONE_NEWNET))
    os.close(handle)


def bind(pairs: list[str]) -> None:
    """Bind folders over others, for this program and its children alone."""
    _call("unshare of mounts", libc.unshare(CLONE_NEWNS))
    _call("slave mounts", libc.mount(b"none", b"/", None, MS_REC | MS_SLAVE, None))
    for pair in pairs:
        source, _, target = pair.partition(":")
        os.makedirs(target, exist_ok=True)
        _call(f"bind {target}", libc.mount(source.encode(), target.encode(), None, MS_BIND, None))


def become(uid: int, gid: int) -> None:
    """Be UID:GID in a new user namespace; outside it nothing changes."""
    outer_uid, outer_gid = os.geteuid(), os.getegid()
    _call("unshare of the account", libc.unshare(CLONE_NEWUSER))
    for name, line in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outer_uid} 1"),
        ("gid_map", f"{gid} {outer_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as stream:
            stream.write(line)


def main() -> None:
    """Move, and become PROGRAM."""
    at = sys.argv.index("--")
    host, account, pairs, program = sys.argv[1], sys.argv[2], sys.argv[3:at], sys.argv[at + 1 :]
    try:
        if host != "-":
            to_host(host)
        if pairs:
            bind(pairs)
        if account != "-":
            uid, _, gid = account.partition(":")
            become(int(uid), int(gid))
    except OSError as fault:
        sys.stderr.write(f"cannot start {program[0]} on {host}: {fault.filename}: {fault.strerror}\n")
        sys.exit(CANNOT_ENTER)
    for number in (signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    try:
        os.execvp(program[0], program)
    except OSError as fault:
        sys.stderr.write(f"cannot run {program[0]}: {fault.strerror}\n")
        sys.exit(CANNOT_RUN)


if __name__ == "__main__":
    main()
