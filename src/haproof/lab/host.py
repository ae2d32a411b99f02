"""The lab's own machine: what it has left and how its clocks go, now and all through a slice."""

import contextlib
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from haproof.lab.measure import milliseconds
from haproof.lab.processor import Processor, ProcessorWatch

TICK_SECONDS = 0.25
TICKS_A_LOOK = 4
"""Every so many ticks the threads are looked at, some sixty in a slice, which takes a millisecond or two."""

STEP_SECONDS = 0.1
"""The wall clock runs with the monotonic one, also while it is slewed; what is more than this is a step."""

PAUSE_SECONDS = 2.0
"""A thread that sleeps for a tick wakes within a fraction of a second even on a machine under load."""

BRACKETS = 5


@dataclass(frozen=True)
class Sample:
    """One look at the machine. None: this system does not tell."""

    at_s: float
    load: tuple[float, float, float] | None
    memory_bytes: int | None
    disk_bytes: int
    disk_files: int
    wall_offset_s: float
    asleep_s: float

    def shown(self, reference: "Sample") -> dict[str, Any]:
        """For the evidence; the clock's drift counts from `reference`."""
        return {
            "load": self.load and [round(value, 2) for value in self.load],
            "free_memory_bytes": self.memory_bytes,
            "free_disk_bytes": self.disk_bytes,
            "clock_drift_ms": milliseconds(self.wall_offset_s - reference.wall_offset_s),
        }


def sample(folder: Path) -> Sample:
    """Look at the machine, and at the disk that `folder` lies on."""
    disk = os.statvfs(folder)
    load = None
    with contextlib.suppress(OSError):
        load = os.getloadavg()
    return Sample(
        at_s=time.monotonic(),
        load=load,
        memory_bytes=memory_available(),
        disk_bytes=disk.f_bavail * disk.f_frsize,
        disk_files=disk.f_favail,
        wall_offset_s=wall_offset(),
        asleep_s=asleep(),
    )


def memory_available() -> int | None:
    """What processes can still be given without swapping, in bytes."""
    with contextlib.suppress(OSError, ValueError), open("/proc/meminfo", encoding="ascii") as stream:
        for line in stream:
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    return None


def wall_offset() -> float:
    """The wall clock minus the monotonic one, in seconds."""
    return _ahead(time.time)


def _ahead(clock: Callable[[], float]) -> float:
    """A clock minus the monotonic one, in seconds; read between two monotonic readings, the closest of a few,
    because a thread may lose the processor between two lines."""
    best: tuple[float, float] | None = None
    for _ in range(BRACKETS):
        before, told, after = time.monotonic(), clock(), time.monotonic()
        if best is None or after - before < best[0]:
            best = (after - before, told - (before + after) / 2)
    return best[1] if best else 0.0


def processors() -> int:
    """How many this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def asleep() -> float:
    """How long the machine has been suspended since its start, in seconds; 0 where that is not told."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return _ahead(lambda: time.clock_gettime(time.CLOCK_BOOTTIME))
    return 0.0


@dataclass
class Seen:
    """What was seen of the machine over a slice."""

    first: Sample
    last: Sample
    least_memory_bytes: int | None
    least_disk_bytes: int
    least_disk_files: int
    clock_steps_s: list[float] = field(default_factory=list)
    suspended_s: float = 0.0
    pauses_s: list[float] = field(default_factory=list)
    processor: Processor | None = None

    @classmethod
    def since(cls, first: Sample) -> "Seen":
        """Nothing but one sample so far."""
        return cls(first, first, first.memory_bytes, first.disk_bytes, first.disk_files)

    def add(self, now: Sample) -> None:
        """One more sample, a tick after the last one."""
        step = now.wall_offset_s - self.last.wall_offset_s
        if abs(step) > STEP_SECONDS:
            self.clock_steps_s.append(step)
        slept = now.asleep_s - self.last.asleep_s
        if slept > STEP_SECONDS:
            self.suspended_s += slept
        late = now.at_s - self.last.at_s - TICK_SECONDS
        if late > PAUSE_SECONDS:
            self.pauses_s.append(late)
        if now.memory_bytes is not None:
            self.least_memory_bytes = min(self.least_memory_bytes or now.memory_bytes, now.memory_bytes)
        self.least_disk_bytes = min(self.least_disk_bytes, now.disk_bytes)
        self.least_disk_files = min(self.least_disk_files, now.disk_files)
        self.last = now

    def shown(self, reference: Sample) -> dict[str, Any]:
        """For `environment.host`: both ends, and what the clock did between them."""
        return {
            "at_start": self.first.shown(reference),
            "at_end": self.last.shown(reference),
            "clock_steps_ms": [milliseconds(step) for step in self.clock_steps_s],
            "suspended_ms": milliseconds(self.suspended_s),
            "pauses_ms": [milliseconds(pause) for pause in self.pauses_s],
            "processor": self.processor
            and {"ran_s": round(self.processor.ran_s, 2), "waited_s": round(self.processor.waited_s, 2)},
        }

    @property
    def starved(self) -> bool:
        """Whether what the lab started mostly waited for a processor that others had."""
        return self.processor is not None and self.processor.starved(
            self.last.at_s - self.first.at_s, processors()
        )


class HostWatch:
    """Looks at the machine four times a second on a thread of its own (some 0.1 ms each), and at what the
    lab's threads got of its processors once a second."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.seen = Seen.since(sample(folder))
        self._processor = ProcessorWatch()
        self._processor.look()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go, name="host watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> Seen:
        """Look once more, and end."""
        self._ended.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._look()
        self._processor.look()
        self.seen.processor = self._processor.seen()
        return self.seen

    def _go(self) -> None:
        ticks = 0
        while not self._ended.wait(TICK_SECONDS):
            self._look()
            ticks += 1
            if ticks % TICKS_A_LOOK == 0:
                self._processor.look()

    def _look(self) -> None:
        with contextlib.suppress(OSError):  # the folder went, or no descriptor is left: looked at elsewhere
            self.seen.add(sample(self._folder))
