"""Undoes what the lab broke where the lab itself is killed. A program of its own:

    python -I -S warden.py          (its standard input: a pipe that only the lab holds open)

Each line is a JSON object: `{"open": ID, "argv": […]}` when something is about to be broken, with the
command line that undoes it, and `{"closed": ID}` once that is undone. When the pipe ends, what is still open
is undone.
"""

import json
import signal
import subprocess
import sys
import time

COMMAND_SECONDS = 60.0
RETRY_SECONDS = 5.0
GIVE_UP_SECONDS = 300.0
AGAIN_SECONDS = 15.0
"""A command may still be on its way when the lab is killed: so long after, all is undone once more."""


def main() -> None:
    """Listen to the end, then undo."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT):
        signal.signal(number, signal.SIG_IGN)
    broken: dict[int, list[str]] = {}
    for line in sys.stdin.buffer:
        try:
            said = json.loads(line)
        except ValueError:
            continue  # cut off by the end of the lab
        if "open" in said:
            broken[said["open"]] = said["argv"]
        else:
            broken.pop(said["closed"], None)
    deadline = time.monotonic() + GIVE_UP_SECONDS
    again = list(broken.values())
    while broken and time.monotonic() < deadline:
        for one, argv in list(broken.items()):
            if undone(argv):
                del broken[one]
        if broken:
            time.sleep(RETRY_SECONDS)
    if again:
        time.sleep(AGAIN_SECONDS)
    for argv in again:
        undone(argv)


def undone(argv: list[str]) -> bool:
    """Run one command line; whether it says that it did its work."""
    try:
        done = subprocess.run(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            timeout=COMMAND_SECONDS, start_new_session=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


if __name__ == "__main__":
    main()
