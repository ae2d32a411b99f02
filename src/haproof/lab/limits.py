"""What a slice needs of the machine, what there is, and what the nodes took of it."""

import contextlib
import os
import resource
from collections.abc import Iterable
from pathlib import Path

from haproof.errors import NotRun
from haproof.lab import control_group
from haproof.lab.cluster import Cluster
from haproof.lab.host import Sample
from haproof.lab.shortage import Left, Taken

MEBIBYTE = 1024 * 1024
PROCESSES = 100
"""Processes and threads: two nodes, a server with its sessions, keepers, the lab; 73 were counted."""

LIMITS = (
    (resource.RLIMIT_NOFILE, 256, "{soft} open files (ulimit -n), and a slice needs {least}"),
    (resource.RLIMIT_FSIZE, 64 * MEBIBYTE, "files of {soft} bytes (ulimit -f), too small for PostgreSQL's"),
    (resource.RLIMIT_CPU, 600, "{soft} s of CPU time (ulimit -t), and a run may need {least}"),
)
"""Limits of each process, and the least that will do: 60 files were counted; segments have 16 MB."""

MEMORY_BYTES = 100 * MEBIBYTE
"""127 to 217 MB were measured, some of it shared with others; below this the kernel ends processes."""

DISK_BYTES = 160 * MEBIBYTE
"""A slice with one server: its data folder, the template, write-ahead log: 112 MB were measured."""

PAIR_DISK_BYTES = {"quick": 256 * MEBIBYTE, "default": 512 * MEBIBYTE, "full": 2560 * MEBIBYTE}
"""VAL14 has two servers, and a gigabyte of log may be kept on each: 199 and 342 MB were measured."""

BACKUPS_DISK_BYTES = 384 * MEBIBYTE
"""PITR keeps a primary, three backups, a damaged one, four archives, and one restored copy at a time."""


def disk_bytes(slice_id: str, profile: str) -> int:
    """What a slice needs in the temporary folder."""
    if slice_id == "PITR":
        return BACKUPS_DISK_BYTES
    return PAIR_DISK_BYTES[profile] if slice_id == "VAL14" else DISK_BYTES


def left(now: Sample) -> Left:
    """What this machine, its limits and its control groups leave to a slice that begins."""
    processes = _least(control_group.processes_left(), _own_processes_left())
    return Left(processes, _least(now.memory_bytes, control_group.memory_left_bytes()), now.disk_bytes)


def _least(*limits: int | None) -> int | None:
    """The tightest of those that there are."""
    return min((limit for limit in limits if limit is not None), default=None)


def must_suffice(slice_id: str, profile: str, there: Left, folder: Path) -> None:
    """Before a slice begins. Raises NotRun with what is missing and where to allow it."""
    if there.processes is not None and there.processes < PROCESSES:
        raise NotRun(
            f"only {max(there.processes, 0)} more processes and threads are allowed here, and a slice needs "
            f"{PROCESSES}: allow more (ulimit -u, pids.max of the control group)"
        )
    if there.memory is not None and there.memory < MEMORY_BYTES:
        raise NotRun(
            f"only {there.memory // MEBIBYTE} MB of memory are left here, and a slice needs "
            f"{MEMORY_BYTES // MEBIBYTE} MB: free some, or allow more (memory.max of the control group)"
        )
    needed = disk_bytes(slice_id, profile)
    if there.disk is not None and there.disk < needed:
        raise NotRun(
            f"only {there.disk // MEBIBYTE} MB are free in {folder.parent}, and this slice needs "
            f"{needed // MEBIBYTE} MB: free some, or set TMPDIR to a folder with more"
        )
    for what, least, words in LIMITS:
        soft, _ = resource.getrlimit(what)
        if soft != resource.RLIM_INFINITY and soft < least:
            raise NotRun(f"the caller's limits allow only {words.format(soft=soft, least=least)}: allow more")


def _own_processes_left() -> int | None:
    """How many more processes and threads this user may have; None for root, who is not counted."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NPROC)
    if soft == resource.RLIM_INFINITY or os.geteuid() == 0:
        return None
    used = 0
    with contextlib.suppress(OSError):
        for entry in Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdecimal() and entry.stat().st_uid == os.geteuid():
                    used += len(os.listdir(entry / "task"))
    return soft - used


def taken(clusters: Iterable[Cluster], servers: Path, needed_disk: int) -> Taken:
    """What the nodes hold at the end of a slice, while they live; `servers` is the folder of the slice.

    Their disk is what lies in their own folders, and a database that outgrew what the lab's load needs.
    """
    nodes = [node for cluster in clusters for node in cluster.nodes]
    pids = [pid for node in nodes for pid in node.family()]
    own = [Path(node.names["dir"]) for node in nodes] + [cluster.backup_dir for cluster in clusters]
    of_nodes = sum(_size(folder) for folder in own)
    of_servers = _size(servers) - of_nodes
    return Taken(
        processes=sum(_threads(pid) for pid in pids),
        memory=sum(node.peak_bytes() for node in nodes),
        disk=of_nodes + max(of_servers - needed_disk, 0),
    )


def _threads(pid: int) -> int:
    with contextlib.suppress(OSError):
        return len(os.listdir(f"/proc/{pid}/task"))
    return 0


def _size(folder: Path) -> int:
    """Bytes on disk below a folder; what goes away meanwhile counts for nothing."""
    total = 0
    for where, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(where, name)).st_blocks * 512
    return total
