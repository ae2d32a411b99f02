"""The clients of one trial: programs off the members, and one on every member's host where that can be."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from msgspec import UnsetType

from haproof.errors import LabError
from haproof.lab.sandbox.machines import Started
from haproof.lab.trials.under_test import UnderTest
from haproof.lab.workload.config import Config, write_config

WRITERS, READERS, CONNECT_WRITERS, APPENDERS = 4, 2, 1, 2
ISOLATION = "serializable"
THINK_SECONDS = 0.08
"""Between two operations of one client: some hundred operations a second in all, so that the history of a
trial stays at a few megabytes."""

END_SECONDS = 20.0
OFF = "off"
"""The place of the clients that are on no member."""


class Placed:
    """Running clients, and the histories that they write."""

    def __init__(self, bench: UnderTest[Any], trial: str, seed: int, first_key: int) -> None:
        self._bench = bench
        self._started: list[Started] = []
        self.histories: list[Path] = []
        clients = {"writer": WRITERS, "reader": READERS, "connect": CONNECT_WRITERS, "txn": APPENDERS}
        self._beside = bench.beside(trial)
        try:
            self._start(OFF, None, clients, trial, seed, first_key)
            for member in bench.client_places:
                self._start(member, member, {"writer": 1}, trial, seed, first_key)
            self._beside.start()
        except BaseException:
            self.stop()
            raise

    def _start(
        self, place: str, member: str | None, clients: dict[str, int], trial: str, seed: int, first_key: int
    ) -> None:
        bench, access = self._bench, self._bench.access
        output = bench.folder / f"{trial}-{place}.jsonl"
        output.unlink(missing_ok=True)  # of an attempt that did not count
        self.histories.append(output)
        config = Config(
            trial, place, access.hosts, access.ports, access.conninfo, clients, str(output), seed,
            isolation_level=ISOLATION, member=member, think_s=THINK_SECONDS, first_key=first_key,
            started_s=time.monotonic(), parent=os.getpid(),
        )  # fmt: skip
        file = bench.folder / f"{trial}-{place}.json"
        write_config(file, config)
        argv = [sys.executable, "-m", "haproof.lab.workload.program", str(file)]
        self._started.append(bench.start_client(member, f"clients-{place}", argv))

    def stop(self) -> None:
        """Let them end; what is in flight then stays unknown. One that hangs is killed."""
        for one in self._started:
            one.popen.send_signal(signal.SIGTERM)
        self._beside.stop()
        deadline = time.monotonic() + END_SECONDS
        for one in self._started:
            try:
                one.popen.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                one.popen.kill()
                one.popen.wait()

    @property
    def unknown_clients(self) -> list[str]:
        """Those whose history was not found (`Beside`)."""
        return self._beside.unknown_clients

    def collect(self) -> float | UnsetType | None:
        """All histories, once they have ended; how well the clocks behind them are known (`Beside`)."""
        self._beside.collect()
        self.histories += self._beside.histories
        return self._beside.clock_bound_ms

    def must_run(self) -> None:
        """Raises LabError where one of them has ended by itself: nothing would be measured."""
        for one in self._started:
            if one.popen.poll() is not None:
                words = one.log.read_text(encoding="utf-8", errors="replace").strip()[-300:]
                raise LabError(f"the clients {one.name} ended by themselves: {words}")


def environment() -> dict[str, str]:
    """What a client program sees: where Python's packages are, nothing else of the caller's."""
    found = {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}
    if "PYTHONPATH" in os.environ:
        found["PYTHONPATH"] = os.environ["PYTHONPATH"]
    return found
