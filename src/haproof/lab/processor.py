"""How long what the lab started waited for a processor, beside how long it ran (Linux).

The kernel keeps both for each thread: time on a processor, and time ready to run without one. A machine that
is busy with other work makes every one of them wait, and then no deadline that was missed tells anything of
the system under test. The lab's own threads are left out: they wait for each other, too.
"""

import contextlib
import os
from dataclasses import dataclass

from haproof.lab.keeper import family_of

NANOSECONDS = 1e9
WAITED_SHARE = 0.95
"""Nineteen times as long ready without a processor as on one. Six labs side by side on two cores waited four
to eleven times as long and judged every node right; at some twenty times a healthy node lost its database."""

OWN_SHARE = 0.5
"""Of the machine's processors: who runs on more than this took them himself."""


@dataclass(frozen=True)
class Processor:
    """Of all that the lab started, over a slice: seconds on a processor, and seconds ready without one."""

    ran_s: float
    waited_s: float

    def starved(self, seconds: float, processors: int) -> bool:
        """Whether others had the processors, over a slice of so many seconds."""
        both = self.ran_s + self.waited_s
        mostly_waited = both > 0 and self.waited_s / both >= WAITED_SHARE
        return mostly_waited and self.ran_s < OWN_SHARE * processors * seconds


class ProcessorWatch:
    """Adds up what the kernel tells of each thread; what one did after the last look at it is not known."""

    def __init__(self) -> None:
        self._last: dict[str, tuple[int, int]] = {}
        self._ran = self._waited = 0
        self._looked = self._told = False

    def look(self) -> None:
        """Look at every thread; what was there at the first look counts from then on."""
        now: dict[str, tuple[int, int]] = {}
        for pid in family_of(os.getpid()):
            now |= _threads(pid)
        for thread, (ran, waited) in now.items():
            ran_before, waited_before = self._last.get(thread, (0, 0) if self._looked else (ran, waited))
            self._ran += max(ran - ran_before, 0)
            self._waited += max(waited - waited_before, 0)
        self._looked = True
        self._told = self._told or bool(now)
        self._last = now

    def seen(self) -> Processor | None:
        """What was added up; None where the kernel does not tell."""
        if not self._told:
            return None
        return Processor(self._ran / NANOSECONDS, self._waited / NANOSECONDS)


def _threads(pid: int) -> dict[str, tuple[int, int]]:
    """Nanoseconds on a processor and ready without one, of each thread of a process."""
    found = {}
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                with open(f"/proc/{pid}/task/{thread}/schedstat", encoding="ascii") as stream:
                    ran, waited, *_ = stream.read().split()
                found[thread] = (int(ran), int(waited))
    return found
