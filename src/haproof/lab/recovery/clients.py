"""Runs the clients of two nodes: writers that follow the leader, and one that asks each node how it is.

    python -m haproof.lab.recovery.clients CONFIG.json

CONFIG says where the nodes are and where the history goes. SIGTERM ends it. A row whose answer did not come
is sent again under its id, as an application would; each attempt is in the history before it is sent.
"""

import json
import os
import random
import signal
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from haproof.lab.client import Answer, Client
from haproof.lab.target_file import load_target
from haproof.lab.workload.history import History
from haproof.lab.writes import Row, invalid_success

WRITE_SECONDS = 4.0
STATUS_SECONDS = 0.8
POLL_SECONDS = 0.05
RETRY_SECONDS = 0.05
LOOK_SECONDS = 0.25
MOST_ATTEMPTS = 200
"""Of one row: it is sent until it is acknowledged, for as long as a trial lasts."""

TEXTS = ("role", "quorum_health")
FLAGS = ("write_block_active", "can_accept_protected_writes")
"""Fields of a status that the history has under the same names; one of another type was not shown."""


@dataclass(frozen=True)
class Config:
    """`target` is the path of the target's file, `folder` where it is a copy from, `nodes` what fills its
    templates, by node; ids of rows begin with `rows`; times are seconds."""

    trial: str
    rows: str
    target: str
    folder: str
    nodes: dict[str, dict[str, str]]
    writers: int
    output: str
    seed: int
    think_s: float


def write_config(path: Path, config: Config) -> None:
    """As JSON."""
    path.write_text(json.dumps(asdict(config)), encoding="utf-8")


def clients(config: Config) -> dict[str, Client]:
    """What asks each node, by its name."""
    target = load_target(Path(config.target), Path(config.folder))
    return {name: Client(target, names["url"], names) for name, names in config.nodes.items()}


class Writer:
    """Writes one row after the other to whoever leads."""

    def __init__(
        self,
        number: int,
        config: Config,
        nodes: Mapping[str, Client],
        history: History,
        stop: threading.Event,
    ) -> None:
        self.name = f"writer-{number}"
        self._config = config
        self._nodes = nodes
        self._history = history
        self._stop = stop
        self._random = random.Random(f"{config.seed}/{config.trial}/{number}")
        self._leader = self._random.choice(sorted(self._nodes))

    def run(self) -> None:
        """Until the end."""
        count = 0
        while not self._stop.is_set():
            count += 1
            self._row(f"{self._config.rows}{self.name}.{count}")
            self._stop.wait(self._config.think_s * self._random.uniform(0.5, 1.5))

    def _row(self, row: str) -> None:
        for _ in range(MOST_ATTEMPTS):
            if self._attempt(row) or self._stop.is_set():
                return
            self._stop.wait(RETRY_SECONDS)

    def _attempt(self, row: str) -> bool:
        """Whether the row is acknowledged."""
        node, payload = self._leader, f"of {row}"
        keys = {"id": row, "node": node}
        self._history.write(self.name, "connect", "invoke", "insert", value=payload, **keys)
        client = self._nodes[node]
        seconds = max(WRITE_SECONDS, client.answer_seconds)
        said = client.call("protected_write", seconds, id=row, payload=payload)
        kind, shown = _outcome(said, Row(row, payload))
        self._history.write(self.name, "connect", kind, "insert", status=_whole(said), **(keys | shown))
        if kind != "ok":
            self._follow(node, said)
        return kind == "ok"

    def _follow(self, node: str, said: Answer) -> None:
        """Ask the holder that a refusal names; else the other one."""
        holder = said.text("holder_id")
        if said.status == 421 and holder is not None and holder in self._nodes and holder != node:
            self._leader = holder
        elif said.status != 504:
            self._leader = self._random.choice([name for name in self._nodes if name != node] or [node])


def _whole(said: Answer) -> int | None:
    """The status of an answer that came whole; None for one that HTTP does not have."""
    status = said.status if said.trouble is None else None
    return status if status is not None and 100 <= status <= 599 else None


def _outcome(said: Answer, row: Row) -> tuple[str, dict[str, Any]]:
    """Kind of the line, and what the answer showed. A promise names its row, its epoch and its node, which
    may be another than the one that was asked."""
    status = _whole(said)
    if said.trouble == "refused":
        return "fail", {}
    if status in (200, 201):
        invalid = invalid_success(row, said)
        if invalid is not None:
            return "unknown", {"invalid": invalid}
        return "ok", {"epoch": said.count("epoch"), "node": said.text("node_id")}
    if status is not None and (400 <= status < 500 or status == 503):
        holder = said.text("holder_id")
        return "fail", {} if holder is None else {"holder": holder}
    return "unknown", {}


class Watcher:
    """Asks one node how it is, again and again."""

    def __init__(self, name: str, node: Client, history: History, stop: threading.Event) -> None:
        self.name = f"watch-{name}"
        self._name = name
        self._node = node
        self._history = history
        self._stop = stop

    def run(self) -> None:
        """Until the end."""
        while not self._stop.is_set():
            asked_ms = round(time.monotonic_ns() / 1e6, 3)
            said = self._node.call("status", max(STATUS_SECONDS, self._node.answer_seconds))
            if _whole(said) == 200:
                texts = {name: said.text(name) for name in TEXTS}
                flags = {name: said.flag(name) for name in FLAGS}
                self._history.write(
                    self.name, "reader", "ok", "status", node=self._name, asked_ms=asked_ms,
                    epoch=said.count("current_epoch"), holder=said.text("holder_id"), **texts, **flags,
                )  # fmt: skip
            self._stop.wait(POLL_SECONDS)


def main(argv: list[str]) -> int:
    """Run until SIGTERM."""
    config = Config(**json.loads(Path(argv[1]).read_text(encoding="utf-8")))
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda number, frame: stop.set())
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with open(config.output, "a", encoding="utf-8", buffering=1) as stream:
        history = History(stream, config.trial)
        nodes = clients(config)
        running: list[Writer | Watcher] = [
            *(Writer(number, config, nodes, history, stop) for number in range(1, config.writers + 1)),
            *(Watcher(name, node, history, stop) for name, node in nodes.items()),
        ]
        threads = [threading.Thread(target=one.run, name=one.name, daemon=True) for one in running]
        for thread in threads:
            thread.start()
        while not stop.wait(LOOK_SECONDS):
            if history.broken is not None:
                sys.stderr.write(f"the history cannot be written: {history.broken.strerror}\n")
                os._exit(1)  # a file that is closed would be written to once more
        for thread in threads:
            thread.join(WRITE_SECONDS)
        history.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
