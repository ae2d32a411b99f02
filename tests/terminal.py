"""A command at a terminal of its own, and a person who types."""

import fcntl
import os
import pty
import select
import subprocess
import termios
import time
from collections.abc import Sequence
from pathlib import Path


def _take_terminal() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def typed(command: Sequence[str], answers: Sequence[tuple[str, str]], folder: Path) -> tuple[int, str]:
    """Run `command`; after each expected text type the answer. Returns exit status and all that was shown."""
    master, slave = pty.openpty()
    ended = subprocess.Popen(
        command,
        cwd=folder,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=_take_terminal,
    )
    os.close(slave)
    shown = ""
    try:
        for expected, answer in answers:
            seen = len(shown)
            while expected not in shown[seen:]:
                more = _more(master)
                assert more, f"{expected!r} never came: {shown!r}"
                shown += more
            os.write(master, f"{answer}\n".encode())
        while more := _more(master):
            shown += more
        return ended.wait(30), shown.replace("\r\n", "\n")
    finally:
        if ended.poll() is None:
            ended.kill()
        ended.wait()
        os.close(master)


def _more(master: int) -> str:
    """What is shown next; empty at the end, or after 30 s of silence."""
    waiting = select.poll()  # not select(), which knows no handle beyond 1023
    waiting.register(master, select.POLLIN)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if waiting.poll(1_000):
            try:
                return os.read(master, 65_536).decode("utf-8", "replace")
            except OSError:
                return ""
    return ""
