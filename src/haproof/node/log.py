"""The node's log: one line an event, appended, never a secret."""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from haproof.node.decide import stamp

STDERR = Path("-")
"""Not /dev/stderr, which is not there where /proc is not."""


class Log:
    """Lines `TIME node-id message` in an append-only file, or on stderr (`-`); without a file, nothing."""

    def __init__(self, file: Path | None, node_id: str) -> None:
        self._node_id = node_id
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC
        if file == STDERR:
            self._descriptor: int | None = os.dup(2)
        else:
            self._descriptor = None if file is None else os.open(file, flags, 0o600)

    def write(self, message: str) -> None:
        """Append one line; a full disk must not stop a node that could go on."""
        if self._descriptor is None:
            return
        line = f"{stamp(datetime.now(UTC))} {self._node_id} {' '.join(message.split())}\n"
        with suppress(OSError):
            os.write(self._descriptor, line.encode(errors="replace"))
