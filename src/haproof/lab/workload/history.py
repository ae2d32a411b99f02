"""The history that a workload program writes: one JSON object a line, flushed before anything is sent."""

import json
import threading
import time
from typing import Any, TextIO


def now_ms() -> float:
    """The machine's monotonic clock in milliseconds; the same for every process on it."""
    return round(time.monotonic_ns() / 1e6, 3)


class History:
    """Lines of one program; several clients write, one line at a time. After `close` nothing more is written:
    what a client learns later than that nobody asked for."""

    def __init__(self, stream: TextIO, trial: str) -> None:
        self._stream = stream
        self._trial = trial
        self._lock = threading.Lock()
        self._open = True
        self.broken: OSError | None = None
        """Why nothing can be written any more: what a client is not told then, nobody has refused."""

    def write(self, client: str, via: str, kind: str, op: str, **further: Any) -> None:
        """One event; keys without a value are left out."""
        line = {"trial": self._trial, "t_ms": now_ms(), "client": client, "via": via, "kind": kind, "op": op}
        line |= {key: value for key, value in further.items() if value is not None}
        with self._lock:
            if self._open:
                try:
                    self._stream.write(json.dumps(line, separators=(",", ":")) + "\n")
                except OSError as fault:
                    self.broken = fault
                    raise

    def close(self) -> None:
        """Write nothing more."""
        with self._lock:
            self._open = False
            self._stream.flush()
