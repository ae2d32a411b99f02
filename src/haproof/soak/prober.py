"""The prober: one row written and read back every few seconds, for thirty days, cheaply.

It has one connection and keeps nothing in memory. It ends on SIGTERM with a line of its own; however else it
ends, the next one goes on where it stopped, and the time between is a gap.
"""

import contextlib
import re
import resource
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from haproof.core.soak.lines import Line, Plan
from haproof.soak.folder import SoakFolder
from haproof.soak.journal import Journal, NotWritten
from haproof.soak.opening import same_system
from haproof.soak.session import since_ms
from haproof.soak.system import Probed, System, Unreachable

ROWS_OF_A_RUN = 2**24
"""Rows are numbered from the prober's own start line on, so that no two probers ever send the same."""

LONGEST_PROBE_S, SHORTEST_LIMIT_S = 5.0, 0.5
RETRIES_WITHIN_INTERVAL = 10
"""While the service is down it is asked so often within an interval: the end of an outage is seen sooner."""

COST_EVERY = 360
"""Probes between two lines that say what the prober itself cost (an hour, at 10 s)."""


class Prober:
    """Probes a system for a soak that is resumed, until `stop` is set."""

    def __init__(
        self, folder: SoakFolder, system: System, stop: threading.Event, complain: Callable[[str], None]
    ) -> None:
        self._folder = folder
        self._journal: Journal = folder.journal
        self._system = system
        self._stop = stop
        self._complain = complain
        self._plan: Plan = folder.resume().plan
        self._interval_s = self._plan.probe_interval_ms / 1000 / self._plan.compression
        self._limit_s = min(max(self._interval_s, SHORTEST_LIMIT_S), LONGEST_PROBE_S)
        self._row = 0
        self._previous: int | None = None
        self._server: str | None = None
        self._unwritten = 0
        self._probes = 0
        self._cost = _cpu_ms()
        self._checked = False

    def run(self, pid: int) -> None:
        """Until told to stop. Raises UsageError where another system answers, NotWritten at the start."""
        self._row = self._journal.append("start", pid=pid).n * ROWS_OF_A_RUN
        due_s = time.monotonic()
        while not self._stop.wait(max(due_s - time.monotonic(), 0)):
            ok = self._one()
            now_s = time.monotonic()
            if not ok:
                due_s = now_s + self._interval_s / RETRIES_WITHIN_INTERVAL
                continue
            due_s += self._interval_s
            if due_s < now_s:  # it was late: what was missed is missed
                due_s = now_s + self._interval_s - (now_s - due_s) % self._interval_s
        self._tell_cost()
        self._write("stop")
        self._folder.save(self._plan)

    def _one(self) -> bool:
        """One probe, written down; whether it was well."""
        self._row += 1
        probed = self._probe()
        told = probed.server if probed.acknowledged and probed.server != self._server else None
        fields: dict[str, Any] = {
            "ok": probed.ok,
            "took_ms": probed.took_ms,
            "why": probed.why,
            "server": told,
        }
        if probed.acknowledged:
            fields["row"] = self._row
        if self._write("probe", **fields) and probed.acknowledged:
            self._previous, self._server = self._row, probed.server
        self._probes += 1
        if self._probes % COST_EVERY == 0:
            self._tell_cost()
        return probed.ok

    def _probe(self) -> Probed:
        if not self._checked:
            started_s = time.monotonic()
            try:
                same_system(self._system.identity(), self._plan)
            except Unreachable as fault:
                return Probed(False, since_ms(started_s), why=str(fault)[:200])
            self._checked = True
        return self._system.probe(self._row, self._previous, self._limit_s)

    def _write(self, kind: str, **fields: Any) -> Line | None:
        """A line of the journal; while the disk is full none, which is counted and said once."""
        try:
            if self._unwritten:
                self._journal.append("unwritten", count=self._unwritten, why="the journal's disk was full")
                self._complain(f"the journal can be written again; {self._unwritten} probes are missing")
                self._unwritten = 0
            return self._journal.append(kind, **fields)
        except NotWritten as fault:
            if not self._unwritten:
                self._complain(
                    f"{fault.filename} cannot be written ({fault.strerror}): make room; "
                    "until then no probe counts"
                )
            self._unwritten += 1
            return None

    def _tell_cost(self) -> None:
        now = _cpu_ms()
        self._write("cost", cpu_ms=now - self._cost, peak_bytes=_peak_bytes())
        self._cost = now
        self._folder.save(self._plan)


def _cpu_ms() -> int:
    return time.process_time_ns() // 1_000_000


def _peak_bytes() -> int:
    """Its own peak: what getrusage says on Linux begins with that of the process which started this one."""
    with contextlib.suppress(OSError):
        own = re.search(r"^VmHWM:\s+([0-9]+) kB$", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
        if own is not None:
            return int(own[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
