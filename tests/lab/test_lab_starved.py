"""The lab's machine is short of something, or its clock is stepped: the slice is not run, not failed.

One thing at a time is taken away from a healthy system; and one system takes it away by itself.
"""

import contextlib
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab.bad_run import target_file
from lab.lab_process import Lab, linux_only, running, side_by_side

pytestmark = [pytest.mark.lab, linux_only]

CLOCK_SOURCE = Path(__file__).parent / "stepped_clock" / "clock.c"
PIDS = Path("/sys/fs/cgroup/pids")
SMALL_DISK = 'mount -t tmpfs -o size=200m none "$TMPDIR" || exit 99'
FILL = (
    "until grep -q database.stop evidence/val17/journal.jsonl 2>/dev/null; do sleep 0.05; done; "
    'dd if=/dev/zero of="$TMPDIR/fill" bs=1M 2>/dev/null'
)


def not_run(lab: Lab, status: int, err: str) -> str:
    """The reason in the report of a lab that ended as it must; and nothing of it is left."""
    assert status == 3, err
    assert "Traceback" not in err
    assert lab.await_silence() == {}
    reason: str = lab.report()["not_run"]
    assert reason in err
    return reason


@pytest.fixture(scope="module")
def clock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that steps the wall clock of every process that is started with it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        pytest.skip("no C compiler for a clock that can be stepped")
    library = tmp_path_factory.mktemp("clock") / "clock.so"
    subprocess.run(
        [compiler, "-O1", "-shared", "-fPIC", "-o", str(library), str(CLOCK_SOURCE), "-ldl"], check=True
    )
    for folder in (library.parent, library.parent.parent):
        folder.chmod(folder.stat().st_mode | 0o011)
    return library


class SteppedLab(Lab):
    """A lab whose whole family has another wall clock."""

    def with_clock(self, library: Path) -> "SteppedLab":
        self.offset = self.folder / "offset"
        self.step(0)
        self.variables = {"LD_PRELOAD": str(library), "STEPPED_CLOCK": str(self.offset)}
        return self

    def step(self, seconds: float) -> None:
        """The wall clock is so far from the machine's from now on."""
        with open(self.offset, "r+b" if self.offset.exists() else "w+b") as stream:
            stream.write(struct.pack("=q", int(seconds * 1e9)))


def test_the_wall_clock_is_stepped_back_once(tmp_path: Path, clock: Path) -> None:
    lab = SteppedLab(tmp_path, slice_id="VAL17").with_clock(clock)
    with running(lab):
        lab.await_journal('"every node to report lost"', times=2)
        lab.step(-30)
        reason = not_run(lab, *lab.end()[::2])
    assert "the wall clock of this machine was stepped by -30.0 s" in reason
    report = lab.report()
    assert report["started_at"] < report["generated_at"]
    host = report["environment"]["host"]
    assert host["clock_steps_ms"] == [pytest.approx(-30_000, abs=100)]
    assert host["at_start"]["clock_drift_ms"] == pytest.approx(0, abs=100)
    assert host["at_end"]["clock_drift_ms"] == pytest.approx(-30_000, abs=100)


def test_the_wall_clock_is_stepped_again_and_again(tmp_path: Path, clock: Path) -> None:
    """While PostgreSQL is away: the nodes' own times then say that it was back before it was lost."""
    lab = SteppedLab(tmp_path, slice_id="VAL17").with_clock(clock)
    with running(lab):
        lab.await_journal('"every node to report lost"', times=2)
        for number in range(1, 9):
            lab.step(-3 * number)
            time.sleep(0.5)
        reason = not_run(lab, *lab.end()[::2])
    assert "was stepped 8 times, once by -3.0 s" in reason


def test_a_clock_that_is_wrong_all_along(tmp_path: Path, clock: Path) -> None:
    """It stands at the beginning of 1970, in 2001, in 2100."""
    labs = []
    for year in (1970, 2001, 2100):
        lab = SteppedLab(tmp_path / str(year), slice_id="VAL17").with_clock(clock)
        lab.step((year - 1970) * 31_557_600 + 5 - time.time())
        labs.append(lab)
    for lab, (status, _, err) in zip(labs, side_by_side(labs), strict=True):
        assert status == 0, (lab.folder, err)


