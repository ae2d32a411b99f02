"""Whether this machine can have a sandbox, and if not, the one thing to install or allow."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ENTER = Path(__file__).with_name("enter.py")
TRIAL_SECONDS = 20.0

SWITCHES = (
    ("kernel.apparmor_restrict_unprivileged_userns", "1", "0"),
    ("kernel.unprivileged_userns_clone", "0", "1"),
    *((f"user.max_{kind}_namespaces", "0", "15000") for kind in ("user", "net", "pid", "mnt", "ipc")),
)
"""Settings that forbid namespaces: name, the value that forbids, one that allows."""


def command(program: Sequence[str], kept: Sequence[str] = ()) -> list[str]:
    """The command line that runs a program inside a new sandbox which dies with this process."""
    return [sys.executable, "-I", "-S", str(ENTER), str(os.getpid()), *kept, "--", *program]


def obstacle() -> str | None:
    """Why no sandbox can be made here, with what to do about it; None where a trial run stands."""
    if sys.platform != "linux":
        return "a cluster needs Linux namespaces: run it on a Linux machine"
    if tool("ip") is None:
        return "the program ip is missing: install iproute2"
    try:
        done = subprocess.run(
            command(["true"], kept=[sys.prefix, sys.base_prefix]),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=TRIAL_SECONDS,
            cwd="/",
        )
    except subprocess.TimeoutExpired:
        return f"making namespaces did not end within {TRIAL_SECONDS:g} s: look at the kernel's log"
    if done.returncode == 0:
        return None
    said = done.stderr.strip().splitlines()[-1:] or [f"exit status {done.returncode}"]
    return f"this machine does not allow private namespaces ({_words(said[0])}): {_advice()}"


def tool(name: str) -> str | None:
    """A system administrator's program, also where an ordinary user's PATH leaves its folder out."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def _words(line: str) -> str:
    """`refused: unshare: 1` with the error's name in place of its number."""
    head, _, number = line.rpartition(": ")
    if not line.startswith("refused: ") or not number.isdecimal():
        return line
    return f"{head.removeprefix('refused: ')}: {os.strerror(int(number))}"


def _advice() -> str:
    """The setting that forbids it, where one is found."""
    for name, forbidding, allowing in SWITCHES:
        if _read(f"/proc/sys/{name.replace('.', '/')}") == forbidding:
            return f"allow them with 'sysctl -w {name}={allowing}' (as root)"
    if "Seccomp:\t2" in (_read("/proc/self/status") or ""):
        return (
            "a container's seccomp profile forbids them; start the container with "
            "--security-opt seccomp=unconfined --cap-add SYS_ADMIN, or run outside of it"
        )
    return "run as root, or where unprivileged user namespaces are allowed"


def _read(path: str) -> str | None:
    try:
        with open(path, encoding="ascii", errors="replace") as stream:
            return stream.read().strip()
    except OSError:
        return None
