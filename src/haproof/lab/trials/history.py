"""The history of one trial: what its clients wrote, the lab's own marks, and the tables at the end."""

import json
from collections.abc import Iterator, Sequence
from heapq import merge
from pathlib import Path
from typing import Any

from haproof.lab.workload.history import now_ms

Line = dict[str, Any]


class TrialHistory:
    """Marks and tables of one trial, in the order in which they happened."""

    def __init__(self, trial: str) -> None:
        self.trial = trial
        self._own: list[Line] = []

    def mark(self, kind: str, **further: Any) -> float:
        """A moment of the trial (`fault`, `heal`, `end`): when it was, in milliseconds."""
        return self._add(kind, further)

    def final(self, member: str, timeline: int | None, read_write: bool, content: Line) -> None:
        """What a member held at the end: `rows` and `lists`."""
        self._add("final", {"member": member, "timeline": timeline, "read_write": read_write} | content)

    def seen(self, member: str, **shown: Any) -> None:
        """What a member said of itself."""
        self._add("ok", {"op": "status", "member": member} | shown)

    def event(self, **shown: Any) -> None:
        """An audit event of a control plane."""
        self._add("ok", {"op": "event"} | shown)

    def _add(self, kind: str, further: Line) -> float:
        t_ms = now_ms()
        line = {"trial": self.trial, "t_ms": t_ms, "kind": kind} | further
        self._own.append({key: value for key, value in line.items() if value is not None})
        return t_ms

    def merged(self, clients: Sequence[Path]) -> list[bytes]:
        """Everything, by time. A last line that a killed client left half written is dropped: its operation
        stays without an end."""
        own = (_encoded(line) for line in self._own)
        streams: list[Iterator[tuple[float, bytes]]] = [own, *(_lines(file) for file in clients)]
        return [line for _, line in merge(*streams, key=lambda pair: pair[0])]


def append(path: Path, lines: Sequence[bytes]) -> None:
    """The history of one more trial, in a file that is there or not."""
    with open(path, "ab") as stream:
        stream.writelines(lines)


def _encoded(line: Line) -> tuple[float, bytes]:
    return line["t_ms"], json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _lines(file: Path) -> Iterator[tuple[float, bytes]]:
    """The whole lines of a client's history with their times. Its threads may be a moment out of order."""
    with open(file, "rb") as stream:
        found = [(float(json.loads(line)["t_ms"]), line) for line in stream if line.endswith(b"\n")]
    return iter(sorted(found, key=lambda pair: pair[0]))
