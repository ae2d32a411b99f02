"""Faults of the disk under the primary's data: full, and frozen.

Both need every member's data on a file system of its own, so they run on a cluster of their own:
`prepare` mounts one for each member before the cluster is brought up.
"""

import os
import subprocess
from pathlib import Path

from haproof.errors import NotRun
from haproof.lab.faults.fault import ClusterFault, Undo
from haproof.lab.faults.thawer import frozen_by
from haproof.lab.sandbox.capability import tool
from haproof.lab.systems.managed import Managed

SIZE_MIB = 768
"""Of each member's file system: WAL of a whole trial fits, and a disk of ballast is written in a second."""

BALLAST = "haproof-ballast"
STEP = 1024 * 1024
COMMAND_SECONDS = 60.0
FULL, FREEZABLE = "tmpfs", "ext4"


def prepare(kind: str, system: Managed) -> None:
    """Give every member a file system of its own for its data. Raises NotRun where the machine refuses."""
    system.make_folders(*system.members)
    for host in system.members:
        disk = system.disk(host)
        if kind == FULL:
            _command("mount", "-t", "tmpfs", "-o", f"size={SIZE_MIB}m,mode=0700", "tmpfs", str(disk))
        else:
            _freezable(disk)


def _freezable(disk: Path) -> None:
    """An ext4 file system in a file, which the kernel lets go of with its last mount."""
    image = disk.with_suffix(".img")
    with open(image, "wb") as stream:
        stream.truncate(SIZE_MIB * 1024 * 1024)
    _command("mkfs.ext4", "-q", "-F", str(image))
    _command("mount", "-o", "loop", str(image), str(disk))
    disk.chmod(0o700)


def _command(program: str, *arguments: str) -> None:
    found = tool(program)
    if found is None:
        raise NotRun(f"the program {program} is missing: install {PACKAGES[program]}")
    done = subprocess.run(
        [found, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace",
        timeout=COMMAND_SECONDS,
    )  # fmt: skip
    if done.returncode != 0:
        raise NotRun(f"{program} refused: {done.stderr.strip() or done.returncode}")


PACKAGES = {"mount": "mount (util-linux)", "mkfs.ext4": "e2fsprogs"}


def _fill(system: Managed, primary: str) -> Undo:
    """Write ballast until the file system has no byte left."""
    ballast = system.disk(primary) / BALLAST
    with open(ballast, "wb", buffering=0) as stream:
        block = b"\0" * STEP
        while block:
            try:
                stream.write(block)
            except OSError:
                block = block[: len(block) // 2]
    return ballast.unlink


def _freeze(system: Managed, primary: str) -> Undo:
    return frozen_by(system.disk(primary))


def _cannot_freeze(system: Managed) -> str | None:
    """Freezing is root's own right, outside of any user namespace."""
    with open("/proc/self/uid_map", encoding="ascii") as stream:
        outside = stream.read().split()
    if os.geteuid() != 0 or outside[:2] != ["0", "0"] or outside[2] == "1":
        return "freezing a file system needs root: run the lab as root"
    missing = [name for name in PACKAGES if tool(name) is None]
    if missing:
        return f"the program {missing[0]} is missing: install {PACKAGES[missing[0]]}"
    if not os.path.exists("/dev/loop-control"):
        return "freezing a file system needs loop devices: load the module loop"
    return None


DISK_FULL = ClusterFault("disk-full", "the file system of its data filled", _fill, disk=FULL)
DISK_FREEZE = ClusterFault(
    "disk-freeze", "the file system of its data frozen", _freeze, _cannot_freeze, disk=FREEZABLE
)
