"""The two clocks of a machine, and which boot the second one counts from."""

import subprocess
import sys
import time
from functools import cache

from haproof.core.soak.lines import Moment
from haproof.errors import UsageError

_BOOT_FILE = "/proc/sys/kernel/random/boot_id"
_SINCE_BOOT = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
"""Linux: suspension included. Elsewhere (macOS) CLOCK_MONOTONIC already includes it."""


def moment() -> Moment:
    """Now. Raises UsageError where the system does not say which boot it is."""
    return Moment(time.time_ns() // 1_000_000, up_ms(), boot_id())


def up_ms() -> int:
    """Milliseconds since boot, suspension included."""
    return time.clock_gettime_ns(_SINCE_BOOT) // 1_000_000


@cache
def boot_id() -> str:
    """A text that is another one after each boot."""
    try:
        with open(_BOOT_FILE, encoding="ascii") as stream:
            return stream.read().strip()
    except OSError:
        pass
    if sys.platform == "darwin":
        command = ["/usr/sbin/sysctl", "-n", "kern.bootsessionuuid"]
        found = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
        if found:
            return found
    raise UsageError(
        f"this system has no id of its boot ({_BOOT_FILE}), so a reboot could not be seen: "
        "run the soak on Linux or macOS, with /proc mounted"
    )
