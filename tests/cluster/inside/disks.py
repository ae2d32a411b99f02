"""A disk of a member's own: filled and emptied, frozen and thawed; `frozen` waits until it is killed."""

import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from haproof.lab.faults.disks import DISK_FREEZE, DISK_FULL, prepare

folder = Path(sys.argv[1])
fault = {"full": DISK_FULL, "freeze": DISK_FREEZE, "frozen": DISK_FREEZE}[sys.argv[2]]


def disk(host: str) -> Path:
    return folder / host / "disk"


def make_folders(*hosts: str) -> None:
    for host in hosts:
        disk(host).mkdir(parents=True)


system: Any = SimpleNamespace(members=("pg1",), disk=disk, make_folders=make_folders)
reason = fault.obstacle(system)
if reason is not None:
    print(json.dumps({"reason": reason}))
    sys.exit()
assert fault.disk is not None
prepare(fault.disk, system)
files = (disk("pg1") / str(number) for number in range(9))


def write() -> str:
    try:
        with open(next(files), "wb", buffering=0) as stream:
            stream.write(b"x" * 100_000)
            os.fsync(stream.fileno())
    except OSError as refused:
        return refused.strerror or "refused"
    return "written"


seen: list[str] = []


def in_time(seconds: float) -> str:
    writer = threading.Thread(target=lambda: seen.append(write()), daemon=True)
    writer.start()
    writer.join(seconds)
    return "waits" if writer.is_alive() else seen[-1]


before = write()
undo = fault.inject(system, "pg1")
during = in_time(0.5)
if sys.argv[2] == "frozen":
    print("ready", flush=True)
    threading.Event().wait(60)
undo()
after = in_time(10)
print(json.dumps({"before": before, "during": during, "after": after}))
