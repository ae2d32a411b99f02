"""The journal of a slice: what was done and seen, one JSON line each, written the moment it happened.

Keys of a line: `at` (UTC wall clock), `ms` (monotonic, since the journal was opened), `kind` (`act`: the lab
did it; `saw`: the lab observed it; `wait`: how a named wait ended; `note`), `what`, and details.
"""

import json
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from haproof.core.instant import format_instant
from haproof.lab.secret import Secrets

Act = tuple[str, str | None]
"""What was done, with the signal or the mode in which it was done."""


class Journal:
    """An append-only file; safe to write from several threads."""

    def __init__(self, path: Path, secrets: Secrets) -> None:
        self._stream = open(path, "x", encoding="utf-8")  # noqa: SIM115 - closed by close()
        self._secrets = secrets
        self._lock = threading.Lock()
        self._opened_s = time.monotonic()
        self.done: set[Act] = set()
        """Every kind of act so far."""

    def act(self, what: str, **details: Any) -> None:
        """The lab did something to the system under test or beside it."""
        self.done.add((what, details.get("signal", details.get("mode"))))
        self._write("act", what, details)

    def saw(self, what: str, **details: Any) -> None:
        """The lab observed something."""
        self._write("saw", what, details)

    def wait(self, what: str, **details: Any) -> None:
        """A named wait ended."""
        self._write("wait", what, details)

    def note(self, what: str, **details: Any) -> None:
        """Anything else a reader of the evidence should know."""
        self._write("note", what, details)

    def close(self) -> None:
        """No line comes after this."""
        with self._lock:
            self._stream.close()

    def _write(self, kind: str, what: str, details: dict[str, Any]) -> None:
        with self._lock:
            if self._stream.closed:
                return
            elapsed_ms = round((time.monotonic() - self._opened_s) * 1000, 3)
            line = {"at": format_instant(datetime.now(UTC)), "ms": elapsed_ms, "kind": kind, "what": what}
            text = json.dumps(line | details, ensure_ascii=True, default=str)
            self._stream.write(self._secrets.redact(text) + "\n")
            self._stream.flush()
