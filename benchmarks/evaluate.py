"""1,000 evidence sets in one process: reading, judging and rendering apart."""

import shutil
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import report as benchmark

from haproof.api import assess, read_evidence
from haproof.render import render

SETS = 1_000


def main() -> None:
    """Print milliseconds a set for each step, best of three series."""
    with tempfile.TemporaryDirectory() as folder:
        sets = [Path(folder) / str(number) for number in range(SETS)]
        for place in sets:
            shutil.copytree(benchmark.newest_example(), place)
        best: dict[str, float] = {}
        for _ in range(3):
            for step, seconds in series([str(place) for place in sets]).items():
                best[step] = min(seconds, best.get(step, seconds))
    print(f"{SETS} evidence sets in one process, best of three series")
    for step, seconds in best.items():
        print(f"{step:8}{seconds:8.3f} s  {seconds / SETS * 1000:7.3f} ms a set")


def series(places: list[str]) -> dict[str, float]:
    """Seconds for each step over all sets."""
    now = datetime.now(UTC)
    marks = [time.perf_counter()]
    evidence = [read_evidence(place) for place in places]
    marks.append(time.perf_counter())
    reports = [assess(each, now) for each in evidence]
    marks.append(time.perf_counter())
    for each in reports:
        render(each, "text")
    marks.append(time.perf_counter())
    for each in reports:
        render(each, "json")
    marks.append(time.perf_counter())
    steps = ("read", "judge", "text", "json")
    return {step: marks[i + 1] - marks[i] for i, step in enumerate(steps)} | {"all": marks[-1] - marks[0]}


if __name__ == "__main__":
    main()
