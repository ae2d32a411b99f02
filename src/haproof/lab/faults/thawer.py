"""Freezes a file system so that it is thawed whatever happens to the lab. Also a program of its own:

    python -I -S thawer.py          (its standard input: one end of a socket pair)

A process that waits for a frozen disk cannot be killed, and a PID namespace does not end before its last
process: whoever thaws must live outside of the sandbox, and must not touch the frozen disk. This program is
started by the lab beside the sandbox. It is sent an open folder of the file system before that is frozen, and
thaws it when it is told to or when the lab is gone.
"""

import contextlib
import fcntl
import os
import select
import signal
import socket
from collections.abc import Callable
from pathlib import Path

FIFREEZE, FITHAW = 0xC0045877, 0xC0045878
"""linux/fs.h."""

VARIABLE = "HAPROOF_THAWER"
"""In the sandbox: the number of the socket's other end."""

END = b"end\n"
ANSWER_SECONDS = 10.0
LOOK_SECONDS = 0.2


def frozen_by(folder: Path) -> Callable[[], None]:
    """Freeze the file system of a folder; what is handed back thaws it. Raises OSError where that is
    refused."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    line = socket.socket(fileno=os.dup(int(os.environ[VARIABLE])))
    line.settimeout(ANSWER_SECONDS)
    try:
        socket.send_fds(line, [b"hold\n"], [held])
        _answered(line)
        fcntl.ioctl(held, FIFREEZE, 0)
    except BaseException:
        line.close()
        os.close(held)
        raise

    def thaw() -> None:
        os.close(held)
        line.sendall(b"thaw\n")
        _answered(line)
        line.close()

    return thaw


def _answered(line: socket.socket) -> None:
    if line.recv(16) != b"done\n":
        raise OSError("the process that thaws the disk is gone")


def main() -> None:
    """Hold what is sent, thaw it when told to, or when the lab is gone."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    line, lab = socket.socket(fileno=os.dup(0)), os.getppid()
    held: list[int] = []
    heard = select.poll()
    heard.register(line, select.POLLIN)
    message = b"begin\n"
    # The end of the line is no sign of the lab's: a process that waits for the frozen disk still has it open.
    while message not in (b"", END):
        if not heard.poll(LOOK_SECONDS * 1000):
            message = b"begin\n" if os.getppid() == lab else END
            continue
        message, handles, _, _ = socket.recv_fds(line, 16, 4)
        held += handles
        if message == b"thaw\n":
            thaw(held)
        with contextlib.suppress(OSError):
            line.sendall(b"done\n")
    thaw(held)


def thaw(held: list[int]) -> None:
    """Thaw and let go of everything that is held."""
    while held:
        handle = held.pop()
        with contextlib.suppress(OSError):  # it was never frozen
            fcntl.ioctl(handle, FITHAW, 0)
        os.close(handle)


if __name__ == "__main__":
    main()
