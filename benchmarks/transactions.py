"""The checker of cluster histories: CPU seconds and memory for 1,000, 10,000 and 100,000 transactions."""

import itertools
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SIZES = (1_000, 10_000, 100_000)
CLIENTS, KEYS, WINDOW = 8, 4, 400
"""As in the lab's workload: a few keys at a time, the next ones after so many transactions."""

STALE = (0.0, 0.01)
"""Share of transactions that read what was there when they began, although they take effect at their end."""


def lines(transactions: int, stale: float) -> Iterator[dict[str, Any]]:
    """A history whose transactions overlap in time; serial but for the stale ones."""
    source = random.Random(1)
    lists: dict[int, list[int]] = {}
    value, started = 0, 0
    waiting: list[tuple[str, str, list[list[Any]]]] = []
    clock = 0.0
    while started < transactions or waiting:
        clock += 0.5
        if started < transactions and len(waiting) < CLIENTS:
            first = started // WINDOW * KEYS
            steps: list[list[Any]] = []
            for _ in range(source.randint(2, 4)):
                key = first + source.randrange(KEYS)
                if source.random() < 0.5:
                    value += 1
                    steps.append(["append", key, value])
                else:
                    steps.append(["r", key, None])
            if source.random() < stale:
                steps = [[*step[:2], read(lists, step) if step[0] == "r" else step[2]] for step in steps]
            client, id_ = f"off-txn-{started % CLIENTS}", f"control/off-txn-{started % CLIENTS}/{started}"
            waiting.append((client, id_, steps))
            started += 1
            yield line(clock, client, id_, "invoke", [[*s[:2], None if s[0] == "r" else s[2]] for s in steps])
        else:
            client, id_, steps = waiting.pop(0)
            for step in steps:
                if step[0] == "append":
                    lists.setdefault(step[1], []).append(step[2])
                elif step[2] is None:
                    step[2] = read(lists, step)
            yield line(clock, client, id_, "ok", steps)
    yield {
        "trial": "control", "t_ms": clock + 1, "kind": "final", "member": "pg1", "timeline": 1,
        "read_write": True, "rows": [], "lists": {str(key): values for key, values in lists.items()},
    }  # fmt: skip


def read(lists: dict[int, list[int]], step: list[Any]) -> list[int]:
    return list(lists.get(step[1], ()))


def line(clock: float, client: str, id_: str, kind: str, steps: list[list[Any]]) -> dict[str, Any]:
    return {
        "trial": "control", "t_ms": clock, "client": client, "via": "pooled", "kind": kind, "op": "txn",
        "id": id_, "value": steps, "member": "pg1", "timeline": 1,
    }  # fmt: skip


def judge(path: str) -> None:
    """Read and judge one history; prints what it took."""
    from haproof.core.histories.clusters.figures import figures
    from haproof.core.histories.clusters.reading import trials

    began = time.process_time()
    with open(path, "rb") as stream:
        for trial in trials(stream):
            read = time.process_time()
            found = figures(trial, mode="sync", members=1, local_writers=0)
            ended = time.process_time()
            memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
            print(
                f"{len(trial.transactions.all):8,} transactions: {ended - began:6.2f} s of CPU "
                f"({read - began:.2f} reading), {memory:4.0f} MB at most, anomalies {found.anomalies}"
            )


def main() -> None:
    """Each size in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        for size, stale in itertools.product(SIZES, STALE):
            path = Path(folder) / "operations.jsonl"
            with open(path, "w", encoding="utf-8") as stream:
                for one in lines(size, stale):
                    stream.write(json.dumps(one, separators=(",", ":")) + "\n")
            subprocess.run([sys.executable, __file__, str(path)], check=True)


if __name__ == "__main__":
    judge(sys.argv[1]) if len(sys.argv) > 1 else main()
