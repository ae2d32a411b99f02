"""The raw file of PITR: every line is written the moment it is known, by whichever thread knows it."""

import threading
import time
from pathlib import Path

from haproof.core.histories.point_in_time import History
from haproof.core.histories.point_in_time_lines import AnyLine, decode, encode


class RawFile:
    """An append-only file; `ms` is its clock."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stream = open(path, "xb")  # noqa: SIM115 - closed by close()
        self._lock = threading.Lock()
        self._opened_s = time.monotonic()

    def ms(self) -> float:
        """Milliseconds since the file was opened."""
        return round((time.monotonic() - self._opened_s) * 1000, 3)

    def write(self, *lines: AnyLine) -> None:
        """Append lines and hand them to the system."""
        content = b"".join(map(encode, lines))
        with self._lock:
            if not self._stream.closed:
                self._stream.write(content)
                self._stream.flush()

    def history(self) -> History:
        """Everything so far, as anybody reads it from the file."""
        with open(self._path, "rb") as lines:
            return History(decode(lines))

    def close(self) -> None:
        """No line comes after this."""
        with self._lock:
            self._stream.close()
