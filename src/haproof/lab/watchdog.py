"""Outlives the lab by a few seconds to end what a killed lab leaves behind.

Run as `python -I -S watchdog.py`, not imported. It reads lines from its standard input, a pipe that only
the lab holds open: `+GROUP SIGNAL` (a process group was started, and how to ask it to end) and `-GROUP`
(it is gone). When the lab ends, however that happens, the pipe ends too: what is still listed is asked to
end, and killed after a grace period. It reaches what the kernel's parent-death signal does not: children
of children, stopped processes, and systems that have no such signal.
"""

import os
import signal
import sys
import time

GRACE_SECONDS = 3.0


def alive(group: int) -> bool:
    """Whether the process group still has a member."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def send(group: int, number: int) -> None:
    """Signal a group that may be gone already."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def main() -> None:
    """Keep the list until the pipe ends, then clear it."""
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        words = line.split()
        if line.startswith("+"):
            groups[int(words[0][1:])] = int(words[1])
        else:
            groups.pop(int(words[0][1:]), None)
    for group, number in groups.items():
        send(group, number)
        send(group, signal.SIGCONT)
    deadline = time.monotonic() + GRACE_SECONDS
    while groups and time.monotonic() < deadline:
        groups = {group: number for group, number in groups.items() if alive(group)}
        time.sleep(0.02)
    for group in groups:
        send(group, signal.SIGKILL)


if __name__ == "__main__":
    main()
