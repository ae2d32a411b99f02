"""Commands timed as whole processes, in turn, with the operating system's own accounting."""

import os
import statistics
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import NamedTuple

AS_INSTALLED = {
    name: value
    for name, value in os.environ.items()
    if name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED")
}
"""An installed program has its modules compiled; a container that forbids it would time the compiler."""


class Run(NamedTuple):
    """One run: wall and CPU seconds, peak resident memory in MiB, exit status."""

    wall: float
    cpu: float
    peak: float
    status: int


def once(command: Sequence[str], cwd: str | None = None) -> Run:
    """Run one command with its output thrown away. (Linux counts peak memory in KiB, macOS in bytes.)"""
    start = time.perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd, env=AS_INSTALLED
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.perf_counter() - start
    scale = 1024 if os.uname().sysname == "Linux" else 1024 * 1024
    return Run(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / scale, process.returncode)


def in_turn(commands: Mapping[str, Sequence[str]], runs: int, warm_up: int = 2) -> dict[str, list[Run]]:
    """Run all commands A B C A B C …, so that each is paired with its neighbours in time."""
    results: dict[str, list[Run]] = {name: [] for name in commands}
    for index in range(runs + warm_up):
        for name, command in commands.items():
            run = once(command)
            if index >= warm_up:
                results[name].append(run)
    return results


def table(results: Mapping[str, Sequence[Run]], base: str) -> str:
    """Medians, and the ratio to `base` as the median of the pairwise ratios."""
    width = max(map(len, results))
    lines = [f"{'':{width}}  wall ms   cpu ms  peak MiB  x {base} (wall)  x {base} (cpu)  status"]
    for name, runs in results.items():
        pairs = list(zip(runs, results[base], strict=True))
        wall = statistics.median(run.wall for run in runs) * 1000
        cpu = statistics.median(run.cpu for run in runs) * 1000
        by_wall = statistics.median(run.wall / other.wall for run, other in pairs)
        by_cpu = statistics.median(run.cpu / other.cpu for run, other in pairs)
        peak = max(run.peak for run in runs)
        statuses = ",".join(str(status) for status in sorted({run.status for run in runs}))
        lines.append(
            f"{name:{width}}  {wall:7.1f}  {cpu:7.1f}  {peak:8.1f}  {by_wall:{len(base) + 9}.2f}"
            f"  {by_cpu:{len(base) + 8}.2f}  {statuses}"
        )
    return "\n".join(lines)
