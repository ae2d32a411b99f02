"""Clocks, waits that have a name and a deadline, and two statistics of those who judge histories."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from haproof.core.histories.lag import nearest_rank as nearest_rank
from haproof.core.histories.timing import worst as worst
from haproof.lab.journal import Journal
from haproof.lab.progress import Watcher

T = TypeVar("T")
TICK_SECONDS = 0.02


@dataclass(frozen=True)
class Seen(Generic[T]):
    """What a wait was for, and how long after its start (or `since_s`) it was seen."""

    value: T
    elapsed_ms: float


def milliseconds(seconds: float) -> float:
    """Seconds as milliseconds with microseconds kept."""
    return round(seconds * 1000, 3)


class Waits:
    """Every wait of a slice: shown while it lasts, journalled when it ends."""

    def __init__(self, journal: Journal, watcher: Watcher) -> None:
        self._journal = journal
        self._watcher = watcher

    def until(
        self,
        what: str,
        seconds: float,
        probe: Callable[[], T | None],
        *,
        every_s: float = TICK_SECONDS,
        since_s: float | None = None,
    ) -> Seen[T] | None:
        """Ask `probe` at once and then every `every_s` until it answers something else than None.

        Returns None at the deadline, `seconds` after `since_s` (a monotonic time, by default now). The
        schedule is absolute: a slow probe does not shift the next one.
        """
        started = time.monotonic() if since_s is None else since_s
        self._watcher.waiting(what)
        try:
            seen = _poll(probe, started, seconds, every_s, threading.Event())
        finally:
            self._watcher.waiting(None)
        self._journal.wait(
            what, elapsed_ms=seen and seen.elapsed_ms, deadline_s=seconds, came=seen is not None
        )
        return seen

    def each(
        self,
        what: str,
        seconds: float,
        probes: Mapping[str, Callable[[], T | None]],
        *,
        every_s: float = TICK_SECONDS,
        since_s: float | None = None,
    ) -> dict[str, Seen[T] | None]:
        """As `until`, for several probes at once, each in a thread of its own: none delays another."""
        started = time.monotonic() if since_s is None else since_s
        found: dict[str, Seen[T] | None] = dict.fromkeys(probes)
        give_up = threading.Event()
        faults: list[Exception] = []

        def watch(name: str, probe: Callable[[], T | None]) -> None:
            try:
                found[name] = _poll(probe, started, seconds, every_s, give_up)
            except Exception as fault:  # noqa: BLE001 - raised again below, in the caller's thread
                faults.append(fault)
                give_up.set()

        threads = [threading.Thread(target=watch, args=pair, daemon=True) for pair in probes.items()]
        self._watcher.waiting(what)
        try:
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        finally:
            give_up.set()
            self._watcher.waiting(None)
        if faults:
            raise faults[0]
        elapsed = {name: seen and seen.elapsed_ms for name, seen in found.items()}
        self._journal.wait(what, elapsed_ms=elapsed, deadline_s=seconds, came=None not in elapsed.values())
        return found

    def pause(self, seconds: float) -> None:
        """Let time pass, as a part of the method (never instead of a wait for something)."""
        time.sleep(seconds)


def _poll(
    probe: Callable[[], T | None], started: float, seconds: float, every_s: float, give_up: threading.Event
) -> Seen[T] | None:
    turn = 0
    while not give_up.is_set():
        value = probe()
        now = time.monotonic()
        if value is not None:
            return Seen(value, milliseconds(now - started))
        if now - started >= seconds:
            return None
        turn = max(turn + 1, int((now - started) / every_s) + 1)
        give_up.wait(max(min(started + turn * every_s, started + seconds) - now, 0))
    return None
