"""Disks that are full or frozen, and a lab that is killed while one is frozen."""

import contextlib
import os
import subprocess
import time
from pathlib import Path

import pytest

from cluster.sandboxed import arguments, environment, needs_sandbox, told
from haproof.lab.trials.sandboxed import beside

pytestmark = [pytest.mark.cluster, needs_sandbox]

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="freezing a file system needs root")


def test_a_full_disk_refuses_and_is_emptied_again(tmp_path: Path) -> None:
    seen = told("disks", str(tmp_path), "full", kept=(str(tmp_path),))
    assert seen == {"before": "written", "during": "No space left on device", "after": "written"}


@needs_root
def test_a_frozen_disk_waits_and_is_thawed_again(tmp_path: Path) -> None:
    with beside() as (variables, handles):
        done = subprocess.run(
            arguments("disks", str(tmp_path), "freeze", kept=(str(tmp_path),)),
            capture_output=True, text=True, timeout=60, env=environment() | variables, pass_fds=handles,
        )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == '{"before": "written", "during": "waits", "after": "written"}'


def _waiting(marker: str) -> list[str]:
    """Processes whose command line has the marker."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdecimal():
            try:
                if marker.encode() in Path("/proc", name, "cmdline").read_bytes():
                    found.append(name)
            except OSError:
                continue
    return found


def _devices() -> list[str]:
    """The files that loop devices stand on."""
    found = []
    for path in Path("/sys/block").glob("loop*/loop/backing_file"):
        with contextlib.suppress(OSError):
            found.append(path.read_text().strip())
    return found


@needs_root
def test_a_lab_that_is_killed_leaves_no_frozen_disk_and_no_process(tmp_path: Path) -> None:
    with beside() as (variables, handles):
        process = subprocess.Popen(
            arguments("disks", str(tmp_path), "frozen", kept=(str(tmp_path),)),
            stdout=subprocess.PIPE, env=environment() | variables, pass_fds=handles,
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        process.stdout.close()
        process.wait(10)
    image = str(next(tmp_path.rglob("*.img")))
    deadline = time.monotonic() + 10
    # The kernel gives a device back in its own time, after the last process of the namespace is gone.
    while (_waiting(str(tmp_path)) or image in _devices()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _waiting(str(tmp_path)) == []
    assert image not in _devices()
