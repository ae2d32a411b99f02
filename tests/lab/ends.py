"""A lab ended from outside at random instants leaves nothing. Called by scripts/lab-ends.sh, which says how.

Ways: five signals, and a terminal that is closed. Looked for are processes that have to do with the lab's own
temporary folder, System V segments that one of its processes created, files in /dev/shm that one had mapped,
namespaces that one was in, mounts, and folders: none may be left a while after the lab has ended. SIGKILL
leaves the folder, which nobody can remove then; everything else its keepers end, or the kernel.
"""

import argparse
import contextlib
import json
import os
import pty
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from haproof.lab.keeper import alive
from lab.lab_process import Lab, interrupt_not_ignored, shared_files_of, shared_memory_of

SLICE_SECONDS = {"VAL13": 14.0, "VAL14": 6.0, "VAL15": 7.0, "VAL16": 4.0, "VAL17": 11.0}
"""About how long a quick run takes on a quiet machine: the instants are spread over it."""

CLUSTER = "CLUSTER"
CLUSTER_SECONDS = 115.0
"""A cluster brought up, the control, one fault and its heal; instants are spread over that."""

CLUSTER_ARGUMENTS = ("--faults", "host-kill,cut-full,host-hang")
"""So that no run is over before its instant."""

NAMESPACES = ("net", "pid", "mnt", "ipc", "user")
WAYS = ("SIGKILL", "SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "terminal")
LOOK_SECONDS = 0.1
SILENCE_POLL_SECONDS = 0.02
END_SECONDS = 60.0


@dataclass(frozen=True)
class Ending:
    """One lab that was ended: how, in which slice, after how long, and what was left."""

    way: str
    slice_id: str
    after_s: float
    status: int | None
    took_s: float
    left: tuple[str, ...]
    early: bool = False
    """The lab had ended by itself before its instant came."""


class Watched(Lab):
    """A lab whose processes are noted while it runs, and the shared files that they have mapped."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seen: dict[int, str] = {}
        self.mapped: set[str] = set()
        self.namespaces = Namespaces()

    def look(self) -> None:
        """Note what there is now."""
        now = self.processes()
        self.seen |= now
        for pid in now:
            self.namespaces.hold(pid)
        self.mapped |= {line.split()[-1] for line in shared_files_of(now)}

    def watch(self, seconds: float) -> bool:
        """Look again and again for so long; False where the lab ends meanwhile."""
        until_s = time.monotonic() + seconds
        while (left_s := until_s - time.monotonic()) > 0:
            if self.process.poll() is not None:
                return False
            self.look()
            time.sleep(min(LOOK_SECONDS, max(left_s, 0)))
        return self.process.poll() is None

    def left_after(self, seconds: float, way: str) -> tuple[str, ...]:
        """What is there of it after at most so long, in words."""
        deadline = time.monotonic() + seconds
        processes = self.await_silence(seconds)
        # A sandbox ends with its first process; the kernel still needs its moment for those inside.
        while self.namespaces.inside() and time.monotonic() < deadline:
            time.sleep(SILENCE_POLL_SECONDS)
        found = [f"process {pid}: {words[:120]}" for pid, words in processes.items()]
        found += [f"segment {line.split()[1]}" for line in shared_memory_of(self.seen)]
        found += [f"file {path}" for path in sorted(self.mapped) if Path(path).exists()]
        found += [f"process {pid} in {name}" for pid, name in self.namespaces.inside()]
        mounts = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
        found += [f"mount {line.split()[4]}" for line in mounts if str(self.temporary) in line]
        folders = [
            name for name in self.leftovers() if way != "SIGKILL" or not name.startswith("haproof-lab-")
        ]
        return (*found, *(f"folder {name}" for name in folders))


class Namespaces:
    """Namespaces that processes of a lab were in, other than this process's own.

    Each is held open until `close`: the kernel gives the number of one that has ended to the next that is
    made, by another lab, and would else let that one's processes pass for what is left of this.
    """

    def __init__(self) -> None:
        self._own = _namespaces(os.getpid())
        self._held: dict[str, int] = {}

    def hold(self, pid: int) -> None:
        """Those that a process is in now; none where it is gone."""
        for name in _namespaces(pid) - self._own - self._held.keys():
            kind = name.partition(":")[0]
            with contextlib.suppress(OSError):
                handle = os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY | os.O_CLOEXEC)
                # By what was opened, not by what was there a moment before.
                held = f"{kind}:[{os.fstat(handle).st_ino}]"
                if held in self._own or held in self._held:
                    os.close(handle)
                else:
                    self._held[held] = handle

    def inside(self) -> list[tuple[int, str]]:
        """Living processes in one of them, whatever their names, and which.

        A sandbox's first process, orphaned and dead, waits as a zombie until the machine's own first process
        reaps it, some after two seconds.
        """
        if not self._held:
            return []
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        there = [(pid, name) for pid in pids for name in sorted(_namespaces(pid) & self._held.keys())[:1]]
        return [(pid, name) for pid, name in there if alive(pid)]

    def close(self) -> None:
        """Let go of them."""
        while self._held:
            os.close(self._held.popitem()[1])


def _namespaces(pid: int) -> set[str]:
    """The namespaces that a process is in; none where it is gone."""
    found = set()
    for kind in NAMESPACES:
        with contextlib.suppress(OSError):
            found.add(os.readlink(f"/proc/{pid}/ns/{kind}"))
    return found


def end(
    folder: Path, way: str, slice_id: str, after_s: float, seconds: float, target: str | None = None
) -> Ending:
    """Start a lab, end it at its instant, and look for what is left `seconds` after it ended."""
    folder.chmod(0o711)  # a cluster runs as another account
    arguments = () if target is None else ("--target", target, *CLUSTER_ARGUMENTS)
    lab = Watched(folder, arguments, slice_id=slice_id, around=("env",))
    terminal = Terminal(lab) if way == "terminal" else None
    if terminal is None:
        lab.start()
    drain = threading.Thread(target=_read_all, args=(lab,), daemon=True)
    drain.start()
    early = not lab.watch(after_s)
    lab.look()
    signalled_s = time.monotonic()
    if terminal is not None:
        terminal.close()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.kill(lab.process.pid, signal.Signals[way])
    with contextlib.suppress(Exception):
        lab.process.wait(END_SECONDS)
    took_s = time.monotonic() - signalled_s
    drain.join(END_SECONDS)
    status = lab.process.returncode
    with contextlib.closing(lab.namespaces):
        left = lab.left_after(seconds, way)
    if status is None:
        lab.process.kill()
        left = (*left, f"the lab itself, {END_SECONDS:g} s later")
    return Ending(way, slice_id, round(after_s, 3), status, round(took_s, 3), left, early)


def _read_all(lab: Lab) -> None:
    """So that a full pipe holds up nothing."""
    for stream in (lab.process.stdout, lab.process.stderr):
        if stream is not None:
            with stream, contextlib.suppress(ValueError, OSError):
                stream.read()


class Terminal:
    """A terminal in which a lab runs; closing it hangs up on the lab."""

    def __init__(self, lab: Lab) -> None:
        self._master, slave = pty.openpty()
        lab.start_on(slave)
        os.close(slave)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while os.read(self._master, 4096):
                pass

    def close(self) -> None:
        """Hang up."""
        os.close(self._master)


def campaign(
    times: int,
    ways: Sequence[str],
    jobs: int,
    seconds: float,
    seed: int,
    results: Path,
    target: str | None = None,
) -> list[Ending]:
    """Each way so often, at instants by chance; each ending is a line of `results`. Without a `target` (a
    cluster that the lab brings up) the slices in turn."""
    rng, lock = random.Random(seed), threading.Lock()
    lasts = SLICE_SECONDS if target is None else {CLUSTER: CLUSTER_SECONDS}
    plan = []
    for number in range(times):
        for way in ways:
            slice_id = list(lasts)[number % len(lasts)]
            plan.append((way, slice_id, rng.uniform(0, lasts[slice_id])))

    def one(case: tuple[str, str, float]) -> Ending:
        with tempfile.TemporaryDirectory(prefix="haproof-ends-") as name:
            found = end(Path(name), *case, seconds, target)
        with lock, open(results, "a", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(found)) + "\n")
        return found

    with interrupt_not_ignored(), ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(one, plan))


def main(arguments: Sequence[str]) -> int:
    """Run the campaign; 0 where nothing was left."""
    parser = argparse.ArgumentParser(prog="scripts/lab-ends.sh")
    parser.add_argument("times", type=int, nargs="?", default=1, help="of each way")
    parser.add_argument("ways", nargs="*", choices=[*WAYS, []], default=[], metavar="WAY")
    parser.add_argument("--target", help="a cluster that the lab brings up, such as patroni, not the slices")
    parser.add_argument("--jobs", type=int, default=2, help="so many labs side by side")
    parser.add_argument("--seconds", type=float, default=2.0, help="after which nothing may be left")
    parser.add_argument("--seed", type=int, default=random.randrange(2**32))
    parser.add_argument("--results", type=Path, default=Path(os.devnull), help="a line for each")
    options = parser.parse_args(arguments)
    sys.stdout.write(f"seed {options.seed}\n")
    ways = options.ways or WAYS
    found = campaign(
        options.times, ways, options.jobs, options.seconds, options.seed, options.results, options.target
    )
    for one in found:
        if one.left:
            sys.stdout.write(
                f"{one.way} of {one.slice_id} after {one.after_s:g} s left {'; '.join(one.left)}\n"
            )
    for way in ways:
        mine = [one for one in found if one.way == way]
        slowest = max(one.took_s for one in mine)
        statuses = ", ".join(f"{status} x {n}" for status, n in Counter(one.status for one in mine).items())
        clean, early = sum(not one.left for one in mine), sum(one.early for one in mine)
        sys.stdout.write(
            f"{way:8} {clean} of {len(mine)} left nothing; ended within {slowest:.1f} s, status {statuses}"
            f"{f'; {early} had ended by themselves' if early else ''}\n"
        )
    return 0 if not any(one.left for one in found) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
