"""What this machine was short of: looked for before the system under test is blamed.

Two independent facts make a shortage: something of the lab's own failed for it (a call of the lab itself, one
of its PostgreSQL servers, whose background processes no client can speak for), or a counter of the kernel's
rose; and the nodes did not take the most of it themselves. A node's own words are no evidence.
"""

import errno
import re
import resource
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from haproof.lab.host import Seen

Kind = Literal["processes", "memory", "disk", "files", "ports"]

BY_NUMBER: dict[int, Kind] = {
    errno.EAGAIN: "processes",
    errno.ENOMEM: "memory",
    errno.ENOBUFS: "memory",
    errno.ENOSPC: "disk",
    errno.EDQUOT: "disk",
    errno.EFBIG: "disk",
    errno.EMFILE: "files",
    errno.ENFILE: "files",
    errno.EADDRNOTAVAIL: "ports",
}
BY_WORDS: tuple[tuple[str, Kind], ...] = (
    ("can't start new thread", "processes"),
    ("Resource temporarily unavailable", "processes"),
    ("Cannot allocate memory", "memory"),
    ("out of memory", "memory"),
    ("No space left on device", "disk"),
    ("Disk quota exceeded", "disk"),
    ("File too large", "disk"),
    ("Too many open files", "files"),
    ("insufficient file descriptors", "files"),
)
BY_STATE: dict[str, Kind] = {"53100": "disk", "53200": "memory"}
"""SQLSTATEs. 53300 (too many connections) is not among them: those are the nodes' own."""

WORDS: dict[Kind, tuple[str, str]] = {
    "processes": ("processes", "allow more (ulimit -u, pids.max of the control group) or end some"),
    "memory": ("memory", "free some, or allow more"),
    "disk": ("disk space", "free some, or set TMPDIR to a folder with more"),
    "files": ("file descriptors", "allow more (ulimit -n)"),
    "ports": ("local ports", "wait until those of closed connections are free again"),
}
LINE = re.compile(
    r"^\S+ \S+ \S+ \[\d+\] (?P<state>[0-9A-Z]{5}) \{(?P<who>[^}]*)\} "
    r".*?(?:LOG|WARNING|ERROR|FATAL|PANIC):  (?P<text>.*)$"
)
"""A line of a server's log, by the lab's `log_line_prefix`."""

OF_CLIENTS = ("client backend", "parallel worker", "walsender", "")
"""Whose words in a server's log a client can choose: they count only beside what the machine shows."""

LITTLE_DISK_BYTES = 64 * 1024 * 1024
LITTLE_DISK_FILES = 64
LITTLE_MEMORY_BYTES = 256 * 1024 * 1024
FEW_FILES = 1024
LONGEST_WORDS = 300
MOST_NOTICED = 20


@dataclass(frozen=True)
class Sign:
    """Something that failed for want of something, in the words of whom it failed for."""

    kind: Kind
    words: str


class Noticed:
    """Failures of the lab's own calls, whatever the caller made of them. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._signs: list[Sign] = []

    def clear(self) -> None:
        """A slice begins."""
        with self._lock:
            self._signs.clear()

    def look_at(self, fault: BaseException) -> None:
        """Keep a fault, or one that it came from, that says that something is short."""
        seen: BaseException | None = fault
        while seen is not None:
            kind = kind_of(seen)
            if kind is not None:
                self.add(Sign(kind, one_line(str(seen))))
                return
            seen = seen.__cause__ or seen.__context__

    def add(self, sign: Sign) -> None:
        """Keep a sign."""
        with self._lock:
            if len(self._signs) < MOST_NOTICED:
                self._signs.append(sign)

    def signs(self) -> list[Sign]:
        """What was kept."""
        with self._lock:
            return list(self._signs)


noticed = Noticed()
"""Of this process: the calls that fail are made deep in the lab, by threads of several makers."""


def kind_of(fault: BaseException) -> Kind | None:
    """What a failed call of the lab's own was short of."""
    if isinstance(fault, MemoryError):
        return "memory"
    if isinstance(fault, OSError) and fault.errno is not None:
        return BY_NUMBER.get(fault.errno)
    state = getattr(fault, "sqlstate", None)
    if isinstance(state, str):
        return BY_STATE.get(state)
    return kind_in(str(fault))


def kind_in(words: str) -> Kind | None:
    """What a sentence says was short; making namespaces fails by the same words, for another reason."""
    if "unshare" in words:
        return None
    return next((kind for part, kind in BY_WORDS if part in words), None)


