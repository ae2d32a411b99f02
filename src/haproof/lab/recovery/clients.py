"""Runs the clients of two nodes: writers that follow the leader, and one that asks each node how it is.

    python -m haproof.lab.recovery.clients CONFIG.json

CONFIG says where the nodes are and where the history goes. SIGTERM ends it. A row whose answer did not come
is sent again under its id, as an application would; each attempt is in the history before it is sent.
"""

import http.client
import json
import os
import random
import signal
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from haproof.lab.workload.history import History

WRITE_SECONDS = 4.0
STATUS_SECONDS = 0.8
POLL_SECONDS = 0.05
RETRY_SECONDS = 0.05
LOOK_SECONDS = 0.25
MOST_ATTEMPTS = 200
"""Of one row: it is sent until it is acknowledged, for as long as a trial lasts."""

SHOWN = ("role", "quorum_health", "write_block_active", "can_accept_protected_writes")
"""Fields of a status that the history has under the same names."""


@dataclass(frozen=True)
class Config:
    """`nodes` is the nodes' addresses by name; times are seconds."""

    trial: str
    nodes: dict[str, str]
    port: int
    token: str
    writers: int
    output: str
    seed: int
    think_s: float


def write_config(path: Path, config: Config) -> None:
    """As JSON."""
    path.write_text(json.dumps(asdict(config)), encoding="utf-8")


@dataclass(frozen=True)
class Said:
    """An answer: the HTTP status (None: none came whole), and its object."""

    status: int | None
    body: dict[str, Any]
    reached: bool = True


class Api:
    """One node over HTTP, with a connection of its own for each question."""

    def __init__(self, address: str, port: int, token: str) -> None:
        self._address, self._port, self._token = address, port, token

    def ask(self, method: str, path: str, seconds: float, body: dict[str, Any] | None = None) -> Said:
        """The answer, within the time. Never raises for what a node does."""
        connection = http.client.HTTPConnection(self._address, self._port, timeout=seconds)
        headers = {"Authorization": f"Bearer {self._token}", "X-Operator": "haproof-lab"}
        try:
            connection.connect()
        except OSError:
            connection.close()
            return Said(None, {}, reached=False)
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            found = json.loads(answer.read() or b"null")
            return Said(answer.status, found if isinstance(found, dict) else {})
        except (OSError, http.client.HTTPException, ValueError):
            return Said(None, {})
        finally:
            connection.close()


class Writer:
    """Writes one row after the other to whoever leads."""

    def __init__(self, number: int, config: Config, history: History, stop: threading.Event) -> None:
        self.name = f"writer-{number}"
        self._config = config
        self._history = history
        self._stop = stop
        self._random = random.Random(f"{config.seed}/{config.trial}/{number}")
        self._nodes = {
            name: Api(address, config.port, config.token) for name, address in config.nodes.items()
        }
        self._leader = self._random.choice(sorted(self._nodes))

    def run(self) -> None:
        """Until the end."""
        count = 0
        while not self._stop.is_set():
            count += 1
            self._row(f"{self._config.trial}/{self.name}/{count}")
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
        body = {"id": row, "payload": payload}
        said = self._nodes[node].ask("POST", "/v1/rollouts", WRITE_SECONDS, body)
        kind, shown = _outcome(said, node)
        self._history.write(self.name, "connect", kind, "insert", status=said.status, **(keys | shown))
        if kind != "ok":
            self._follow(node, said)
        return kind == "ok"

    def _follow(self, node: str, said: Said) -> None:
        """Ask the holder that a refusal names; else the other one."""
        holder = said.body.get("holder_id")
        if said.status == 421 and holder in self._nodes and holder != node:
            self._leader = str(holder)
        elif said.status != 504:
            self._leader = self._random.choice([name for name in self._nodes if name != node] or [node])


def _outcome(said: Said, node: str) -> tuple[str, dict[str, Any]]:
    """Kind of the line, and what the answer showed. A promise names its epoch and its node."""
    if not said.reached:
        return "fail", {}
    if said.status in (200, 201):
        epoch, by = said.body.get("epoch"), said.body.get("node_id")
        if isinstance(epoch, int) and isinstance(by, str):
            return "ok", {"epoch": epoch, "node": node}
        return "unknown", {"invalid": "epoch or node_id missing"}
    if said.status is not None and (400 <= said.status < 500 or said.status == 503):
        holder = said.body.get("holder_id")
        return "fail", {"holder": holder} if isinstance(holder, str) else {}
    return "unknown", {}


class Watcher:
    """Asks one node how it is, again and again."""

    def __init__(self, name: str, config: Config, history: History, stop: threading.Event) -> None:
        self.name = f"watch-{name}"
        self._node = name
        self._api = Api(config.nodes[name], config.port, config.token)
        self._history = history
        self._stop = stop

    def run(self) -> None:
        """Until the end."""
        while not self._stop.is_set():
            asked_ms = round(time.monotonic_ns() / 1e6, 3)
            said = self._api.ask("GET", "/v1/ha/status", STATUS_SECONDS)
            if said.status == 200:
                shown = {name: said.body.get(name) for name in SHOWN}
                self._history.write(
                    self.name, "reader", "ok", "status", node=self._node, asked_ms=asked_ms,
                    epoch=said.body.get("current_epoch"), holder=said.body.get("holder_id"), **shown,
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
        clients: list[Writer | Watcher] = [
            *(Writer(number, config, history, stop) for number in range(1, config.writers + 1)),
            *(Watcher(name, config, history, stop) for name in config.nodes),
        ]
        threads = [threading.Thread(target=one.run, name=one.name, daemon=True) for one in clients]
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