def test_the_disk_is_full_in_the_middle(tmp_path: Path) -> None:
    script = f'{SMALL_DISK}; ({FILL}) & exec "$@"'
    around = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    lab = Lab(tmp_path, slice_id="VAL17", around=around)
    status, _, err = lab.run()
    if "unshare:" in err or status == 99:
        pytest.skip(f"no file system can be mounted here: {err.strip()}")
    assert "this machine ran out of disk space" in not_run(lab, status, err)


def test_a_disk_that_is_too_small_is_said_before_anything_starts(tmp_path: Path) -> None:
    script = f'{SMALL_DISK.replace("200m", "92m")}; exec "$@"'
    around = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    lab = Lab(tmp_path, slice_id="VAL17", around=around)
    status, _, err = lab.run()
    if "unshare:" in err or status == 99:
        pytest.skip(f"no file system can be mounted here: {err.strip()}")
    reason = not_run(lab, status, err)
    assert reason.startswith("only 9")
    assert "set TMPDIR" in reason
    assert "node.start" not in lab.journal()


def test_a_system_that_fills_the_disk_by_itself_fails(tmp_path: Path) -> None:
    script = f'{SMALL_DISK}; exec "$@"'
    around = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c", script, "sh")
    target = target_file(tmp_path, "greedy_node", {"start_deadline_s": 5})
    lab = Lab(tmp_path, ("--target", str(target)), slice_id="VAL17", around=around)
    status, _, err = lab.run()
    if "unshare:" in err or status == 99:
        pytest.skip(f"no file system can be mounted here: {err.strip()}")
    assert status == 1, err
    assert '"shortage": null' in lab.journal()


@pytest.mark.parametrize(
    ("limit", "words"),
    [
        ("--nofile=64:64", "64 open files (ulimit -n)"),
        ("--fsize=8000000", "files of 8000000 bytes (ulimit -f)"),
        ("--cpu=30", "30 s of CPU time (ulimit -t)"),
    ],
)
def test_a_limit_of_the_caller_is_said_before_anything_starts(tmp_path: Path, limit: str, words: str) -> None:
    lab = Lab(tmp_path, slice_id="VAL17", around=("prlimit", limit))
    reason = not_run(lab, *lab.run()[::2])
    assert words in reason
    assert lab.leftovers() == []


def test_soft_limits_are_raised(tmp_path: Path) -> None:
    around = ("prlimit", "--nofile=64:4096", "--stack=262144:8388608")
    status, _, err = Lab(tmp_path, slice_id="VAL17", around=around).run()
    assert status == 0, err


@pytest.fixture
def group() -> Iterator[Path]:
    """A control group of processes of the test's own."""
    folder = PIDS / f"haproof-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as fault:
        pytest.skip(f"no control group can be made here: {fault}")
    yield folder
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.05)


def test_no_more_processes_in_the_middle(tmp_path: Path, group: Path) -> None:
    (group / "pids.max").write_text("500")
    around = ("sh", "-c", f'echo $$ >{group}/cgroup.procs; exec "$@"', "sh")
    lab = Lab(tmp_path, slice_id="VAL17", around=around)
    with running(lab):
        lab.await_journal("database.stop")
        (group / "pids.max").write_text("1")
        reason = not_run(lab, *lab.end()[::2])
    assert reason.startswith("this machine ran out of processes (")


def test_a_control_group_without_room_is_said_before_anything_starts(tmp_path: Path, group: Path) -> None:
    (group / "pids.max").write_text("25")
    around = ("sh", "-c", f'echo $$ >{group}/cgroup.procs; exec "$@"', "sh")
    lab = Lab(tmp_path, slice_id="VAL17", around=around)
    assert "more processes and threads are allowed here" in not_run(lab, *lab.run()[::2])


SHELL = """
import os, signal, sys, time
os.kill(int(sys.argv[1]), signal.SIGSTOP)
time.sleep(4)
os.kill(int(sys.argv[1]), signal.SIGCONT)
"""


def test_a_lab_that_was_stopped_for_a_while_blames_nobody(tmp_path: Path) -> None:
    """Ctrl-Z and fg while it waits for a node that never gets ready: nobody can tell what it missed."""
    target = target_file(tmp_path, "never_takes_over", {"start_deadline_s": 5, "failover_deadline_s": 2})
    lab = Lab(tmp_path, ("--target", str(target)), slice_id="VAL13")
    with running(lab):
        lab.await_journal("node.kill")
        subprocess.run([sys.executable, "-c", SHELL, str(lab.process.pid)], check=True)
        reason = not_run(lab, *lab.end()[::2])
    assert "the lab itself stood still for" in reason