def in_log(log: Path) -> Iterator[tuple[Sign, bool]]:
    """The signs in a server's log; whether a client could have chosen those words."""
    with open(log, encoding="utf-8", errors="replace") as stream:
        for line in stream:
            match = LINE.match(line)
            if match is None:
                continue
            of_client = match["who"] in OF_CLIENTS
            kind = BY_STATE.get(match["state"]) or (None if of_client else kind_in(match["text"]))
            if kind is not None:
                yield Sign(kind, f"{log.stem} said: {one_line(match['text'])}"), of_client


def one_line(words: str) -> str:
    """On one line, cut."""
    flat = " ".join(words.split())
    return flat if len(flat) <= LONGEST_WORDS else flat[: LONGEST_WORDS - 1] + "…"


@dataclass(frozen=True)
class Taken:
    """What the nodes held of each kind at the end of a slice; None where it is not known."""

    processes: int | None = None
    memory: int | None = None
    disk: int | None = None


@dataclass(frozen=True)
class Left:
    """What there was at the start of a slice; None: no limit is known."""

    processes: int | None = None
    memory: int | None = None
    disk: int | None = None


def shortage(
    seen: Seen, refused: Mapping[str, int], logs: Iterable[Path], left: Left, taken: Taken
) -> str | None:
    """The one sentence that says why a slice proves nothing here; None where nothing was short.

    `refused` counts what control groups refused during the slice.
    """
    clock = _clock(seen)
    if clock is not None:
        return clock
    signs = [sign for sign in _signs(seen, refused, logs) if not _taken_by_nodes(sign.kind, left, taken)]
    if not signs:
        return None
    sign = min(signs, key=lambda sign: len(sign.words))  # the plainest
    what, remedy = WORDS[sign.kind]
    return f"this machine ran out of {what} ({sign.words}): {remedy}"


def _clock(seen: Seen) -> str | None:
    """Clocks, and time in which nothing of the lab's ran, or hardly anything: no node can do that."""
    steps = seen.clock_steps_s
    if steps:
        largest = max(steps, key=abs)
        often = f"{len(steps)} times, once by {largest:+.1f} s" if len(steps) > 1 else f"by {largest:+.1f} s"
        return f"the wall clock of this machine was stepped {often}: let it settle, then run the slice again"
    if seen.suspended_s:
        return f"this machine was suspended for {seen.suspended_s:.1f} s: run the slice again"
    if seen.pauses_s:
        return f"the lab itself stood still for {max(seen.pauses_s):.1f} s (stopped, or starved of CPU time)"
    if seen.starved and seen.processor is not None:
        return (
            f"this machine was busy with other work: the nodes and PostgreSQL ran for "
            f"{seen.processor.ran_s:.1f} s and waited {seen.processor.waited_s:.1f} s for a processor "
            f"(threads added up): run the slice again when less else is running"
        )
    return None


def _signs(seen: Seen, refused: Mapping[str, int], logs: Iterable[Path]) -> Iterator[Sign]:
    yield from noticed.signs()
    if refused.get("processes"):
        yield Sign("processes", f"the control group refused {refused['processes']}")
    if refused.get("memory"):
        yield Sign("memory", f"the kernel killed {refused['memory']} in the control group")
    for log in logs:
        for sign, of_client in in_log(log):
            if not of_client or _shows(sign.kind, seen):
                yield sign


def _shows(kind: Kind, seen: Seen) -> bool:
    """Whether the machine itself shows that a kind is short."""
    if kind == "disk":
        little = seen.least_disk_bytes < LITTLE_DISK_BYTES or seen.least_disk_files < LITTLE_DISK_FILES
        return little or limited(resource.RLIMIT_FSIZE)
    if kind == "memory":
        least = seen.least_memory_bytes
        return (least is not None and least < LITTLE_MEMORY_BYTES) or limited(resource.RLIMIT_AS)
    return kind == "files" and limited(resource.RLIMIT_NOFILE, below=FEW_FILES)


def limited(what: int, below: int | None = None) -> bool:
    """Whether this process, and with it every child, has such a limit."""
    soft, _ = resource.getrlimit(what)
    return soft != resource.RLIM_INFINITY and (below is None or soft < below)


def _taken_by_nodes(kind: Kind, left: Left, taken: Taken) -> bool:
    """Whether the nodes hold more than half of what there was: then it is theirs, not the machine's."""
    had, have = getattr(left, kind, None), getattr(taken, kind, None)
    return had is not None and have is not None and have > had / 2
