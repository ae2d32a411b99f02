"""Passwords of one run: made at its start, kept in files that only their owner reads, never shown."""

import os
import secrets
from pathlib import Path

REDACTED = "[redacted]"


class Secrets:
    """The run's passwords and tokens, and their removal from any text that leaves the lab."""

    def __init__(self, *others: str) -> None:
        self._others = others
        self.admin_password = secrets.token_urlsafe(24)
        self.node_password = secrets.token_urlsafe(24)
        self.token = secrets.token_urlsafe(24)

    def __repr__(self) -> str:
        return "Secrets(…)"

    def redact(self, text: str) -> str:
        """`text` without any secret of this run."""
        for secret in (self.admin_password, self.node_password, self.token, *self._others):
            text = text.replace(secret, REDACTED)
        return text


def write_private(path: Path, text: str) -> Path:
    """Write a file that nobody but its owner may read, from its first byte on."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        stream.write(text)
    return path
