"""Slices on bad nodes, and on unusual healthy ones, through target files: a few at a time.

A slice on a bad node mostly waits for what never comes; so several run at once. A worker is a process (the
lab starts its children from a main thread) that runs one after the other on a ground of its own, for which
initdb runs once, and writes each result down the moment it is there. The workers share one list: each takes
the next case that no other has taken (whoever makes its folder), so that none is idle before all are done.
"""

import json
import os
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from haproof.lab.binaries import find_binaries
from haproof.lab.environment import system_under_test
from haproof.lab.ground import Ground, prepared
from haproof.lab.interrupt import interruptible
from haproof.lab.progress import Silent
from haproof.lab.run import Run
from haproof.lab.scenario import Options
from haproof.lab.scenarios import SCENARIOS
from haproof.lab.target import REFERENCE
from haproof.lab.target_file import load_target
from lab.starved import unless_starved

BAD_NODES = Path(__file__).with_name("bad_nodes")
TESTS = BAD_NODES.parents[1]
HEALTHY_NODES = Path(__file__).with_name("healthy_nodes")
OF_CLUSTERS = TESTS / "cluster" / "bad_nodes"
NODE = '"{python}", "-m", "haproof.node",'
WORKERS = 3
POLL_SECONDS = 0.02
END_SECONDS = 20.0


@dataclass(frozen=True)
class Result:
    """What became of a slice: `PASS`, `FAIL` or `NOT RUN`, the report, and how long it took."""

    status: str
    report: Any
    seconds: float

    @property
    def failed(self) -> set[str]:
        """Ids of the checks that failed."""
        return {check["id"] for check in self.report.get("checks", ()) if check["status"] == "FAIL"}


class BadRuns:
    """Runs under way: pairs of a script of `bad_nodes` and a slice."""

    def __init__(
        self, folder: Path, cases: Sequence[tuple[str, str]], timing: dict[str, float], workers: int
    ) -> None:
        self._folder = folder
        self._cases = cases
        self._workers: list[subprocess.Popen[bytes]] = []
        (folder / "timing.json").write_text(json.dumps(timing))
        words = [f"{script}:{slice_id}" for script, slice_id in cases]
        for number in range(min(workers, len(cases))):
            with open(folder / f"worker-{number}.log", "wb") as log:
                worker = subprocess.Popen(
                    [sys.executable, "-m", "lab.bad_run", str(folder), *words],
                    stdout=log,
                    stderr=log,
                    cwd=TESTS,
                )
            self._workers.append(worker)

    def result(self, script: str, slice_id: str) -> Result:
        """Wait for one of them."""
        path = self._path(script, slice_id)
        while not path.exists():
            alive = self._may_come(script, slice_id)
            assert alive or path.exists(), f"the worker ended: {self._logs()}"
            time.sleep(POLL_SECONDS)
        return Result(**json.loads(path.read_bytes()))

    def end(self) -> None:
        """End the workers where not all is done; each cleans up after itself."""
        if not all(self._path(*case).exists() for case in self._cases):
            for worker in self._workers:
                worker.terminate()
        for worker in self._workers:
            worker.wait(END_SECONDS)

    def _may_come(self, script: str, slice_id: str) -> bool:
        """Whether the worker that took this case still runs; any worker, where none has taken it yet."""
        running = {str(worker.pid) for worker in self._workers if worker.poll() is None}
        taken_by = self._folder / f"{script}-{slice_id}" / "worker"
        return taken_by.read_text() in running if taken_by.exists() else bool(running)

    def _path(self, script: str, slice_id: str) -> Path:
        return self._folder / f"{script}-{slice_id}.json"

    def _logs(self) -> str:
        return "\n".join(log.read_text() for log in sorted(self._folder.glob("worker-*.log")))


@contextmanager
def bad_runs(
    folder: Path, cases: Sequence[tuple[str, str]], timing: dict[str, float], workers: int = WORKERS
) -> Iterator[BadRuns]:
    """Run the cases; their results can be asked for in any order (their own is the quickest)."""
    runs = BadRuns(folder, cases, timing, workers)
    try:
        yield runs
    finally:
        runs.end()


def target_file(folder: Path, script: str, timing: dict[str, float]) -> Path:
    """The reference node's own target file, with another node program and other deadlines."""
    text = REFERENCE.read_text(encoding="utf-8")
    assert text.count(NODE) == 3
    program = next(
        path
        for folder in (BAD_NODES, HEALTHY_NODES, BAD_NODES.parent, OF_CLUSTERS)
        if (path := folder / f"{script}.py").exists()
    )
    text = text.replace(NODE, f'"{{python}}", {json.dumps(str(program))},')
    lines, left = [], dict(timing)
    for line in text.splitlines():
        key = line.partition(" ")[0]
        lines.append(f"{key} = {left.pop(key)}" if key in left else line)
    assert not left, f"no such timing: {left}"
    path = folder / "target.toml"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run_slice(ground: Ground, folder: Path, slice_id: str, script: str, timing: dict[str, float]) -> Result:
    """Run one slice of the quick profile on the nodes of a script, in a folder that it makes."""
    started_s = time.monotonic()
    folder.mkdir()
    target = load_target(target_file(folder, script, timing))
    evidence = folder / "evidence"
    evidence.mkdir()
    scenario = next(scenario for scenario in SCENARIOS if scenario.slice.id == slice_id)
    options = Options("quick", 1, seed=1)
    run = Run(ground, target, system_under_test(target), options, evidence, Silent())
    try:
        outcome = run.slices([scenario])[0]
    finally:
        shutil.rmtree(ground.work / scenario.slice.folder, ignore_errors=True)
    name = f"{scenario.slice.folder}/{scenario.slice.folder}-report.json"
    return Result(outcome.status, json.loads((evidence / name).read_bytes()), time.monotonic() - started_s)


def run_unless_starved(
    ground: Ground, folder: Path, slice_id: str, script: str, timing: dict[str, float]
) -> Result:
    """Run it again, a few times at most, where there was no processor for it: that tells of no node."""
    return unless_starved(
        lambda attempt: run_slice(ground, folder / f"attempt-{attempt}", slice_id, script, timing),
        lambda result: result.report,
    )


def work(folder: Path, cases: Sequence[str]) -> None:
    """A worker: of the cases, one after the other, those that no other worker has taken."""
    timing = json.loads((folder / "timing.json").read_bytes())
    with interruptible(), prepared(find_binaries(), lambda text: None) as ground:
        ground.closed_cleanly = True
        for case in cases:
            script, _, slice_id = case.partition(":")
            own = folder / f"{script}-{slice_id}"
            try:
                own.mkdir()
            except FileExistsError:
                continue
            _write_whole(own / "worker", str(os.getpid()))
            result = run_unless_starved(ground, own, slice_id, script, timing)
            _write_whole(folder / f"{script}-{slice_id}.json", json.dumps(vars(result)))


def _write_whole(path: Path, text: str) -> None:
    """So that who looks at any moment finds all of it or nothing."""
    written = path.with_name(f"{path.name}.{os.getpid()}")
    written.write_text(text)
    written.rename(path)


if __name__ == "__main__":
    try:
        work(Path(sys.argv[1]), sys.argv[2:])
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception:  # noqa: BLE001 - the test shows it
        traceback.print_exc()
        sys.exit(1)
